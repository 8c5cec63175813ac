"""What people said, stopped and took back: `event` gathers it with everything else."""

from dataclasses import dataclass
from datetime import datetime

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


CommentEvent = CommentAdded | CommentWithdrawn
BrakeEvent = WorkPaused | WorkResumed
SteeringEvent = CommentEvent | BrakeEvent | EventUndone
