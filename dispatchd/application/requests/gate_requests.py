"""`gate approve`, `reject`, `skip`, `choose` and `ask-again`: which stage of which epic is meant.

Without a stage it is the one whose gate waits. Whether this person may answer it is left to the rules.
"""

from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import epic_named
from dispatchd.application.requests.request import Request, Verb
from dispatchd.documents.vocabulary import canonical, closest, fold
from dispatchd.domain.command import (
    ApproveGate,
    AskGateAgain,
    ChooseDirection,
    Command,
    RejectGate,
    SkipGate,
)
from dispatchd.domain.epic import Epic, GateState, Stage, StageState
from dispatchd.domain.errors import Rejected

_NEED_REASON: Final = {Verb.GATE_REJECT: "rejected", Verb.GATE_SKIP: "skipped"}


def plan_gate(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The one command of a gate request."""
    epic = epic_named(work, request.text("epic"))
    stage = _stage(epic, request)
    reason = " ".join(request.text("reason").split())
    if not reason and request.verb in _NEED_REASON:
        raise Rejected(
            f'"{stage.name}" is only {_NEED_REASON[request.verb]} with a reason: add  --reason "why"',
            subject=epic.id,
        )
    return (_command(request, epic, stage, reason),)


def _command(request: Request, epic: Epic, stage: Stage, reason: str) -> Command:
    match request.verb:
        case Verb.GATE_REJECT:
            return RejectGate(epic=epic.id, stage=stage.name, reason=reason)
        case Verb.GATE_SKIP:
            return SkipGate(epic=epic.id, stage=stage.name, reason=reason)
        case Verb.GATE_CHOOSE:
            option = _option(epic, stage, request.text("option"))
            return ChooseDirection(epic=epic.id, stage=stage.name, option=option, reason=reason)
        case Verb.GATE_ASK_AGAIN:
            return AskGateAgain(epic=epic.id, stage=stage.name)
        case _:
            return ApproveGate(epic=epic.id, stage=stage.name, reason=reason)


def _stage(epic: Epic, request: Request) -> Stage:
    typed = request.text("stage")
    if not epic.stages:
        raise Rejected(f'{epic.id} ("{epic.title}") has no stages', subject=epic.id)
    return stage_called(epic, typed) if typed else _stage_that_waits(epic, request.verb)


def stage_called(epic: Epic, typed: str) -> Stage:
    """The stage of *epic* that *typed* means: its heading, or the beginning of one. Raises Rejected."""
    exact = epic.stage(typed)
    if exact is not None:
        return exact
    begin = [stage for stage in epic.stages if fold(stage.name).startswith(fold(typed))]
    if len(begin) == 1:
        return begin[0]
    names = ", ".join(f'"{stage.name}"' for stage in begin or epic.stages)
    what = "could be" if begin else f'is no stage of {epic.id} ("{epic.title}"); there are'
    raise Rejected(f'"{typed}" {what} {names}', subject=epic.id)


def _stage_that_waits(epic: Epic, verb: Verb) -> Stage:
    if verb is Verb.GATE_ASK_AGAIN:
        found = [stage for stage in epic.stages if stage.gate.state is GateState.REJECTED]
        none = "none of its gates has been rejected"
    else:
        found = [stage for stage in epic.stages if stage.state is StageState.AWAITING_GATE]
        none = "none of its gates waits for an answer now"
    if len(found) == 1:
        return found[0]
    stages = ", ".join(f"{stage.name} ({stage.state.replace('_', ' ')})" for stage in found or epic.stages)
    why = "several of its gates could be meant" if found else none
    raise Rejected(f'{epic.id} ("{epic.title}"): {why}; its stages: {stages}', subject=epic.id)


def _option(epic: Epic, stage: Stage, typed: str) -> str:
    options = stage.plan.gate.options if stage.plan.gate else ()
    if not options:
        raise Rejected(f'"{stage.name}" of {epic.id} offers no directions to choose from', subject=epic.id)
    return chosen_option(options, typed, f'"{stage.name}" of {epic.id}')


def chosen_option(options: tuple[str, ...], typed: str, offering: str) -> str:
    """The one of *options* that *typed* means: whole, by its beginning, or by its number. Raises Rejected."""
    exact = canonical(typed, options)
    if exact is not None:
        return exact
    if typed.isdecimal() and 1 <= int(typed) <= len(options):
        return options[int(typed) - 1]
    begin = [option for option in options if fold(typed) and fold(option).startswith(fold(typed))]
    if len(begin) == 1:
        return begin[0]
    near = closest(typed, options)
    offered = ", ".join(f'"{option}"' for option in begin or options)
    hint = (
        f'did you mean "{near}"?'
        if near and not begin
        else f"{'could be' if begin else 'there are'} {offered}"
    )
    raise Rejected(f'{offering} does not offer "{typed}"; {hint}' if not begin else f'"{typed}" {hint}')
