"""Finds issues by what `issue list` filters on, and tells what each waits for.

A dependency is looked up here as `domain.dependency_graph` does it for the rules; a test holds the two together.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from dispatchd.application.ports.read_rows import IssueFilter, IssueRow

_FINAL: Final = frozenset({"done", "cancelled"})
_OVER: Final = frozenset({"cancelled", "completed"})
_ANY_OF: Final = ("status", "type", "priority", "role", "assignee")
_ALL: Final = -1
_SPARE: Final = 4


class Pending(NamedTuple):
    """The stages of an epic that have not opened, by their folded names; none where the epic is over."""

    names: frozenset[str]


def folded(name: str | None) -> str | None:
    """A heading as it is compared: letter case and outer spaces forgiven."""
    return None if name is None else name.strip().casefold()


def holds(content: bytes | str, wanted: str) -> bool:
    """Whether *content* has *wanted* in it, letter case forgiven."""
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else content
    return wanted.casefold() in text.casefold()


class IssueReader:
    """Reads in the transaction of the connection it is given."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        sql: Mapping[str, str],
        epic_state: Callable[[str], Mapping[str, Any] | None],
    ) -> None:
        self._connection = connection
        self._sql = sql
        self._epic_state = epic_state
        self._pending: dict[str, Pending] = {}
        connection.create_function("folded", 1, folded, deterministic=True)
        connection.create_function("holds", 2, holds, deterministic=True)

    def one(self, issue_id: str) -> IssueRow | None:
        """The issue, removed or not."""
        statement = f"{self._sql['issue_rows']} WHERE {self._sql['issue_where_id']}"
        row = self._connection.execute(statement, (issue_id,)).fetchone()
        return None if row is None else self._row(row)

    def many(self, wanted: IssueFilter) -> Sequence[IssueRow]:
        """Those that fit, by priority, then age."""
        limit = _ALL if wanted.limit is None else max(wanted.limit, 0)
        # Whether a stage has opened is in its epic's state; what that leaves out must not count against the limit.
        by_stage = wanted.ready or wanted.waiting
        if not by_stage or limit == _ALL:
            return tuple(self._fitting(self._first(wanted, limit), wanted))
        # Mostly a few more than are wanted hold enough; all of them are asked for only where they do not.
        rows = self._first(wanted, limit * _SPARE)
        found = tuple(self._fitting(rows, wanted))
        if len(found) < limit and len(rows) == limit * _SPARE:
            found = tuple(self._fitting(self._first(wanted, _ALL), wanted))
        return found[:limit]

    def _first(self, wanted: IssueFilter, limit: int) -> Sequence[tuple[Any, ...]]:
        """The columns of the first that fit by what the database knows: they are chosen before they are looked up."""
        conditions, values = self._conditions(wanted)
        order = self._sql["issue_order"]
        chosen = f"{self._sql['issue_numbers']} WHERE {' AND '.join(conditions)} {order}"
        statement = f"{self._sql['issue_rows']} WHERE i.number IN ({chosen}) {order}"
        return self._connection.execute(statement, (*values, limit, _ALL)).fetchall()

    def _fitting(self, rows: Sequence[tuple[Any, ...]], wanted: IssueFilter) -> Iterator[IssueRow]:
        for columns in rows:
            row = self._row(columns)
            if (wanted.ready and row.waiting_on) or (wanted.waiting and not row.waiting_on):
                continue
            yield row

    def _conditions(self, wanted: IssueFilter) -> tuple[list[str], list[str]]:
        conditions = [self._sql["issue_where_standing"]]
        values: list[str] = []
        for name in _ANY_OF:
            if given := getattr(wanted, name):
                conditions.append(self._sql[f"issue_where_{name}"].format(marks=", ".join("?" * len(given))))
                values += given
        for label in wanted.labels:
            conditions.append(self._sql["issue_where_label"])
            values.append(label)
        for name in ("epic", "stage", "parent", "text"):
            if (value := getattr(wanted, name)) is not None:
                conditions.append(self._sql[f"issue_where_{name}"])
                values.append(value)
        flags = (("ready", wanted.ready), ("may_wait", wanted.waiting), ("blocked", wanted.blocked))
        conditions += [self._sql[f"issue_where_{name}"] for name, given in flags if given]
        return conditions, values

    def _row(self, columns: tuple[Any, ...]) -> IssueRow:
        row = IssueRow(
            id=columns[0],
            title=columns[1],
            type=columns[2],
            status=columns[3],
            priority=columns[4],
            labels=_names(columns[5]),
            role=columns[6],
            assignee=columns[7],
            parent=columns[8],
            depends_on=_names(columns[9]),
            epic=columns[10],
            stage=columns[11],
            branch=columns[12],
            pr=columns[13],
            source=columns[14],
            created=datetime.fromisoformat(columns[15]),
            removed=columns[16] == 1,
            path=columns[17],
            waiting_on=_names(columns[18]),
            workflow=columns[19],
            phase=columns[20],
        )
        if row.epic and row.stage and row.status not in _FINAL and self._is_pending(row.epic, row.stage):
            return row._replace(waiting_on=(*row.waiting_on, row.epic))
        return row

    def _is_pending(self, epic: str, stage: str) -> bool:
        if epic not in self._pending:
            self._pending[epic] = _pending_stages(self._epic_state(epic))
        return folded(stage) in self._pending[epic].names


def _names(listed: str) -> tuple[str, ...]:
    """The list of names that is kept as JSON; mostly there are none."""
    return () if listed == "[]" else tuple(json.loads(listed))


def _pending_stages(state: Mapping[str, Any] | None) -> Pending:
    if state is None or state.get("removed") or state["status"] in _OVER:
        return Pending(frozenset())
    # Of two stages with one name the first is meant, as everywhere.
    first: dict[str, str] = {}
    for stage in state.get("stages", ()):
        first.setdefault(stage["plan"]["name"].strip().casefold(), stage["state"])
    return Pending(frozenset(name for name, state in first.items() if state == "pending"))
