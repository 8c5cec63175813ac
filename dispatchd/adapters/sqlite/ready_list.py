"""The issues that wait for nothing unfinished, kept beside the database by triggers of this connection alone.

Whoever writes is the only one who writes, so what this connection sees change is all that changes. The list is made when
it is asked for first, is in memory, takes part in transactions, and is gone with the connection.
"""

import sqlite3
from collections.abc import Collection, Iterator
from typing import Any, Final

from dispatchd.adapters.sqlite.columns import to_json
from dispatchd.adapters.sqlite.named_queries import queries

_MADE_BY: Final = (
    "ready_table",
    "ready_index",
    "ready_fill",
    "ready_when_added",
    "ready_when_changed",
    "ready_when_waited_for",
)


def rows_that_may_begin(
    connection: sqlite3.Connection, state: str, names: Collection[str], roles: Collection[str]
) -> Iterator[tuple[Any, ...]]:
    """Issues in *state* that one of *names*, or somebody of *roles*, could begin, most urgent first, one by one."""
    if _is_there(connection):
        statement = queries("ready")["issues_ready"]
    else:  # who only looks asks once, and has no list
        statement = queries("issues")["issues_that_may_begin"]
    cursor = connection.execute(statement, (state, to_json(sorted(roles)), to_json(sorted(names))))
    try:
        yield from cursor
    finally:
        cursor.close()


def _is_there(connection: sqlite3.Connection) -> bool:
    """Whether the list is there now: made, where this connection may write."""
    sql = queries("ready")
    if connection.execute(sql["ready_is_there"]).fetchone():
        return True
    if connection.execute("PRAGMA query_only").fetchone()[0] or not connection.in_transaction:
        return False
    for name in _MADE_BY:
        connection.execute(sql[name])
    return True
