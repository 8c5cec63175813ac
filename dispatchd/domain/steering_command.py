"""What people ask beside the rules of any one kind: to say something, to stop everything, to take something back."""

from datetime import datetime

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId, EventId


@dataclass(frozen=True, slots=True, kw_only=True)
class AddComment:
    """Whoever asks says *text* about the issue."""

    issue: EntityId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawComment:
    """Take back what *by* (a handle) said at *said_at*."""

    issue: EntityId
    by: str
    said_at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseWork:
    """Nothing starts from now on."""

    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeWork:
    """Go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUndone:
    """What follows takes back the event *undone*, which was about *subject*; *did* is its line in the log."""

    undone: EventId
    subject: EntityId
    did: str


SteeringCommand = AddComment | WithdrawComment | PauseWork | ResumeWork | NoteUndone
