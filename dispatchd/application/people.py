"""Who is who: a git identity or a handle as an actor."""

import re
from collections.abc import Mapping
from typing import Final

from dispatchd.domain.actors import Actor, ActorKind

OF_AGENTS: Final = "@agents.dispatchd.local"
People = Mapping[str, tuple[str, ...]]


def person_by_email(people: People, name: str, email: str) -> Actor:
    """The person of `[people]` with this address, else somebody known by the address alone."""
    wanted = email.strip().lower()
    for handle, emails in people.items():
        if wanted in (known.lower() for known in emails):
            return Actor(kind=ActorKind.HUMAN, handle=handle, name=name or handle, email=email)
    handle = handle_from(name, email)
    if handle in {known.casefold() for known in people}:  # alice of somewhere else is not @alice
        handle = handle_from("", email.replace("@", "-at-"))
    return Actor(kind=ActorKind.HUMAN, handle=handle, name=name or email, email=email)


def handle_from(name: str, email: str) -> str:
    """A handle for somebody who has none: the address before its `@`, else the first word of the name."""
    local = re.sub(r"[^a-z0-9._-]+", "-", email.partition("@")[0].lower()).strip("-.")
    first = re.sub(r"[^a-z0-9._-]+", "-", name.partition(" ")[0].lower()).strip("-.")
    return local or first or "somebody"


def agent_actor(name: str) -> Actor:
    """The agent called *name*."""
    return Actor(kind=ActorKind.AGENT, handle=name, name=name, email=name + OF_AGENTS)
