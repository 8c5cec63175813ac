"""Keeps what is wrong in each document, replaced as a whole whenever the document is looked at again."""

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any, Final

from dispatchd.adapters.sqlite.columns import time_column, time_value, to_json
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.unit_of_work import ProblemRecord, ProblemStore

REFUSED_IN_COMMIT: Final = 2
"""What the column `refusal` holds for an edit that came by a commit; 1 is one that was saved here."""


class SqliteProblemStore:
    """A subject's problems keep the order they were given in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("problems")
        self._known: dict[str, Sequence[ProblemRecord]] = {}
        """What was looked up in this transaction, beside which nobody writes."""

    def look_ahead(self, subjects: Collection[str]) -> None:
        """Look up those of *subjects*, each not looked up yet, in one question."""
        found: dict[str, list[ProblemRecord]] = {each: [] for each in subjects if each not in self._known}
        for row in self._connection.execute(self._sql["problems_of_many"], (to_json([*found]),)):
            found[row[0]].append(_problem(row))
        self._known.update(found)

    def of(self, subject: str) -> Sequence[ProblemRecord]:
        """Those of one subject."""
        known = self._known.get(subject)
        if known is None:
            rows = self._connection.execute(self._sql["problems_of"], (subject,)).fetchall()
            known = self._known[subject] = [_problem(row) for row in rows]
        return list(known)

    def all(self) -> Sequence[ProblemRecord]:
        """All, by path and line."""
        return [_problem(row) for row in self._connection.execute(self._sql["problems_all"]).fetchall()]

    def replace(self, subject: str, problems: Sequence[ProblemRecord]) -> None:
        """From now on *subject* has these and no others."""
        if not problems and self._known.get(subject) == []:
            return
        self._known.pop(subject, None)
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
