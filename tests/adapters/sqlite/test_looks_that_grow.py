"""Looks that people take all day go through what they show, not through all there is."""

import sqlite3
from contextlib import closing
from pathlib import Path

from dispatchd.adapters.sqlite.issue_reader import IssueReader
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.ports.read_rows import IssueFilter
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.issue import IssueStatus
from tests.adapters.sqlite.read_samples import issue

WAITING = IssueFilter(status=("queued",), waiting=True, limit=3)


def steps(path: Path, wanted: IssueFilter) -> tuple[list[str], int]:
    """The issues found, and how many hundreds of steps SQLite needed for it."""
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    with closing(sqlite3.connect(path)) as connection:
        reader = IssueReader(connection, queries("read_model"), lambda _: None)
        connection.set_progress_handler(count, 100)
        return [row.id for row in reader.many(wanted)], counted[0]


def test_what_waits_is_found_without_a_look_at_all_that_does_not(tmp_path: Path) -> None:
    path = tmp_path / "state.db"

    def lay(work: UnitOfWork) -> None:
        for number in range(3000):
            work.save(issue(f"{number:05}", status=IssueStatus.QUEUED))
        work.save(issue("waits", status=IssueStatus.QUEUED, depends_on=("i-00007",)))

    with sync_store(path) as store:
        store.run(lay)
    found, needed = steps(path, WAITING)
    assert found == ["i-waits"]
    assert needed < 20
