"""What an event makes of an epic, its stages and their gates."""

from dataclasses import replace
from typing import assert_never

from dispatchd.domain.actors import Signature
from dispatchd.domain.command import Circumstance
from dispatchd.domain.epic import Epic, Gate, GateState, Stage, StageState
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
    ListEvent,
    StageAmended,
    StageFinished,
    StageOpened,
    StagesPlanned,
)
from dispatchd.domain.stages import folded, reopened, replanned


def epic_after(epic: Epic, event: EpicEvent, circumstance: Circumstance) -> Epic:
    """*epic* after *event*."""
    match event:
        case EpicMoved(after=status):
            return replace(epic, status=status)
        case StagesPlanned(stages=plans, renamed=renamed):
            return replace(epic, stages=replanned(epic.stages, plans, renamed))
        case GateReopened(stage=name):
            return replace(epic, stages=reopened(epic, name, circumstance.at)) if epic.stage(name) else epic
        case StageAmended():
            return epic
        case _:
            stages = tuple(
                _stage_after(stage, event, circumstance)
                if folded(stage.name) == folded(event.stage)
                else stage
                for stage in epic.stages
            )
            return replace(epic, stages=stages)


def _stage_after(
    stage: Stage,
    event: StageOpened | StageFinished | CheckPassed | CheckFailed | ListEvent | GateEvent,
    circumstance: Circumstance,
) -> Stage:
    match event:
        case StageOpened():
            return replace(stage, state=StageState.IN_PROGRESS, gate=Gate(), since=circumstance.at)
        case StageFinished():
            return replace(stage, state=StageState.APPROVED, since=circumstance.at)
        case CheckPassed() | CheckFailed():
            return replace(stage, gate=_looked_at(stage.gate, event))
        case IssuesMade(wanted=wanted, order=order):
            return replace(stage, plan=replace(stage.plan, wanted=wanted), order=order)
        case IssuesOrdered(order=order):
            return replace(stage, order=order)
        case _:
            state, gate = _answered(stage.gate, event, circumstance)
            return replace(
                stage, gate=gate, state=state, since=stage.since if state is stage.state else circumstance.at
            )


def _looked_at(gate: Gate, event: CheckPassed | CheckFailed) -> Gate:
    command = event.command if isinstance(event, CheckPassed) else event.check.command
    others = tuple(each for each in gate.failed_checks if each.command != command)
    if isinstance(event, CheckFailed):
        return replace(gate, failed_checks=(*others, event.check))
    shown = (*gate.shown, event.shown) if event.shown else gate.shown
    return replace(gate, passed_checks=(*gate.passed_checks, command), shown=shown, failed_checks=others)


def _answered(gate: Gate, event: GateEvent, circumstance: Circumstance) -> tuple[StageState, Gate]:
    match event:
        case GateAwaited():
            return StageState.AWAITING_GATE, Gate()
        case GateReopened():
            return StageState.IN_PROGRESS, Gate()
        case GateSigned(reason=reason, choice=choice):
            signed = (*gate.approvals, _signature(reason, circumstance))
            return StageState.AWAITING_GATE, replace(gate, approvals=signed, choice=choice or gate.choice)
        case GateApproved(reason=reason, choice=choice, by_rule=by_rule):
            signed = gate.approvals if by_rule else (*gate.approvals, _signature(reason, circumstance))
            return StageState.APPROVED, replace(
                gate, state=GateState.APPROVED, approvals=signed, choice=choice or gate.choice
            )
        case GateRejected(reason=reason, finished=finished):
            rejection = _signature(reason, circumstance)
            return StageState.IN_PROGRESS, Gate(
                state=GateState.REJECTED, rejection=rejection, finished_at_rejection=finished
            )
        case GateSkipped(reason=reason):
            return StageState.SKIPPED, replace(
                gate, state=GateState.SKIPPED, skipped=_signature(reason, circumstance)
            )
        case _:
            assert_never(event)


def _signature(reason: str, circumstance: Circumstance) -> Signature:
    return Signature(by=circumstance.actor, at=circumstance.at, reason=reason)
