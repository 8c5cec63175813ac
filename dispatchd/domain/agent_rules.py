"""Introducing an agent: one name space with people, no role's name, and no agent that makes others or promotes itself."""

import re
from typing import Final

from dispatchd.domain.actors import DAEMON, ActorKind
from dispatchd.domain.agent import words_of
from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, IntroduceAgent
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import AgentIntroduced, Event
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Role
from dispatchd.domain.wording import one_of

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_FIRST_ROLE: Final = Role.CODER


def decide_introduce(board: Board, command: IntroduceAgent, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take in an agent by its card."""
    agent, actor = command.agent, circumstance.actor
    name = EntityId(agent.name)
    if board.agent(agent.name) is not None:
        return ()
    if not _NAME.fullmatch(agent.name) or kind_of(name) is not EntityKind.AGENT:
        raise Rejected(
            f'write a name of small letters, digits and dashes, like "ash"; "{agent.name}" is none.',
            subject=name,
            key="name",
        )
    people = {handle.casefold() for handle in board.rules.people}
    if agent.name in people | set(Role) | {DAEMON.handle}:
        raise Rejected(
            f'choose another name; "{agent.name}" is already a person, a role or the daemon.',
            subject=name,
            key="name",
        )
    if agent.role not in set(Role):
        raise Rejected(f'{one_of(Role)}; "{agent.role}" is no role.', subject=name, key="role")
    if agent.arguments is not None:
        check_arguments(name, agent.arguments)
    introduces_itself = actor.handle == agent.name and agent.role == _FIRST_ROLE
    if actor.kind is ActorKind.AGENT and not introduces_itself:
        require_human(actor, "introducing another agent, or more than a coder", subject=name)
    return (AgentIntroduced(agent=agent),)


def check_arguments(name: EntityId, arguments: str) -> None:
    """Refuse arguments that nobody could type either."""
    try:
        words_of(arguments)
    except ValueError:
        raise Rejected(
            f"end the quote, or take it out; {arguments} has one without an end.",
            subject=name,
            key="arguments",
        ) from None
