"""What `require_signed` asks for: a person's votes and gates count only from commits that they signed.

It says which commands that concerns. Whether a signature is good, and whose it is, is known before a command is made.
"""

from typing import Final

from dispatchd.domain.actors import ActorKind, Channel
from dispatchd.domain.authority import ELECTORATE, decided_by
from dispatchd.domain.board import Board
from dispatchd.domain.command import (
    AnswerThread,
    ApproveGate,
    AskGateAgain,
    CastVote,
    ChangeSet,
    ChooseDirection,
    Circumstance,
    Command,
    OverrideProposal,
    PlanStages,
    RejectGate,
    RemoveEntity,
    SetFact,
    SkipGate,
)
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow_command import AnswerFinding
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.persons_word import Need, need_of
from dispatchd.domain.undecided import has_open_gate, is_open_vote

_BY_HAND: Final = "git -C .dispatch commit -S -a"
COUNTS_WHEN_SIGNED: Final = f"commit it signed and it counts: {_BY_HAND}"
_PLAN: Final = (
    f"change it and commit it signed at once: {_BY_HAND}, after dispatchd down; "
    "with require_signed a gate that is not answered changes in no other way."
)
_WAY: Final = (
    f"change it and commit it signed at once: {_BY_HAND}, after dispatchd down; "
    "with require_signed what gates and votes hang on changes in no other way."
)
_GONE: Final = (
    f"delete it and commit that signed at once: {_BY_HAND}, after dispatchd down; "
    "with require_signed an open gate or an open vote goes in no other way."
)
_WAIVER: Final = (
    "let the agent answer it, or tick the box that waives it where a thread asks how to go on, and commit that signed; "
    "require_signed is on in config.toml."
)
_TELL: Final = {
    Channel.SAVE: COUNTS_WHEN_SIGNED,
    Channel.COMMIT: f"do it again and commit it signed: {_BY_HAND}; no signature that is known here was on it.",
    Channel.COMMAND: f"tick its box and commit that signed: {_BY_HAND}; require_signed is on in config.toml.",
}


class Unsigned(Rejected):
    """Nothing is wrong but that the signature is missing: in a signed commit the same act counts."""


def require_signature(board: Board, command: Command, circumstance: Circumstance) -> None:
    """Refuse what counts only when signed, where a person asks for it in any other way.

    A gate that could be taken out of the plan instead would be none, so the plan of one is protected alike.
    """
    if not board.rules.require_signed or circumstance.provenance.signed:
        return
    if circumstance.actor.kind is not ActorKind.HUMAN:
        return
    if isinstance(command, PlanStages) and touches_gates(board, command):
        raise Rejected(_PLAN, subject=command.epic, key="stages")
    if isinstance(command, SetFact | ChangeSet) and leads_round_a_gate(board, command):
        raise Rejected(_WAY, subject=command.subject, key=command.key)
    if needs_signature(board, command):
        if isinstance(command, AnswerFinding):
            raise Rejected(_WAIVER, subject=command.issue)
        if isinstance(command, RemoveEntity):
            raise Rejected(_GONE, subject=command.subject)
        told = _TELL.get(circumstance.provenance.channel, COUNTS_WHEN_SIGNED)
        raise Unsigned(told, subject=subject_of(command), key="signature")


def needs_signature(board: Board, command: Command) -> bool:
    """Whether *command*, from a person, is a vote, decides a gate, or confirms what does."""
    return need_of(board, command) is Need.SIGNATURE


def leads_round_a_gate(board: Board, command: SetFact | ChangeSet) -> bool:
    """Whether an issue would leave the workflow, the epic or the stage whose gates it goes through, or whether a gate
    or a vote that waits would be ended, or who decides it changed.
    """
    match kind_of(command.subject):
        case EntityKind.ISSUE:
            return decided_by(board, command) is not None
        case EntityKind.EPIC:
            return command.key == "status" and has_open_gate(board.epic(command.subject))
        case EntityKind.PROPOSAL:
            return command.key in {*ELECTORATE, "status"} and is_open_vote(board.proposal(command.subject))
        case _:
            return False


def touches_gates(board: Board, command: PlanStages) -> bool:
    """Whether a gate of an epic at work that is not answered yet would be changed, or be there no more."""
    epic = board.epic(command.epic)
    if epic is None or epic.status is EpicStatus.DRAFT:
        return False
    names = dict(command.renamed)
    after = {plan.name.casefold(): plan.gate for plan in command.stages}
    return any(
        stage.plan.gate is not None
        and not stage.state.is_over
        and after.get(names.get(stage.name, stage.name).casefold()) != stage.plan.gate
        for stage in epic.stages
    )


def subject_of(command: Command) -> EntityId | None:
    """What a command that wants a signature is about."""
    match command:
        case CastVote(proposal=subject) | OverrideProposal(proposal=subject) | AnswerThread(thread=subject):
            return subject
        case ApproveGate(epic=subject) | AskGateAgain(epic=subject):
            return subject
        case AnswerFinding(issue=subject):
            return subject
        case RejectGate(epic=subject) | SkipGate(epic=subject) | ChooseDirection(epic=subject):
            return subject
        case _:
            return None
