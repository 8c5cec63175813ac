"""Keeps what is no issue (epics, proposals, threads, decisions, agents): the state as JSON, beside the few columns
that are looked up by.
"""

import sqlite3
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from dispatchd.adapters.sqlite.columns import from_json, remembering, time_column, to_json
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.wire import dump_entity, load_entity
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread


class _Indexed(NamedTuple):
    """What of an entity has a column of its own."""

    id: str
    kind: EntityKind
    title: str
    status: str
    created: datetime | None = None
    issue: str | None = None
    cause: str | None = None
    source: str | None = None
    removed: bool = False


@remembering
def _entity(state: str) -> Entity | Decision:
    return load_entity(from_json(state))


class EntityStore:
    """Look-ups are of the rows as this transaction sees them; removed entities are found by id only."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("entities")
        self._about: dict[str, Sequence[Thread]] = {}
        """The threads about issues that were looked up since an entity was saved in this transaction."""
        self._rows: int | None = None
        """How many rows there are, if that was asked since."""

    def get(self, subject: str, kind: EntityKind | None = None) -> Entity | Decision | None:
        """The entity, removed or not; None where it is not of *kind*."""
        row = self._connection.execute(self._sql["entity_by_id"], (subject,)).fetchone()
        if row is None or (kind is not None and row[0] != kind):
            return None
        return _entity(row[1])

    def standing(self, kind: EntityKind) -> Sequence[Entity | Decision]:
        """All of *kind* that were not removed, oldest first."""
        rows = self._connection.execute(self._sql["entities_of_kind"], (kind,)).fetchall()
        return [_entity(state) for (state,) in rows]

    def threads_of(self, issue_id: str) -> Sequence[Thread]:
        """The threads about an issue that were not removed, oldest first."""
        found = self._about.get(issue_id)
        if found is None:
            rows = self._connection.execute(self._sql["entities_about_issue"], (issue_id,)).fetchall()
            entities = (_entity(state) for (state,) in rows)
            found = tuple(thread for thread in entities if isinstance(thread, Thread))
            self._about[issue_id] = found
        return found

    def look_ahead(self, issue_ids: Collection[str]) -> None:
        """Look up the threads about *issue_ids*, those not looked up yet, in one question."""
        found: dict[str, list[Thread]] = {each: [] for each in issue_ids if each not in self._about}
        for issue_id, state in self._connection.execute(
            self._sql["entities_about_issues"], (to_json([*found]),)
        ):
            thread = _entity(state)
            if isinstance(thread, Thread):
                found[issue_id].append(thread)
        self._about.update(found)

    def open_thread_about(self, cause: str) -> Thread | None:
        """The open thread of that cause."""
        row = self._connection.execute(self._sql["entity_with_cause"], (cause,)).fetchone()
        thread = None if row is None else _entity(row[0])
        return thread if isinstance(thread, Thread) else None

    def with_source(self, source: str) -> EntityId | None:
        """The id of the entity that came from *source*; one that stands before one that was removed."""
        row = self._connection.execute(self._sql["entity_with_source"], (source,)).fetchone()
        return None if row is None else EntityId(row[0])

    def count(self) -> int:
        """How many there ever were: rows are never deleted, so the highest number tells without counting."""
        if self._rows is None:
            self._rows = int(self._connection.execute(self._sql["entity_count"]).fetchone()[0])
        return self._rows

    def save(self, entity: Epic | Proposal | Thread | Agent | Decision) -> None:
        """Insert or replace by id."""
        self._about.clear()
        self._rows = None
        indexed = _indexed(entity)
        created = None if indexed.created is None else time_column(indexed.created)
        row = (*indexed[:4], created, *indexed[5:], to_json(dump_entity(entity)))
        self._connection.execute(self._sql["entity_save"], row)


def _indexed(entity: Epic | Proposal | Thread | Agent | Decision) -> _Indexed:
    match entity:
        case Agent():
            status = "paused" if entity.paused else "active"
            return _Indexed(entity.name, EntityKind.AGENT, entity.name, status, removed=entity.removed)
        case Decision():
            return _Indexed(entity.id, EntityKind.DECISION, entity.title, entity.outcome, entity.at)
        case Thread():
            return _Indexed(
                id=entity.id,
                kind=EntityKind.THREAD,
                title=entity.title,
                status=entity.status,
                created=entity.created,
                issue=entity.issue,
                cause=entity.cause or None,
                removed=entity.removed,
            )
        case Epic() | Proposal():
            return _Indexed(
                id=entity.id,
                kind=EntityKind.EPIC if isinstance(entity, Epic) else EntityKind.PROPOSAL,
                title=entity.title,
                status=entity.status,
                created=entity.created,
                source=entity.source,
                removed=entity.removed,
            )
