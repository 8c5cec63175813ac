"""Answering a gate: who may, when, and what each answer needs.

A gate is answered while it awaits, by the people it names, or by anyone in `[people]`. An agent never answers one.
What is wanted in a commit by somebody else waits in a thread for one who may.
"""

from typing import NoReturn

from dispatchd.domain.actors import ActorKind, Channel
from dispatchd.domain.authority import (
    approvers_of,
    may_answer_gate,
    require_daemon,
    require_epic_not_own,
    require_human,
    require_person,
    unless_known,
)
from dispatchd.domain.board import Board
from dispatchd.domain.check_command import FailCheck, PassCheck
from dispatchd.domain.command import (
    ApproveGate,
    AskGateAgain,
    ChooseDirection,
    Circumstance,
    RejectGate,
    SkipGate,
)
from dispatchd.domain.epic import Epic, EpicStatus, GateKind, GatePlan, GateState, Stage, StageState
from dispatchd.domain.epic_event import CheckFailed
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import (
    CheckPassed,
    ConfirmationAsked,
    Event,
    GateApproved,
    GateAwaited,
    GateRejected,
    GateReopened,
    GateSigned,
    GateSkipped,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.lookups import standing_epic, standing_stage
from dispatchd.domain.stages import begun_after, finished_in, unfinished_in
from dispatchd.domain.thread import GateAct, GateVerb
from dispatchd.domain.wording import listed, quoted

AnswerGate = ApproveGate | RejectGate | SkipGate | ChooseDirection


def decide_answer(board: Board, command: AnswerGate, circumstance: Circumstance) -> tuple[Event, ...]:
    """Approve, reject, skip or choose."""
    epic, stage, gate = _gate(board, command.epic, command.stage)
    actor = circumstance.actor
    require_human(actor, "a gate", subject=epic.id, key=_key(stage))
    if _already(command, stage, circumstance):
        return ()
    if not may_answer_gate(board.rules, gate, actor):
        return _from_somebody_else(board, command, circumstance, epic, stage)
    _check_reason(command, epic, stage)
    if stage.state is not StageState.AWAITING_GATE:
        raise _not_awaiting(board, epic, stage)
    match command:
        case RejectGate(reason=reason):
            finished = tuple(issue.id for issue in finished_in(board, epic, stage))
            return (GateRejected(epic=epic.id, stage=stage.name, reason=reason, finished=finished),)
        case SkipGate(reason=reason):
            require_epic_not_own(board.rules, epic, actor)
            return (GateSkipped(epic=epic.id, stage=stage.name, reason=reason),)
        case _:
            require_epic_not_own(board.rules, epic, actor)
            return _signed(command, circumstance, epic, stage, gate)


def decide_ask_again(board: Board, command: AskGateAgain, circumstance: Circumstance) -> tuple[Event, ...]:
    """Ask once more after a rejection, or about something approved that nothing has been built on."""
    epic, stage, _ = _gate(board, command.epic, command.stage)
    require_person(board.rules, circumstance.actor, "asking again", subject=epic.id, key=_key(stage))
    if stage.state is StageState.AWAITING_GATE:
        return ()
    if stage.state.is_over:
        if begun_after(board, epic, stage):
            raise Rejected(
                f'reject a gate further on; what comes after "{stage.name}" has begun.',
                subject=epic.id,
                key=_key(stage),
            )
        return (GateReopened(epic=epic.id, stage=stage.name, why=f"{circumstance.actor.name} asks again"),)
    if stage.state is not StageState.IN_PROGRESS or stage.plan.wanted or unfinished_in(board, epic, stage):
        raise _not_awaiting(board, epic, stage)
    return (GateAwaited(epic=epic.id, stage=stage.name),)


def decide_check(board: Board, command: PassCheck, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note that a command a checkpoint names has passed; only the daemon runs them."""
    epic, stage, gate = _gate(board, command.epic, command.stage)
    require_daemon(circumstance.actor, "running the checks of a checkpoint", subject=epic.id)
    named = {criterion.command for criterion in gate.criteria}
    if command.command not in named or command.command in stage.gate.passed_checks:
        return ()
    if stage.state is not StageState.AWAITING_GATE:
        return ()
    return (CheckPassed(epic=epic.id, stage=stage.name, command=command.command, shown=command.shown),)


def decide_failed_check(board: Board, command: FailCheck, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note that one has not passed; the same again changes nothing."""
    epic, stage, gate = _gate(board, command.epic, command.stage)
    require_daemon(circumstance.actor, "running the checks of a checkpoint", subject=epic.id)
    named = {criterion.command for criterion in gate.criteria}
    if stage.state is not StageState.AWAITING_GATE or command.check.command not in named:
        return ()
    if command.check in stage.gate.failed_checks:
        return ()
    return (CheckFailed(epic=epic.id, stage=stage.name, check=command.check),)


def checkpoint_cause(epic: EntityId, stage: str) -> str:
    """What makes the thread unique that says why a checkpoint does not open."""
    return f"checkpoint:{epic}:{stage}"


def command_of(act: GateAct) -> AnswerGate:
    """The answer that somebody wanted to give, as a command for one who may."""
    match act.verb:
        case GateVerb.APPROVE:
            return ApproveGate(epic=act.epic, stage=act.stage, reason=act.reason)
        case GateVerb.REJECT:
            return RejectGate(epic=act.epic, stage=act.stage, reason=act.reason)
        case GateVerb.SKIP:
            return SkipGate(epic=act.epic, stage=act.stage, reason=act.reason)
        case GateVerb.CHOOSE:
            option = act.option or ""
            return ChooseDirection(epic=act.epic, stage=act.stage, option=option, reason=act.reason)


def _signed(
    command: ApproveGate | ChooseDirection,
    circumstance: Circumstance,
    epic: Epic,
    stage: Stage,
    gate: GatePlan,
) -> tuple[Event, ...]:
    choice = _choice(command, epic, stage, gate)
    signers = [*(signature.by for signature in stage.gate.approvals), circumstance.actor]
    signed = {actor.handle.casefold() for actor in signers}
    if any(handle.casefold() not in signed for handle in gate.approvers):
        return (GateSigned(epic=epic.id, stage=stage.name, reason=command.reason, choice=choice),)
    return (GateApproved(epic=epic.id, stage=stage.name, reason=command.reason, choice=choice),)


def _choice(command: ApproveGate | ChooseDirection, epic: Epic, stage: Stage, gate: GatePlan) -> str | None:
    """The direction chosen, as it is written; None for a gate that is only approved."""
    ways = (
        quoted(gate.options)
        if gate.options
        else "one of a list of directions under the gate, still to be written"
    )
    if isinstance(command, ApproveGate):
        if gate.kind is GateKind.DECISION:
            raise _refused(epic, stage, f"choose {ways}; this gate is answered by a choice.")
        return None
    if gate.kind is not GateKind.DECISION:
        raise _refused(epic, stage, f'approve or reject; the gate of "{stage.name}" offers no directions.')
    wanted = command.option.strip().casefold()
    option = next((each for each in gate.options if each.strip().casefold() == wanted), None)
    if option is None:
        raise _refused(epic, stage, f'choose {ways}; "{command.option}" is not offered.')
    if stage.gate.choice and stage.gate.choice != option:
        by = listed((each.by.mention for each in stage.gate.approvals), "and")
        raise _refused(
            epic,
            stage,
            f'choose "{stage.gate.choice}", as {by} did, or reject; all must choose the same.',
        )
    return option


def _already(command: AnswerGate, stage: Stage, circumstance: Circumstance) -> bool:
    gate, handle = stage.gate, circumstance.actor.handle
    signed = any(each.by.handle == handle for each in gate.approvals)
    match command:
        case ApproveGate():
            return gate.state is GateState.APPROVED or signed
        case ChooseDirection(option=option):
            same = (gate.choice or "").casefold() == option.strip().casefold()
            return same and (gate.state is GateState.APPROVED or signed)
        case RejectGate(reason=reason):
            refused = gate.rejection
            return bool(refused and refused.by.handle == handle and refused.reason == reason)
        case SkipGate():
            return gate.state is GateState.SKIPPED


def _check_reason(command: AnswerGate, epic: Epic, stage: Stage) -> None:
    needs = {RejectGate: "Reject", SkipGate: "Skip"}.get(type(command))
    if needs and not command.reason.strip():
        raise _refused(epic, stage, f'write why on the same line, "{needs}: …"; it needs a reason.')


def _not_awaiting(board: Board, epic: Epic, stage: Stage) -> Rejected:
    if epic.status is EpicStatus.DRAFT:
        return _refused(
            epic,
            stage,
            f'write "status: ready" to start {epic.id}; it is a draft, and no gate awaits an answer.',
        )
    if epic.status is EpicStatus.CANCELLED:
        return _refused(epic, stage, f'write "status: ready" to take {epic.id} up again; it is cancelled.')
    if stage.state.is_over:
        return _refused(
            epic, stage, f'tick Ask again to open it; the gate of "{stage.name}" is {stage.gate.state}.'
        )
    if stage.state is StageState.PENDING:
        first = next(each for each in epic.stages if not each.state.is_over)
        return _refused(epic, stage, f'"{first.name}" comes first; "{stage.name}" has not opened.')
    unfinished = unfinished_in(board, epic, stage)
    if unfinished:
        who = listed((issue.id for issue in unfinished), "and")
        return _refused(epic, stage, f'finish or cancel {who} first; then the gate of "{stage.name}" asks.')
    if stage.plan.wanted:
        what = "this issue" if len(stage.plan.wanted) == 1 else f"these {len(stage.plan.wanted)} issues"
        return _refused(
            epic, stage, f'tick "Make {what}" under "{stage.name}" first, or strike what is not wanted.'
        )
    return _refused(epic, stage, f'tick Ask again first; the gate of "{stage.name}" was rejected.')


def _from_somebody_else(
    board: Board, command: AnswerGate, circumstance: Circumstance, epic: Epic, stage: Stage
) -> tuple[Event, ...]:
    """In a commit it waits for one who may; at one's own desk it is refused at once."""
    actor, gate = circumstance.actor, stage.plan.gate
    if (
        gate is None
        or actor.kind is not ActorKind.HUMAN
        or circumstance.provenance.channel is not Channel.COMMIT
    ):
        _refuse_somebody_else(board, circumstance, epic, stage)
    if stage.state is not StageState.AWAITING_GATE:
        raise _not_awaiting(board, epic, stage)
    act = _act(command, epic, stage, actor.handle)
    cause = f"confirm_act:{epic.id}:{stage.name}:{act.verb}:{actor.handle}"
    asked = board.open_thread_about(cause)
    if asked is not None:
        who = approvers_of(board.rules, gate)
        raise _refused(epic, stage, f"{who} can answer it; they are asked already, in {asked.id}.")
    wanted = f"{act.verb} the gate of “{stage.name}”" if act.option is None else f"choose “{act.option}”"
    reason = f" Their reason: {command.reason}" if command.reason else ""
    return (
        ConfirmationAsked(
            subject=epic.id,
            title=f"{actor.name} wants to {wanted} in {epic.title}",
            text=f"That is for {approvers_of(board.rules, gate)} to do.{unless_known(board.rules, actor)}{reason}",
            options=(f"{str(act.verb).capitalize()} it, in your own name", "Leave it"),
            cause=cause,
            act=act,
        ),
    )


def _act(command: AnswerGate, epic: Epic, stage: Stage, handle: str) -> GateAct:
    verbs = {ApproveGate: GateVerb.APPROVE, RejectGate: GateVerb.REJECT, SkipGate: GateVerb.SKIP}
    verb = verbs.get(type(command), GateVerb.CHOOSE)
    option = command.option if isinstance(command, ChooseDirection) else None
    return GateAct(
        epic=epic.id, stage=stage.name, verb=verb, asked_by=handle, option=option, reason=command.reason
    )


def _refuse_somebody_else(board: Board, circumstance: Circumstance, epic: Epic, stage: Stage) -> NoReturn:
    require_person(board.rules, circumstance.actor, "answering a gate", subject=epic.id, key=_key(stage))
    gate = stage.plan.gate
    who = approvers_of(board.rules, gate) if gate else "a person"
    raise _refused(epic, stage, f'{who} can answer the gate of "{stage.name}"; it is not yours.')


def _gate(board: Board, epic_id: EntityId, name: str) -> tuple[Epic, Stage, GatePlan]:
    epic = standing_epic(board, epic_id)
    stage = standing_stage(epic, name)
    if stage.plan.gate is None:
        raise _refused(
            epic, stage, f'write "Gate: approval: …" under "{stage.name}" to make one; it has no gate.'
        )
    return epic, stage, stage.plan.gate


def _key(stage: Stage) -> str:
    return f"gate:{stage.name}"


def _refused(epic: Epic, stage: Stage, message: str) -> Rejected:
    return Rejected(message, subject=epic.id, key=_key(stage))
