"""The log of what has happened, to look things up in it, inside one transaction."""

from collections.abc import Sequence
from typing import Protocol

from dispatchd.domain.event import RecordedEvent


class History(Protocol):
    """The log of what has happened, to look things up in it."""

    def like(self, prefix: str, most: int) -> Sequence[tuple[RecordedEvent, str]]:
        """Those whose id begins with *prefix*, with their lines, *most* of them."""
        ...

    def newest(self, most: int) -> Sequence[tuple[RecordedEvent, str]]:
        """The last *most* entries with their lines, newest first."""
        ...

    def about(self, subject: str) -> Sequence[RecordedEvent]:
        """Every entry about *subject* (an id, or the path of a file that is no entity), oldest first."""
        ...

    def around(self, recorded: RecordedEvent, distance: int) -> Sequence[RecordedEvent]:
        """The entries up to *distance* before and after it, in order, *recorded* among them."""
        ...

    def undone_by(self, recorded: RecordedEvent) -> RecordedEvent | None:
        """The note that it was taken back, if it was."""
        ...
