"""What follows by itself in an epic: stages open, gates await, checkpoints pass, the status is what the stages say.

`next_step` names one step at a time from the state alone, so that asking again after each step ends where nothing
is left to do, and asking twice does nothing twice.
"""

from dispatchd.domain.board import Board
from dispatchd.domain.epic import Epic, EpicStatus, GateKind, GateState, Stage, StageState
from dispatchd.domain.event import (
    EpicMoved,
    Event,
    GateApproved,
    GateAwaited,
    GateReopened,
    StageFinished,
    StageOpened,
)
from dispatchd.domain.stages import current_stage, finished_in, folded, unfinished_in
from dispatchd.domain.wording import counted, listed


def next_step(board: Board, epic: Epic, finished_stage: str | None = None) -> Event | None:
    """The one thing that follows now, or None. *finished_stage* is where an issue has just been finished."""
    if epic.removed or epic.status in {EpicStatus.DRAFT, EpicStatus.CANCELLED}:
        return None
    stage = current_stage(epic)
    step = _step_of(board, epic, stage, finished_stage) if stage else None
    if step is not None:
        return step
    status = derived_status(board, epic)
    return None if status is epic.status else EpicMoved(epic=epic.id, before=epic.status, after=status)


def derived_status(board: Board, epic: Epic) -> EpicStatus:
    """What an epic's stages say of it; without stages, what its issues say; draft and cancelled stay."""
    if epic.status in {EpicStatus.DRAFT, EpicStatus.CANCELLED}:
        return epic.status
    if not epic.stages:
        issues = iter(board.issues_of(epic.id))
        first = next(issues, None)
        if first is None:
            return epic.status
        finished = first.status.is_final and all(issue.status.is_final for issue in issues)
        return EpicStatus.COMPLETED if finished else EpicStatus.IN_PROGRESS
    stage = current_stage(epic)
    if stage is None:
        return EpicStatus.COMPLETED
    return EpicStatus.AWAITING_GATE if stage.state is StageState.AWAITING_GATE else EpicStatus.IN_PROGRESS


def _step_of(board: Board, epic: Epic, stage: Stage, finished_stage: str | None) -> Event | None:
    if stage.state is StageState.PENDING:
        return StageOpened(epic=epic.id, stage=stage.name)
    why = _waits_for(board, epic, stage)
    if stage.plan.gate is None:
        return None if why else StageFinished(epic=epic.id, stage=stage.name)
    if stage.state is StageState.AWAITING_GATE:
        if why:
            return GateReopened(epic=epic.id, stage=stage.name, why=why)
        passes = checkpoint_holds(stage)
        return GateApproved(epic=epic.id, stage=stage.name, by_rule=True) if passes else None
    if why or not _may_ask(board, epic, stage, finished_stage):
        return None
    return GateAwaited(epic=epic.id, stage=stage.name)


def _waits_for(board: Board, epic: Epic, stage: Stage) -> str:
    """What is still to be done under *stage* before it is over or asks: its issues, those its list wants, else its boxes."""
    unfinished = unfinished_in(board, epic, stage)
    if unfinished:
        return f"{listed((issue.id for issue in unfinished), 'and')} must be finished first"
    wanted = len(stage.plan.wanted)
    if wanted:
        return f"its list wants {counted(wanted, 'issue')} more"
    return "a box in it is not ticked" if stage.plan.unticked else ""


def _may_ask(board: Board, epic: Epic, stage: Stage, finished_stage: str | None) -> bool:
    """A rejected gate asks again only when an issue of its stage has been finished since."""
    if stage.gate.state is not GateState.REJECTED:
        return True
    if finished_stage is not None and folded(finished_stage) == folded(stage.name):
        return True
    known = stage.gate.finished_at_rejection
    return any(issue.id not in known for issue in finished_in(board, epic, stage))


def checkpoint_holds(stage: Stage) -> bool:
    """Whether a checkpoint that awaits passes: its issues are finished by then, and all its commands have passed.

    One that names no criterion waits for a person, as any gate does.
    """
    gate = stage.plan.gate
    if gate is None or gate.kind is not GateKind.CHECKPOINT or not gate.criteria:
        return False
    commands = {criterion.command for criterion in gate.criteria if criterion.command}
    return commands <= set(stage.gate.passed_checks)
