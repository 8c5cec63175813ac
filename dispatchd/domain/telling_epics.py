"""What happened to an epic, its stages and gates, in plain words."""

from typing import Final, assert_never

from dispatchd.domain.board import Board
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.epic_event import (
    CheckFailed,
    CheckPassed,
    EpicEvent,
    EpicMoved,
    GateApproved,
    GateAwaited,
    GateEvent,
    GateRejected,
    GateReopened,
    GateSigned,
    GateSkipped,
    IssuesMade,
    IssuesOrdered,
    StageAmended,
    StageFinished,
    StageOpened,
    StagesPlanned,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.wording import counted

_MOVES: Final = {
    EpicStatus.DRAFT: "puts back to draft",
    EpicStatus.READY: "starts",
    EpicStatus.IN_PROGRESS: "goes on with",
    EpicStatus.AWAITING_GATE: "holds",
    EpicStatus.COMPLETED: "completes",
    EpicStatus.CANCELLED: "cancels",
}


def told_of_epic(event: EpicEvent, board: Board) -> str:
    """The predicate of a sentence about *event*: who did it stands before."""
    epic = _epic(board, event.epic)
    match event:
        case EpicMoved(after=status):
            after = " until its gate is answered" if status is EpicStatus.AWAITING_GATE else ""
            return f"{_MOVES[status]} {epic}{after}"
        case StagesPlanned():
            return f"{_planned(event)} {epic}"
        case StageOpened(stage=stage):
            return f"opens the stage “{stage}” of {epic}"
        case StageFinished(stage=stage):
            return f"finishes the stage “{stage}” of {epic}"
        case StageAmended(stage=stage, why=why):
            return f"changes the approved stage “{stage}” of {epic}: {why}"
        case CheckPassed(stage=stage, command=command):
            return f"sees {command} pass for “{stage}” of {epic}"
        case CheckFailed(stage=stage, check=check):
            return f"sees {check.command} not pass for “{stage}” of {epic}: {check.why}"
        case IssuesMade(stage=stage, issues=issues):
            return f"makes {counted(len(issues), 'issue')} of the list under “{stage}” of {epic}"
        case IssuesOrdered(stage=stage):
            return f"puts the issues of “{stage}” of {epic} in order"
        case _:
            return _told_of_gate(event, epic)


def _told_of_gate(event: GateEvent, epic: str) -> str:
    gate = f"“{event.stage}” of {epic}"
    match event:
        case GateAwaited():
            return f"asks at the gate of {gate}"
        case GateSigned(choice=choice, reason=reason):
            did = f"chooses “{choice}” for" if choice else "approves"
            return f"{did} {gate}, the others still to say{_why(reason)}"
        case GateApproved(choice=choice, reason=reason, by_rule=by_rule):
            if by_rule:
                return f"lets {gate} pass, its criteria being met"
            did = f"chooses “{choice}” for" if choice else "approves"
            return f"{did} {gate}{_why(reason)}"
        case GateRejected(reason=reason):
            return f"rejects {gate}{_why(reason)}"
        case GateSkipped(reason=reason):
            return f"skips the gate of {gate}{_why(reason)}"
        case GateReopened(why=why):
            return f"opens the gate of {gate} again{_why(why)}"
        case _:
            assert_never(event)


def _planned(event: StagesPlanned) -> str:
    if event.renamed:
        return ", ".join(f"renames the stage “{old}” to “{new}”" for old, new in event.renamed) + " in"
    return "changes the stages of"


def _epic(board: Board, epic_id: EntityId) -> str:
    epic = board.epic(epic_id)
    return f"{epic_id}: {epic.title}" if epic else epic_id


def _why(reason: str) -> str:
    return f" ({reason})" if reason else ""
