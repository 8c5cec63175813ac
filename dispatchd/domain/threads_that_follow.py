"""The threads that open or close in consequence of an event: who has to confirm, who is told, who is asked no more."""

from collections.abc import Callable, Iterable

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.approvers import approver_problem, approvers_cause
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.due_turns import PROTECTED, stuck_cause
from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.epic_event import CheckFailed
from dispatchd.domain.event import (
    AnswerDelivered,
    ConfirmationAsked,
    EntityRemoved,
    EpicMoved,
    Event,
    GateApproved,
    GateRejected,
    GateReopened,
    GateSkipped,
    IssueMoved,
    StageAmended,
    ThreadDismissed,
    ThreadOpened,
    TurnAdded,
)
from dispatchd.domain.gate_rules import checkpoint_cause
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.run_event import RunStarted
from dispatchd.domain.thread import (
    Deletion,
    GateAct,
    StageChange,
    Thread,
    ThreadKind,
    ThreadPurpose,
    ThreadStatus,
    Turn,
)

RUN_AGAIN = "Run it again"
_AGAIN = (
    "It is run again when something more has been merged, or the command is another one; while that shows the same, "
    "nothing more is said, and the newest is kept beside it."
)
_NO_COMMAND = "It is run when there is one."
Draw = Callable[[EntityKind], EntityId]


def thread_about(
    board: Board, event: ConfirmationAsked | StageAmended, circumstance: Circumstance, draw: Draw
) -> tuple[Event, ...]:
    """The thread that asks to confirm, or the notice that something changed too late; one of a cause at a time."""
    cause = event.cause if isinstance(event, ConfirmationAsked) else f"amended:{event.epic}:{event.stage}"
    if board.open_thread_about(cause) is not None:
        return ()
    new_id = draw(EntityKind.THREAD)
    if isinstance(event, ConfirmationAsked):
        return (ThreadOpened(thread=_question(event, circumstance, new_id)),)
    epic = board.epic(event.epic)
    return (ThreadOpened(thread=_notice(event, epic, cause, circumstance, new_id)),)


def asks_nobody(board: Board, epic: Epic, circumstance: Circumstance, draw: Draw) -> Iterable[Event]:
    """A problem where a gate of a new epic names somebody who cannot answer it."""
    problems = [problem for stage in epic.stages if (problem := approver_problem(board, stage.plan))]
    cause = approvers_cause(epic.id)
    if not problems or board.open_thread_about(cause) is not None:
        return
    text = "\n".join((*problems, "Until the line says who, that gate waits."))
    yield ThreadOpened(
        thread=Thread(
            id=draw(EntityKind.THREAD),
            title=f"A gate of {epic.title} asks somebody who cannot answer",
            created=circumstance.at,
            kind=ThreadKind.PROBLEM,
            sender=DAEMON.handle,
            subject=epic.id,
            cause=cause,
            accepts_text=False,
            turns=(Turn(by=DAEMON, at=circumstance.at, text=text),),
        )
    )


def checkpoint_says_why(
    board: Board, event: CheckFailed, circumstance: Circumstance, draw: Draw
) -> Iterable[Event]:
    """Why a checkpoint does not open, once for each reason: that it is still so on a later commit is no news."""
    cause = checkpoint_cause(event.epic, event.stage)
    before = board.open_thread_about(cause)
    epic, check = board.epic(event.epic), event.check
    why = f"The checkpoint of “{event.stage}” waits for `{check.command}`: {check.why}, on "
    if before is not None:
        if before.turns and before.turns[0].text.startswith(why):
            return
        yield ThreadDismissed(thread=before.id)
    seen = f"[What it showed](../{check.page}). " if check.page else ""
    text = f"{why}`{check.commit[:8]}`. {seen}{_AGAIN if check.ran else _NO_COMMAND}\n\n*{RUN_AGAIN}* runs it as it is. *Skip*, in the file of the epic, opens the next stage without it."
    yield ThreadOpened(
        thread=Thread(
            id=draw(EntityKind.THREAD),
            title=f"{epic.title if epic else event.epic}: the checkpoint of “{event.stage}” does not open",
            created=circumstance.at,
            kind=ThreadKind.ESCALATION,
            sender=DAEMON.handle,
            subject=event.epic,
            cause=cause,
            options=(RUN_AGAIN,),
            accepts_text=False,
            turns=(Turn(by=DAEMON, at=circumstance.at, text=text),),
        )
    )


def nobody_has_to_say(board: Board, event: Event) -> Iterable[Event]:
    """Nobody is asked any more about work that does not go on, because its issue is over or deleted, or about a gate
    that moved on: an answer would reach nobody, and what was answered already reaches nobody as well.
    """
    match event:
        case GateApproved() | GateSkipped() | GateReopened() | GateRejected():
            said = board.open_thread_about(checkpoint_cause(event.epic, event.stage))
            if said is not None:
                yield ThreadDismissed(thread=said.id)
        case EpicMoved(epic=epic_id, after=EpicStatus.CANCELLED):
            epic = board.epic(epic_id)
            for stage in epic.stages if epic is not None else ():
                said = board.open_thread_about(checkpoint_cause(epic_id, stage.name))
                if said is not None:
                    yield ThreadDismissed(thread=said.id)
        case IssueMoved(issue=issue_id, after=after) if after.is_final:
            yield from _asked_in_vain(board, issue_id, f"is {after}")
        case EntityRemoved(subject=subject) if kind_of(subject) is EntityKind.ISSUE:
            yield from _asked_in_vain(board, subject, "was deleted")
        case _:
            return


def _asked_in_vain(board: Board, issue: EntityId, how: str) -> Iterable[Event]:
    """What closes the questions about *issue*. Those of its workflow are closed by who asks them (`flows/leftovers`)."""
    for asked in board.threads_of(issue):
        is_agents = asked.kind is ThreadKind.QUESTION and not asked.cause
        is_agents = is_agents or asked.kind is ThreadKind.PERMISSION
        if asked.removed or not (is_agents or asked.cause.startswith((stuck_cause(issue), PROTECTED))):
            continue
        if asked.status is ThreadStatus.OPEN:
            yield TurnAdded(thread=asked.id, text=f"This is not asked any more: {issue} {how}.")
            yield ThreadDismissed(thread=asked.id)
        elif asked.status is ThreadStatus.ANSWERED and not asked.delivered:
            yield AnswerDelivered(thread=asked.id)


def nobody_asks_how(board: Board, event: Event) -> Iterable[Event]:
    """Work that was stuck goes on, however that came about: by a person's word in the thread, or by another agent."""
    if not isinstance(event, RunStarted) or not event.run.works:
        return
    asked = board.open_thread_about(stuck_cause(event.run.issue))
    if asked is not None:
        yield ThreadDismissed(thread=asked.id)


def _question(event: ConfirmationAsked, circumstance: Circumstance, thread_id: EntityId) -> Thread:
    purpose = {
        GateAct: ThreadPurpose.CONFIRM_ACT,
        Deletion: ThreadPurpose.CONFIRM_DELETION,
        StageChange: ThreadPurpose.CONFIRM_STAGES,
    }[type(event.act)]
    return Thread(
        id=thread_id,
        title=event.title,
        created=circumstance.at,
        kind=ThreadKind.QUESTION,
        sender=DAEMON.handle,
        subject=event.subject,
        purpose=purpose,
        cause=event.cause,
        options=event.options,
        accepts_text=False,
        turns=(Turn(by=DAEMON, at=circumstance.at, text=event.text),),
        act=event.act,
    )


def _notice(
    event: StageAmended, epic: Epic | None, cause: str, circumstance: Circumstance, thread_id: EntityId
) -> Thread:
    of_epic = f" of {epic.title}" if epic else ""
    text = (
        f"It had been approved, and {event.why}. What comes after it has begun, so its gate does not ask again. "
        "To take up what changed, reject a gate further on."
    )
    return Thread(
        id=thread_id,
        title=f"“{event.stage}”{of_epic} has changed since it was approved",
        created=circumstance.at,
        kind=ThreadKind.NOTICE,
        sender=DAEMON.handle,
        subject=event.epic,
        cause=cause,
        accepts_text=False,
        turns=(Turn(by=DAEMON, at=circumstance.at, text=text),),
    )
