"""Rows of one transaction that are put into their table together: a burst adds thousands, each of them one row to each
of a handful of tables, and nobody asks for them before the last has come.
"""

import sqlite3
from typing import Any


class WaitingRows:
    """Rows for one statement, in the order in which they came. Whoever asks the table for more than one key of a row
    that may be among them has them written first. Without *alone* nothing waits: who cannot write is told at once.
    """

    __slots__ = ("_alone", "_connection", "_rows", "_statement")

    def __init__(self, connection: sqlite3.Connection, statement: str, *, alone: bool) -> None:
        self._connection = connection
        self._alone = alone
        self._statement = statement
        self._rows: list[tuple[Any, ...]] = []

    def add(self, row: tuple[Any, ...]) -> None:
        """Let *row* wait."""
        self._rows.append(row)
        if not self._alone:
            self.write_out()

    def write_out(self) -> None:
        """Put what waits into the table."""
        if self._rows:
            rows, self._rows = self._rows, []
            self._connection.executemany(self._statement, rows)
