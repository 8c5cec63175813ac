"""The log of what has happened, in the order it was decided. Entries are appended and never changed; only the commit
they came to stand in is remembered later.
"""

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dispatchd.adapters.sqlite.columns import actor_column, time_column, to_json
from dispatchd.adapters.sqlite.event_codec import event_row, recorded_event, told_event
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.waiting_rows import WaitingRows
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import Event, RecordedEvent, subject_of
from dispatchd.domain.headlines import ToldEvent
from dispatchd.domain.identifiers import EventId, EventPosition
from dispatchd.domain.steering_event import EventUndone


class EventLog:
    """Every entry appended also waits in the audit queue, in the same transaction."""

    def __init__(
        self, connection: sqlite3.Connection, settle: Callable[[], None], audit: WaitingRows, *, alone: bool
    ) -> None:
        self._connection = connection
        self._settle = settle
        """Puts into the tables all that waits for it, here and elsewhere."""
        self._audit = audit
        self._sql = queries("events")
        self._unwritten = WaitingRows(connection, self._sql["event_append"], alone=alone)
        self._last: int | None = None
        """The position given last, where one was asked for in this transaction."""
        self._told: dict[int, tuple[RecordedEvent, str]] = {}
        """The entries that wait to be put into the log, with their lines."""

    def append(self, event: Event, circumstance: Circumstance, told: str, event_id: str) -> RecordedEvent:
        """Put *event* at the end."""
        row = event_row(event, circumstance, told, event_id)
        for text in (row[6], row[7]):
            if not text.isascii():
                text.encode()  # what no database can hold is refused here, where it is known whose it is
        position = self._next()
        self._unwritten.add((position, *row))
        self._await_commit(position, circumstance)
        recorded = RecordedEvent(
            position=EventPosition(position), id=EventId(event_id), circumstance=circumstance, event=event
        )
        self._told[position] = recorded, told
        return recorded

    def _next(self) -> int:
        """The next position; none is given twice, as the table's own numbers are not."""
        if self._last is None:
            row = self._connection.execute(self._sql["event_last"]).fetchone()
            self._last = 0 if row is None else int(row[0])
        self._last += 1
        return self._last

    def write_out(self) -> None:
        """Put into the log what waits for it."""
        self._told.clear()
        self._unwritten.write_out()

    def await_commit(self, position: EventPosition) -> None:
        """Let the entry there wait in the audit queue again. Raises KeyError."""
        self._await_commit(position, self.at(position)[0].circumstance)

    def _await_commit(self, position: int, by: Circumstance) -> None:
        self._audit.add((actor_column(by.actor), time_column(by.at), position, None, None, 0, None))

    def at(self, position: EventPosition) -> tuple[RecordedEvent, str]:
        """The entry and its line in plain words. Raises KeyError."""
        if position in self._told:
            return self._told[position]
        self._settle()
        row = self._connection.execute(self._sql["event_at"], (position,)).fetchone()
        if row is None:
            raise KeyError(position)
        return recorded_event(position, row[:5]), row[5]

    def told(self, positions: Sequence[EventPosition]) -> Sequence[ToldEvent]:
        """The entries there as their commit tells of them. Raises KeyError."""
        self._settle()
        rows = self._connection.execute(self._sql["events_to_tell"], (to_json(positions),))
        found = {row[0]: row for row in rows}
        return [told_event(found[position]) for position in positions]

    def like(self, prefix: str, most: int) -> Sequence[tuple[RecordedEvent, str]]:
        """Those whose id begins with *prefix*, with their lines, *most* of them."""
        bounds = {"low": prefix, "high": prefix + "~", "most": most}
        return self._entries("events_like", bounds)

    def newest(self, most: int) -> Sequence[tuple[RecordedEvent, str]]:
        """The last *most* entries with their lines, newest first."""
        return self._entries("events_newest", (most,))

    def about(self, subject: str) -> Sequence[RecordedEvent]:
        """Every entry about *subject*, oldest first."""
        return [each for each, _ in self._entries("events_about", (subject,))]

    def around(self, recorded: RecordedEvent, distance: int) -> Sequence[RecordedEvent]:
        """The entries up to *distance* before and after it, in order."""
        bounds = (recorded.position - distance, recorded.position + distance)
        return [each for each, _ in self._entries("events_between", bounds)]

    def undone_by(self, recorded: RecordedEvent) -> RecordedEvent | None:
        """The note that it was taken back."""
        notes = (each for each, _ in self._entries("event_undoing", (subject_of(recorded.event),)))
        return next((each for each in notes if _undoes(each.event, recorded.id)), None)

    def _entries(self, name: str, arguments: Any) -> list[tuple[RecordedEvent, str]]:
        self._settle()
        rows = self._connection.execute(self._sql[name], arguments).fetchall()
        return [(recorded_event(row[0], row[1:6]), row[6]) for row in rows]

    def mark(self, positions: Iterable[EventPosition], commit: str) -> None:
        """Remember in which commit they stand."""
        self._settle()
        self._connection.executemany(self._sql["event_mark"], [(commit, position) for position in positions])

    def positions(self, event_ids: Iterable[str]) -> Mapping[str, EventPosition]:
        """Those of *event_ids* that the log has."""
        self._settle()
        rows = self._connection.execute(self._sql["event_positions"], (to_json(list(event_ids)),))
        return {event_id: EventPosition(position) for event_id, position in rows}


def _undoes(event: Event, event_id: EventId) -> bool:
    return isinstance(event, EventUndone) and event.undone == event_id
