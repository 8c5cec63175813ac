"""The log of what has happened, in the order it was decided. Entries are appended and never changed; only the commit
they came to stand in is remembered later.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from dispatchd.adapters.sqlite.columns import actor_column, time_column, to_json
from dispatchd.adapters.sqlite.event_codec import event_row, recorded_event
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import Event, RecordedEvent, subject_of
from dispatchd.domain.identifiers import EventId, EventPosition
from dispatchd.domain.steering_event import EventUndone


class EventLog:
    """Every entry appended also waits in the audit queue, in the same transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("events")

    def append(self, event: Event, circumstance: Circumstance, told: str, event_id: str) -> RecordedEvent:
        """Put *event* at the end."""
        row = event_row(event, circumstance, told, event_id)
        position = self._connection.execute(self._sql["event_append"], row).lastrowid
        if position is None:
            raise AssertionError("an INSERT has a row")
        waiting = (actor_column(circumstance.actor), time_column(circumstance.at), position)
        self._connection.execute(self._sql["event_await_commit"], waiting)
        return RecordedEvent(
            position=EventPosition(position), id=EventId(event_id), circumstance=circumstance, event=event
        )

    def await_commit(self, position: EventPosition) -> None:
        """Let the entry there wait in the audit queue again. Raises KeyError."""
        by = self.at(position)[0].circumstance
        waiting = (actor_column(by.actor), time_column(by.at), position)
        self._connection.execute(self._sql["event_await_commit"], waiting)

    def at(self, position: EventPosition) -> tuple[RecordedEvent, str]:
        """The entry and its line in plain words. Raises KeyError."""
        row = self._connection.execute(self._sql["event_at"], (position,)).fetchone()
        if row is None:
            raise KeyError(position)
        return recorded_event(position, row[:5]), row[5]

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
        rows = self._connection.execute(self._sql[name], arguments).fetchall()
        return [(recorded_event(row[0], row[1:6]), row[6]) for row in rows]

    def mark(self, positions: Iterable[EventPosition], commit: str) -> None:
        """Remember in which commit they stand."""
        self._connection.executemany(self._sql["event_mark"], [(commit, position) for position in positions])

    def positions(self, event_ids: Iterable[str]) -> Mapping[str, EventPosition]:
        """Those of *event_ids* that the log has."""
        rows = self._connection.execute(self._sql["event_positions"], (to_json(list(event_ids)),))
        return {event_id: EventPosition(position) for event_id, position in rows}


def _undoes(event: Event, event_id: EventId) -> bool:
    return isinstance(event, EventUndone) and event.undone == event_id
