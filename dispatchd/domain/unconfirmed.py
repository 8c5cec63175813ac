"""What a save or an unsigned commit decides only once a person has confirmed it: where an agent could have written it.

That is so while, and as long as it is not known that no, agent ran that could write the tree. Which saves that
concerns is known before a command is made; here stands what of it waits for a person's word, and how it is said.
"""

from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.board import Board
from dispatchd.domain.command import ChangeSet, Circumstance, Command, PlanStages, RemoveEntity, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.persons_word import Need, need_of
from dispatchd.domain.signatures import Unsigned, subject_of, touches_gates

UNCONFIRMED: Final = "unconfirmed: an agent that nothing contains could have written this. It counts with: "
_CONFIRM: Final = UNCONFIRMED + "dispatchd confirm {subject}"
_PLAN: Final = (
    "change it again when no agent is at work without a sandbox; an agent could have written this, and a gate that is "
    "not answered is not for one to change."
)
_GONE: Final = "delete it again when no agent is at work without a sandbox; an agent could have deleted it, and that is for people."


class Unconfirmed(Unsigned):
    """Nothing is wrong but that an agent could have written it: with a person's word, or a signature, it counts."""


def require_word(board: Board, command: Command, circumstance: Circumstance) -> None:
    """Refuse what a person has to confirm first, because an agent could have written it as well."""
    if not circumstance.doubted or circumstance.provenance.signed:
        return
    if circumstance.actor.kind is not ActorKind.HUMAN:
        return
    if isinstance(command, PlanStages) and touches_gates(board, command):
        raise Rejected(_PLAN, subject=command.epic, key="stages")
    if needs_word(board, command):
        if isinstance(command, RemoveEntity):
            raise Rejected(_GONE, subject=command.subject)
        subject = _subject(command)
        raise Unconfirmed(_CONFIRM.format(subject=subject), subject=subject, key="confirm")


def needs_word(board: Board, command: Command) -> bool:
    """Whether *command* decides what an agent must not: gates, votes, answers, permissions, plans and roles."""
    return need_of(board, command) is not Need.NOTHING


def _subject(command: Command) -> EntityId | None:
    return command.subject if isinstance(command, SetFact | ChangeSet) else subject_of(command)
