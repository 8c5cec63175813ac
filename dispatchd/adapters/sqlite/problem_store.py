"""Keeps what is wrong in each document, replaced as a whole whenever the document is looked at again."""

import sqlite3
from collections.abc import Sequence
from typing import Any, Final

from dispatchd.adapters.sqlite.columns import time_column, time_value
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.unit_of_work import ProblemRecord, ProblemStore

REFUSED_IN_COMMIT: Final = 2
"""What the column `refusal` holds for an edit that came by a commit; 1 is one that was saved here."""


class SqliteProblemStore:
    """A subject's problems keep the order they were given in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("problems")
        self._of: dict[str, list[ProblemRecord]] = {}
        """What was looked up in this transaction, beside which nobody writes."""

    def of(self, subject: str) -> Sequence[ProblemRecord]:
        """Those of one subject."""
        if subject not in self._of:
            rows = self._connection.execute(self._sql["problems_of"], (subject,)).fetchall()
            self._of[subject] = [_problem(row) for row in rows]
        return [*self._of[subject]]

    def all(self) -> Sequence[ProblemRecord]:
        """All, by path and line."""
        return [_problem(row) for row in self._connection.execute(self._sql["problems_all"]).fetchall()]

    def replace(self, subject: str, problems: Sequence[ProblemRecord]) -> None:
        """From now on *subject* has these and no others."""
        if not problems and self._of.get(subject) == []:
            return
        self._of.pop(subject, None)
        self._connection.execute(self._sql["problems_drop"], (subject,))
        rows = [
            (
                subject,
                number,
                problem.path,
                problem.anchor,
                problem.what,
                problem.hint,
                problem.line,
                int(problem.refusal) + int(problem.refusal and problem.by_commit),
                None if problem.since is None else time_column(problem.since),
            )
            for number, problem in enumerate(problems)
        ]
        self._connection.executemany(self._sql["problem_add"], rows)


def _problem(row: tuple[Any, ...]) -> ProblemRecord:
    subject, path, anchor, what, hint, line, refusal, since = row
    return ProblemRecord(
        subject=subject,
        path=path,
        anchor=anchor,
        what=what,
        hint=hint,
        line=line,
        refusal=refusal >= 1,
        by_commit=refusal == REFUSED_IN_COMMIT,
        since=None if since is None else time_value(since),
    )


_port: type[ProblemStore] = SqliteProblemStore
