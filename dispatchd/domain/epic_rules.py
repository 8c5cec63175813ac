"""Epics: opening, starting and cancelling them, and what a changed plan of stages may do.

Gates are answered in `gate_rules`; what follows by itself (stages open, gates await, the status) is `epic_flow`'s.
"""

from dataclasses import replace

from dispatchd.domain.approvers import approver_problem, approvers_cause
from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, OpenEpic, PlanStages
from dispatchd.domain.epic import Epic, EpicStatus, Gate, GateState, Stage, StagePlan, StageState
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import (
    ConfirmationAsked,
    EpicMoved,
    EpicOpened,
    Event,
    GateReopened,
    StageAmended,
    StagesPlanned,
    ThreadDismissed,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.list_rules import joined
from dispatchd.domain.lookups import standing_epic
from dispatchd.domain.stages import begun_after, folded, issues_in, matched
from dispatchd.domain.thread import StageChange
from dispatchd.domain.wording import listed, quoted

AS_WRITTEN = "Take them as written"
AS_BEFORE = "Put the old ones back"


def decide_open_epic(board: Board, command: OpenEpic, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take in a new epic: a draft, unless its file says that it has been started, cancelled or finished.

    A gate that asks somebody unknown is taken in and waits, and a thread says so: without it the stage would pass.
    """
    epic = command.epic
    if board.epic(epic.id) is not None:
        return ()
    if not epic.title.strip():
        raise Rejected('write "title: …"; an epic needs one.', subject=epic.id, key="title")
    if epic.status is not EpicStatus.DRAFT:
        require_human(circumstance.actor, "starting an epic", subject=epic.id, key="status")
    plans = tuple(stage.plan for stage in epic.stages)
    if epic.status is EpicStatus.COMPLETED and any(plan.gate is not None for plan in plans):
        raise Rejected(
            'write "ready" to start it; a new epic is not completed while nobody here has answered its gates.',
            subject=epic.id,
            key="status",
        )
    _check_headings(epic.id, plans)
    state = StageState.APPROVED if epic.status is EpicStatus.COMPLETED else StageState.PENDING
    under_way = epic.status in {EpicStatus.IN_PROGRESS, EpicStatus.AWAITING_GATE}
    opened = replace(
        epic,
        status=EpicStatus.READY if under_way else epic.status,
        stages=tuple(Stage(plan=plan, state=state, gate=Gate()) for plan in plans),
        begun_by=circumstance.actor.handle,
        removed=False,
        before_removal=None,
    )
    return (EpicOpened(epic=opened), *joined(board, opened, command.lists))


def decide_epic_status(epic: Epic, wanted: str, circumstance: Circumstance) -> tuple[Event, ...]:
    """What a person wrote as an epic's status: it can be started, cancelled and taken up again, no more."""
    word, forced = wanted.rstrip("!"), wanted.endswith("!")
    to = EpicStatus(word)
    if to is epic.status:
        return ()
    require_human(circumstance.actor, "starting or cancelling an epic", subject=epic.id, key="status")
    begun = epic.status in {EpicStatus.READY, EpicStatus.IN_PROGRESS, EpicStatus.AWAITING_GATE}
    allowed = {
        EpicStatus.DRAFT: {EpicStatus.READY, EpicStatus.CANCELLED},
        EpicStatus.CANCELLED: {EpicStatus.READY},
        EpicStatus.COMPLETED: set[EpicStatus](),
    }.get(epic.status, {EpicStatus.CANCELLED})
    if to in allowed:
        return (EpicMoved(epic=epic.id, before=epic.status, after=to),)
    if to is EpicStatus.READY and begun:
        return ()
    raise Rejected(_refusal_for_status(epic.status, to, forced=forced), subject=epic.id, key="status")


def _refusal_for_status(kept: EpicStatus, wanted: EpicStatus, *, forced: bool) -> str:
    lead = f'kept "{kept}"; '
    if kept is EpicStatus.COMPLETED:
        return f"{lead}all its stages are through. A new stage under it goes on."
    if kept in {EpicStatus.DRAFT, EpicStatus.CANCELLED}:
        return f'{lead}write "ready" to start it; "{wanted}" follows from its stages.'
    instead = " Not even ! changes that." if forced else ""
    return f'{lead}write "cancelled" to stop it; "{wanted}" follows from its stages and gates.{instead}'


def decide_plan(board: Board, command: PlanStages, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take the stages as now written, where it is clear what became of each; otherwise ask, once."""
    epic = standing_epic(board, command.epic)
    asked = board.open_thread_about(cause_of(epic.id))
    if tuple(stage.plan for stage in epic.stages) == command.stages:
        return (ThreadDismissed(thread=asked.id),) if asked else ()
    require_human(circumstance.actor, "the plan of an epic and its gates", subject=epic.id, key="stages")
    _check_headings(epic.id, command.stages)
    _check_approvers(board, epic, command)
    _check_renamed(epic, command)
    change = StageChange(epic=epic.id, stages=command.stages)
    if asked and asked.act == change:
        return ()
    over = (ThreadDismissed(thread=asked.id),) if asked else ()
    doubts = _doubts(board, epic, command)
    if doubts:
        return (*over, _question(epic, change, doubts))
    stays = any(approver_problem(board, plan) for plan in command.stages)
    mended = None if stays else board.open_thread_about(approvers_cause(epic.id))
    known = (ThreadDismissed(thread=mended.id),) if mended else ()
    return (*over, *known, *planned(board, epic, command.stages, command.renamed))


def planned(
    board: Board, epic: Epic, plans: tuple[StagePlan, ...], renamed: tuple[tuple[str, str], ...]
) -> tuple[Event, ...]:
    """The new plan, and what it does to approvals of what it changes."""
    was = matched(epic.stages, plans, renamed)
    answers: list[Event] = []
    for plan in plans:
        old = was.get(folded(plan.name))
        why = _asks_again(old, plan) if old else ""
        if not old or not why:
            continue
        if old.state.is_over and begun_after(board, epic, old):
            answers.append(StageAmended(epic=epic.id, stage=plan.name, why=why))
        elif not any(isinstance(each, GateReopened) for each in answers):
            answers.append(GateReopened(epic=epic.id, stage=plan.name, why=why))
    return (StagesPlanned(epic=epic.id, stages=plans, renamed=renamed), *answers)


def _asks_again(old: Stage, plan: StagePlan) -> str:
    """Why what was approved, or signed by some, is no longer what stands there; empty if it is."""
    if plan.gate is None:
        return ""
    approved = old.state is StageState.APPROVED
    if not approved and not old.gate.approvals:
        return ""
    if old.plan.gate is None:
        return "it was given a gate"
    if old.gate.state is not GateState.APPROVED and not old.gate.approvals:
        return ""
    if old.plan.gate != plan.gate:
        return "its gate was changed"
    if old.plan.substance != plan.substance:
        return "its section was changed"
    return "its list wants more" if set(plan.wanted) - set(old.plan.wanted) else ""


def cause_of(epic_id: EntityId) -> str:
    """What makes the question about an epic's stages one question."""
    return f"confirm_stages:{epic_id}"


def renames_offered(epic: Epic, plans: tuple[StagePlan, ...]) -> dict[str, tuple[tuple[str, str], ...]]:
    """For each offered box that says a heading was renamed: that renaming."""
    new_names = {folded(plan.name) for plan in plans}
    old_names = {folded(stage.name) for stage in epic.stages}
    gone = [stage.name for stage in epic.stages if folded(stage.name) not in new_names]
    fresh = [plan.name for plan in plans if folded(plan.name) not in old_names]
    if len(gone) != 1:
        return {}
    return {f'"{gone[0]}" is now "{name}"': ((gone[0], name),) for name in fresh}


def _doubts(board: Board, epic: Epic, command: PlanStages) -> list[str]:
    was = matched(epic.stages, command.stages, command.renamed)
    kept = {folded(stage.name) for stage in was.values()}
    doubts = []
    for stage in epic.stages:
        if folded(stage.name) in kept:
            continue
        held = issues_in(board, epic, stage)
        if stage.state is not StageState.PENDING:
            doubts.append(f'"{stage.name}" is gone, and it is {stage.state}.')
        elif held:
            doubts.append(
                f'"{stage.name}" is gone, and {listed((each.id for each in held), "and")} stand in it.'
            )
    if epic.status is not EpicStatus.DRAFT:
        doubts += _order_doubts(epic, command, was)
    return doubts


def _order_doubts(epic: Epic, command: PlanStages, was: dict[str, Stage]) -> list[str]:
    """A new or moved stage before one that is over: is what was passed to be passed again?"""
    begun = [
        stage for stage in epic.stages if stage.state is not StageState.PENDING and stage in was.values()
    ]
    order = [was.get(folded(plan.name)) for plan in command.stages]
    last_over = max((place for place, stage in enumerate(order) if stage and stage.state.is_over), default=0)
    before = [
        plan.name
        for plan, stage in zip(command.stages[:last_over], order, strict=False)
        if stage is None or not stage.state.is_over
    ]
    doubts = [f"{quoted(before, 'and')} stands before a stage that is over."] if before else []
    if [stage for stage in order if stage in begun] != begun:
        doubts.append(f"{quoted((stage.name for stage in begun), 'and')} stand in another order.")
    return doubts


def _question(epic: Epic, change: StageChange, doubts: list[str]) -> ConfirmationAsked:
    return ConfirmationAsked(
        subject=epic.id,
        title=f"What became of the stages of {epic.title}?",
        text=" ".join(doubts) + " Until you say, the stages stay as they were.",
        options=(*renames_offered(epic, change.stages), AS_WRITTEN, AS_BEFORE),
        cause=cause_of(epic.id),
        act=change,
    )


def _check_headings(epic_id: EntityId, plans: tuple[StagePlan, ...]) -> None:
    names: set[str] = set()
    for plan in plans:
        if folded(plan.name) in names:
            raise Rejected(
                f'rename one of them; two stages are called "{plan.name}".',
                subject=epic_id,
                key="stages",
            )
        if not plan.name.strip():
            raise Rejected(
                "give every stage a heading with words; one has none.", subject=epic_id, key="stages"
            )
        names.add(folded(plan.name))


def _check_approvers(board: Board, epic: Epic, command: PlanStages) -> None:
    """A gate that stands already is no matter of this change: whom it asks in vain was said when it was written."""
    was = matched(epic.stages, command.stages, command.renamed)
    for plan in command.stages:
        old = was.get(folded(plan.name))
        if old is not None and old.plan.gate == plan.gate:
            continue
        problem = approver_problem(board, plan)
        if problem:
            raise Rejected(problem, subject=epic.id, key=f"gate:{plan.name}")


def _check_renamed(epic: Epic, command: PlanStages) -> None:
    plans = {folded(plan.name) for plan in command.stages}
    for old, new in command.renamed:
        if epic.stage(old) is None or folded(new) not in plans:
            raise Rejected(
                f"the stages of {epic.id} are {quoted((stage.name for stage in epic.stages), 'and')}; "
                f'"{old}" cannot have become "{new}".',
                subject=epic.id,
                key="stages",
            )
