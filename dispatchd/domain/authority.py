"""Who may do what: what is a person's alone, and which person's.

An agent never decides what a human must: gates, overrides, plans of stages, answers that wait for a person, deletions,
its own role. Whether a save or a commit really is that person's is known before a command is made, not here.
"""

from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.board import Rules
from dispatchd.domain.epic import Epic, GatePlan
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.wording import listed

NOBODY_ELSE: Final = "ask a person"


def is_person(rules: Rules, actor: Actor) -> bool:
    """Whether *actor* is somebody of `[people]`; while nobody is listed there, any human is."""
    return actor.kind is ActorKind.HUMAN and (not rules.people or actor.handle in rules.people)


def require_human(
    actor: Actor, what: str, *, subject: EntityId | None = None, key: str | None = None
) -> None:
    """Refuse an agent; *what* is what only people do, as a noun phrase."""
    if actor.kind is ActorKind.AGENT:
        raise Rejected(
            f'ask a person: dispatchd as {actor.handle} ask "…"; {what} is not for an agent to decide.',
            subject=subject,
            key=key,
        )


def require_person(
    rules: Rules, actor: Actor, what: str, *, subject: EntityId | None = None, key: str | None = None
) -> None:
    """Refuse an agent, the daemon and a human who is not listed in `[people]`."""
    require_human(actor, what, subject=subject, key=key)
    if not is_person(rules, actor):
        raise Rejected(
            f'write {actor.handle} = ["{actor.email}"] under [people] in config.toml; '
            f"{what} is for the people named there.",
            subject=subject,
            key=key,
        )


def require_daemon(actor: Actor, what: str, *, subject: EntityId | None = None) -> None:
    """Refuse everybody but the daemon."""
    if actor.kind is not ActorKind.DAEMON:
        raise Rejected(f"nothing needs to be done; {what} is the daemon's.", subject=subject)


def may_answer_gate(rules: Rules, plan: GatePlan, actor: Actor) -> bool:
    """Whether *actor* is one of those a gate asks: those it names, or anyone in `[people]`."""
    asked = {handle.casefold() for handle in plan.approvers}
    return is_person(rules, actor) and (not asked or actor.handle.casefold() in asked)


def approvers_of(rules: Rules, plan: GatePlan) -> str:
    """Whom a gate asks, in words."""
    named = plan.approvers or tuple(rules.people)
    return listed(f"@{handle}" for handle in named) if named else "any person"


def require_not_own(rules: Rules, begun_by: str, actor: Actor, subject: EntityId) -> None:
    """Refuse somebody who would approve what they began, where `approve_own` is off."""
    if not rules.approve_own and begun_by == actor.handle:
        others = [f"@{handle}" for handle in rules.people if handle != actor.handle]
        whom = listed(others) if others else "somebody else in [people]"
        raise Rejected(
            f"{whom} can approve it; you began {subject}, and approve_own is off in config.toml.",
            subject=subject,
        )


def require_epic_not_own(rules: Rules, epic: Epic, actor: Actor) -> None:
    """`approve_own` for the gates of an epic."""
    require_not_own(rules, epic.begun_by, actor, epic.id)


def require_proposal_not_own(rules: Rules, proposal: Proposal, actor: Actor) -> None:
    """`approve_own` for forcing a proposal through."""
    require_not_own(rules, proposal.proposer.handle, actor, proposal.id)
