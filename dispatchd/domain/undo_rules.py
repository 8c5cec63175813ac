"""Taking back what has happened: for each event the commands that do so, or a refusal that says what to do instead.

Nothing is struck from the log: what takes something back happens anew, by the rules for anything that happens, after
a note that names what it takes back. What has been changed since is not touched.
"""

from collections.abc import Sequence

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import (
    AskGateAgain,
    ChangeSet,
    Circumstance,
    Command,
    RemoveEntity,
    RestoreEntity,
    SetFact,
)
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import EpicStatus, StageState
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import (
    EntityRemoved,
    EntityRestored,
    EpicMoved,
    Event,
    FactSet,
    GateApproved,
    GateSkipped,
    IssueMoved,
    RecordedEvent,
    SetChanged,
)
from dispatchd.domain.fact_keys import KEYS
from dispatchd.domain.facts import members_of, value_of
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.lookups import find, standing_epic, standing_issue, standing_stage
from dispatchd.domain.steering_command import NoteUndone, PauseWork, ResumeWork, WithdrawComment
from dispatchd.domain.steering_event import CommentAdded, EventUndone, WorkPaused, WorkResumed
from dispatchd.domain.undo_course import course_back
from dispatchd.domain.undo_instead import instead_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An event that is to be taken back. `stroke` is what happened with it (`stroke.stroke_of`), in order.

    `before` is what had happened last to the same thing, where the event itself does not say how it stood.
    """

    recorded: RecordedEvent
    stroke: Sequence[RecordedEvent]
    before: Event | None = None

    @property
    def events(self) -> tuple[Event, ...]:
        """What happened with it, without who and when."""
        return tuple(each.event for each in self.stroke)


def decide_undone(_board: Board, command: NoteUndone, circumstance: Circumstance) -> tuple[Event, ...]:
    """Note that what follows takes something back."""
    require_human(circumstance.actor, "taking back what was done", subject=command.subject)
    return (EventUndone(undone=command.undone, subject=command.subject, did=command.did),)


def way_back(board: Board, past: Past) -> tuple[Command, ...]:
    """What takes *past* back. Raises Rejected where nothing can, or where it has been changed since."""
    event = past.recorded.event
    match event:
        case IssueMoved(issue=issue):
            return course_back(board, issue, past.events)
        case FactSet():
            return _fact_back(board, event, past)
        case SetChanged():
            return _set_back(board, event)
        case EntityRemoved() | EntityRestored():
            return _file_back(board, event)
        case CommentAdded():
            return _unsaid(board, event, past)
        case EpicMoved(before=before, after=EpicStatus.CANCELLED) if before is not EpicStatus.DRAFT:
            return _epic_back(board, event)
        case GateApproved(by_rule=False) | GateSkipped():
            return _asked_again(board, event)
        case WorkPaused() | WorkResumed():
            return _brake_back(board, event, past.before)
        case _:
            raise Rejected(instead_of(board, past.recorded))


def _fact_back(board: Board, event: FactSet, past: Past) -> tuple[Command, ...]:
    """The value it had; the stage that another epic took away comes back with the epic."""
    if event.key == "assignee" and kind_of(event.subject) is EntityKind.ISSUE:
        return course_back(board, event.subject, past.events)
    entity = find(board, event.subject)
    fact = KEYS[kind_of(event.subject)].get(event.key)
    if (
        entity is None
        or fact is None
        or fact.daemons
        or past.recorded.circumstance.actor.kind is ActorKind.DAEMON
    ):
        raise Rejected(f"undo what it followed from; dispatchd set {event.key} of {event.subject} itself.")
    now = value_of(entity, event.key)
    if now != event.after:
        raise _changed(event.subject, event.key, event.before or "", now)
    back = SetFact(subject=event.subject, key=event.key, value=event.before)
    along = [
        SetFact(subject=event.subject, key="stage", value=each.before)
        for each in past.events
        if event.key == "epic" and isinstance(each, FactSet) and each.key == "stage" and each.before
    ]
    return (back, *along)


def _changed(subject: EntityId, key: str, before: str, now: str | None) -> Rejected:
    noun = kind_of(subject)
    stands = f'is "{now}"' if now else "has been cleared"
    return Rejected(
        f"set it as you want it: dispatchd {noun} set {subject} {key}={before}; it {stands} by now, "
        "and only what nobody has changed since is taken back.",
        subject=subject,
        key=key,
    )


def _set_back(board: Board, event: SetChanged) -> tuple[Command, ...]:
    entity = find(board, event.subject)
    now = members_of(entity, event.key) if entity is not None else ()
    add = tuple(each for each in event.before if each not in event.after)
    remove = tuple(each for each in event.after if each not in event.before)
    if any(each in now for each in add) or any(each not in now for each in remove):
        raise _changed(event.subject, event.key, ",".join(event.before), ", ".join(now))
    return (ChangeSet(subject=event.subject, key=event.key, add=add, remove=remove),)


def _file_back(board: Board, event: EntityRemoved | EntityRestored) -> tuple[Command, ...]:
    entity = find(board, event.subject)
    is_there = entity is not None and not entity.removed
    if is_there is isinstance(event, EntityRemoved):
        stands = "is there" if is_there else "is deleted"
        raise Rejected(f"nothing needs to be done; {event.subject} {stands}.", subject=event.subject)
    return (RemoveEntity(subject=event.subject) if is_there else RestoreEntity(subject=event.subject),)


def _unsaid(board: Board, event: CommentAdded, past: Past) -> tuple[Command, ...]:
    issue = standing_issue(board, event.issue)
    by, at = past.recorded.circumstance.actor.handle, past.recorded.circumstance.at
    mine = [each for each in issue.comments if (each.by.handle, each.at, each.text) == (by, at, event.text)]
    if all(each.withdrawn for each in mine):
        raise Rejected(f"nothing needs to be done; that comment on {issue.id} was taken back.")
    return (WithdrawComment(issue=issue.id, by=by, said_at=at, text=event.text),)


def _epic_back(board: Board, event: EpicMoved) -> tuple[Command, ...]:
    epic = standing_epic(board, event.epic)
    if epic.status is not EpicStatus.CANCELLED:
        raise Rejected(f"nothing needs to be done; {epic.id} is {epic.status}.", subject=epic.id)
    return (SetFact(subject=epic.id, key="status", value=EpicStatus.READY),)


def _asked_again(board: Board, event: GateApproved | GateSkipped) -> tuple[Command, ...]:
    """A gate that was passed asks again, while nothing has been built on that."""
    epic = standing_epic(board, event.epic)
    stage = standing_stage(epic, event.stage)
    if not stage.state.is_over or stage.state is StageState.PENDING:
        raise Rejected(f'nothing needs to be done; "{stage.name}" of {epic.id} is {stage.state} again.')
    return (AskGateAgain(epic=epic.id, stage=stage.name),)


def _brake_back(board: Board, event: WorkPaused | WorkResumed, before: Event | None) -> tuple[Command, ...]:
    """Let go, or pulled again for the reason there was; where it was on already, only that reason comes back."""
    if isinstance(event, WorkPaused):
        if board.pause is None:
            raise Rejected("nothing needs to be done; work goes on.")
        if not isinstance(before, WorkPaused):
            return (ResumeWork(),)
        if board.pause.reason != event.reason or not before.reason:
            raise Rejected(
                "say why it stands still: dispatchd pause REASON; to let it go on: dispatchd resume."
            )
        return (PauseWork(reason=before.reason),)
    if board.pause is not None:
        raise Rejected("nothing needs to be done; work is paused.")
    return (PauseWork(reason=before.reason if isinstance(before, WorkPaused) else ""),)
