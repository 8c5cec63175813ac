"""What a commit on the branch still has to hold, in the order it happened."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from dispatchd.adapters.sqlite.columns import actor_column, actor_value, time_column, time_value
from dispatchd.adapters.sqlite.event_log import EventLog
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.waiting_rows import WaitingRows
from dispatchd.application.ports.audit_queue import AuditQueue, AuditRow
from dispatchd.domain.actors import Actor
from dispatchd.domain.headlines import ToldEvent
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EventPosition


class SqliteAuditQueue:
    """Sequences are never given twice, so that dropping by number cannot hit a later row."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        settle: Callable[[], None],
        log: EventLog,
        unwritten: WaitingRows,
    ) -> None:
        self._connection = connection
        self._settle = settle
        """Puts into the tables all that waits for it, here and elsewhere."""
        self._unwritten = unwritten
        self._log = log
        self._sql = queries("audit")

    def add_text(
        self,
        path: DocumentPath,
        digest: DocumentDigest | None,
        actor: Actor,
        at: datetime,
        *,
        prose: bool = False,
        since: datetime | None = None,
    ) -> None:
        """Say that *path* has new bytes (None: is gone) that a commit has to hold."""
        begun = None if since is None else time_column(since)
        self._unwritten.add((actor_column(actor), time_column(at), None, path, digest, prose, begun))

    def add_event(self, position: EventPosition) -> None:
        """Let a commit hold the event there once more."""
        self._log.await_commit(position)

    def waiting(self, most: int | None = None) -> Sequence[AuditRow]:
        """All rows, in order, or the first *most*."""
        limit = -1 if most is None else most
        return self._rows("audit_waiting", limit)

    def resting_since(self) -> datetime | None:
        """When the oldest row came, where all of them are prose."""
        self._settle()
        (at,) = self._connection.execute(self._sql["audit_resting_since"]).fetchone()
        return None if at is None else time_value(at)

    def among(self, sequences: Iterable[int]) -> Sequence[AuditRow]:
        """Those of the rows with these numbers that still wait, in order."""
        return self._rows("audit_among", json.dumps([*sequences]))

    def of_events(self, positions: Iterable[EventPosition]) -> Sequence[AuditRow]:
        """The rows of the events there that still wait, in order."""
        return self._rows("audit_of_events", json.dumps([*positions]))

    def _rows(self, query: str, argument: object) -> Sequence[AuditRow]:
        self._settle()
        rows = self._connection.execute(self._sql[query], (argument,)).fetchall()
        return [
            AuditRow(
                sequence=sequence,
                actor=actor_value(actor),
                at=time_value(at),
                event=event,
                path=path,
                digest=digest,
                prose=prose == 1,
                since=None if since is None else time_value(since),
            )
            for sequence, actor, at, event, path, digest, prose, since in rows
        ]

    def told(self, positions: Sequence[EventPosition]) -> Sequence[ToldEvent]:
        """The events there as their commit tells of them. Raises KeyError."""
        return self._log.told(positions)

    def has_told(self, sequences: Iterable[int]) -> None:
        """Say that the log tells of these prose rows: they rest no more, and are not told of again."""
        self._connection.executemany(self._sql["audit_has_told"], [(sequence,) for sequence in sequences])

    def drop(self, sequences: Iterable[int]) -> None:
        """Forget what is committed."""
        self._connection.executemany(self._sql["audit_drop"], [(sequence,) for sequence in sequences])

    def mark(self, positions: Iterable[EventPosition], commit: str) -> None:
        """Remember in which commit events stand."""
        self._log.mark(positions, commit)

    def committed(self, event_ids: Iterable[str]) -> Mapping[str, EventPosition]:
        """Of these event ids, those the log has."""
        return self._log.positions(event_ids)


_port: type[AuditQueue] = SqliteAuditQueue
