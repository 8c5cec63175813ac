"""Stages as they stand: which one is open, what is unfinished in it, what changed plans make of it.

Pure look-ups and one rebuilding; what anybody may do to a gate is `gate_rules`' business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatchd.domain.board import Board
from dispatchd.domain.epic import Epic, EpicStatus, Gate, GateState, Stage, StagePlan, StageState
from dispatchd.domain.issue import Issue, IssueStatus

STARTED: Final = frozenset(
    {
        IssueStatus.IN_PROGRESS,
        IssueStatus.AWAITING_REVIEW,
        IssueStatus.IN_REVIEW,
        IssueStatus.BLOCKED,
        IssueStatus.DONE,
    }
)
_AT_REST: Final = frozenset({EpicStatus.DRAFT, EpicStatus.CANCELLED, EpicStatus.COMPLETED})


def folded(name: str) -> str:
    """A heading as it is compared: letter case and outer spaces forgiven."""
    return name.strip().casefold()


def current_stage(epic: Epic) -> Stage | None:
    """The first stage that is not over."""
    return next((stage for stage in epic.stages if not stage.state.is_over), None)


def stage_of(issue: Issue, epic: Epic) -> Stage | None:
    """The stage of *epic* that *issue* stands in."""
    return epic.stage(issue.stage) if issue.stage and issue.epic == epic.id else None


def issues_in(board: Board, epic: Epic, stage: Stage) -> tuple[Issue, ...]:
    """The issues of one stage."""
    wanted = folded(stage.name)
    return tuple(issue for issue in board.issues_of(epic.id) if issue.stage and folded(issue.stage) == wanted)


def unfinished_in(board: Board, epic: Epic, stage: Stage) -> tuple[Issue, ...]:
    """What its gate waits for."""
    return tuple(issue for issue in issues_in(board, epic, stage) if not issue.status.is_final)


def finished_in(board: Board, epic: Epic, stage: Stage) -> tuple[Issue, ...]:
    """The done and cancelled issues of one stage."""
    return tuple(issue for issue in issues_in(board, epic, stage) if issue.status.is_final)


def pending_stage_of(issue: Issue, epic: Epic) -> Stage | None:
    """The stage of *issue* if it has not opened in an epic that is still to be done."""
    stage = stage_of(issue, epic)
    if stage is None or stage.state is not StageState.PENDING or epic.removed:
        return None
    return None if epic.status in {EpicStatus.CANCELLED, EpicStatus.COMPLETED} else stage


def open_gate_before(issue: Issue, epic: Epic) -> Stage | None:
    """The stage before that of *issue* whose gate has not been answered: doing the issue would bypass it."""
    own = stage_of(issue, epic)
    if own is None or epic.removed or epic.status in _AT_REST:
        return None
    before = epic.stages[: epic.stages.index(own)]
    return next((stage for stage in before if stage.plan.gate and not stage.state.is_over), None)


def begun_after(board: Board, epic: Epic, stage: Stage) -> bool:
    """Whether an issue of a later stage has been started or its gate answered: too late to ask again."""
    later = epic.stages[epic.stages.index(stage) + 1 :]
    return any(
        each.gate.state is not GateState.PENDING
        or each.gate.approvals
        or any(issue.status in STARTED for issue in issues_in(board, epic, each))
        for each in later
    )


def matched(
    stages: Iterable[Stage], plans: Iterable[StagePlan], renamed: Iterable[tuple[str, str]]
) -> dict[str, Stage]:
    """For each new heading (folded) the stage it was, by its own name or the one it had before."""
    old_names = {folded(new): folded(old) for old, new in renamed}
    by_name = {folded(stage.name): stage for stage in stages}
    found = {}
    for plan in plans:
        name = folded(plan.name)
        stage = by_name.get(old_names.get(name, name))
        if stage is not None:
            found[name] = stage
    return found


def replanned(
    stages: tuple[Stage, ...], plans: tuple[StagePlan, ...], renamed: tuple[tuple[str, str], ...]
) -> tuple[Stage, ...]:
    """The stages after *plans*: those that remain keep their state, new ones are pending.

    Only one stage is open at a time: what stood open after the first one that is not over closes again.
    """
    was: Mapping[str, Stage] = matched(stages, plans, renamed)
    remade = []
    earlier_open = False
    for plan in plans:
        old = was.get(folded(plan.name))
        stage = replace(old, plan=plan) if old else Stage(plan=plan)
        if earlier_open and not stage.state.is_over:
            stage = replace(stage, state=StageState.PENDING, gate=Gate())
        earlier_open = earlier_open or not stage.state.is_over
        remade.append(stage)
    return tuple(remade)


def reopened(epic: Epic, name: str, at: datetime) -> tuple[Stage, ...]:
    """The stages after the gate of *name* has been opened again: it is in progress, those after it are pending."""
    place = next(index for index, stage in enumerate(epic.stages) if folded(stage.name) == folded(name))
    again = replace(epic.stages[place], state=StageState.IN_PROGRESS, gate=Gate(), since=at)
    after = (replace(stage, state=StageState.PENDING, gate=Gate()) for stage in epic.stages[place + 1 :])
    return (*epic.stages[:place], again, *after)
