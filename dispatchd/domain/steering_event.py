"""What people said, stopped and took back: `event` gathers it with everything else."""

from datetime import datetime

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId, EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentAdded:
    issue: EntityId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentWithdrawn:
    """The comment that `by` (a handle) made at `said_at` was taken back."""

    issue: EntityId
    by: str
    said_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPaused:
    """Nothing starts; while it stands still already, only the reason is another."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkResumed:
    """The brake is off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventUndone:
    """The events that follow take back `undone`; `did` is what the log says of that one."""

    undone: EventId
    subject: EntityId
    did: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionsDoubted:
    """What another clone's daemon says was decided about `subject`, and no signature proves, counts for nothing.

    `events` are those that were told. Of an epic the gate of `stage` asks again, without the approvals of `voters`
    (handles); of a proposal the votes of `voters` (seats) are gone. `reopened`: it is open again.
    """

    subject: EntityId
    events: tuple[EventId, ...]
    stage: str = ""
    voters: tuple[str, ...] = ()
    reopened: bool = False


CommentEvent = CommentAdded | CommentWithdrawn
BrakeEvent = WorkPaused | WorkResumed
SteeringEvent = CommentEvent | BrakeEvent | EventUndone | DecisionsDoubted
