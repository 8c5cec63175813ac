"""What commits on the branch still have to hold, in the order in which it happened."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dispatchd.domain.actors import Actor
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.headlines import ToldEvent
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EventPosition


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """Something that a commit on the branch still has to hold: an event, or the bytes of a file (None: its absence).

    `prose` rows wait until a person has stopped writing; `text_at` is when their last save was, `since` their first.
    """

    sequence: int
    actor: Actor
    at: datetime
    event: EventPosition | None = None
    path: DocumentPath | None = None
    digest: DocumentDigest | None = None
    prose: bool = False
    since: datetime | None = None


class AuditQueue(Protocol):
    def add_text(
        self,
        path: DocumentPath,
        digest: DocumentDigest | None,
        actor: Actor,
        at: datetime,
        *,
        prose: bool = False,
        since: datetime | None = None,
    ) -> None: ...

    def add_event(self, position: EventPosition) -> None:
        """Say that the event there has to stand in a commit once more: the one that held it is not on the branch."""
        ...

    def waiting(self, most: int | None = None) -> Sequence[AuditRow]:
        """All rows, in order, or the first *most*. Appending an event puts its row here by itself."""
        ...

    def resting_since(self) -> datetime | None:
        """When the oldest row came, where all of them are prose; None where another one waits, or none at all."""
        ...

    def among(self, sequences: Iterable[int]) -> Sequence[AuditRow]:
        """Those of the rows with these numbers that still wait, in order."""
        ...

    def of_events(self, positions: Iterable[EventPosition]) -> Sequence[AuditRow]:
        """The rows of the events there that still wait, in order."""
        ...

    def told(self, positions: Sequence[EventPosition]) -> Sequence[ToldEvent]:
        """The events there as their commit tells of them. Raises KeyError."""
        ...

    def has_told(self, sequences: Iterable[int]) -> None:
        """Say that the log tells of these prose rows: they rest no more, and are not told of again."""
        ...

    def drop(self, sequences: Iterable[int]) -> None: ...

    def mark(self, positions: Iterable[EventPosition], commit: str) -> None:
        """Remember in which commit events stand."""
        ...

    def committed(self, event_ids: Iterable[str]) -> Mapping[str, EventPosition]:
        """Of these event ids, those the log has, with their positions."""
        ...
