"""What a unit of work promises of the log, problems, held acts and blobs, shown on the SQLite one."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.unit_of_work import (
    ProblemRecord,
    UnitOfWork,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.event import IssueMoved
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EventPosition
from dispatchd.domain.issue import IssueStatus
from tests.contracts.store_samples import ALICE, BY_ALICE, NOON, text


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SyncStore]:
    with sync_store(tmp_path / "state.db") as opened:
        yield opened


def test_the_log_counts_on_and_every_event_waits_for_its_commit(store: SyncStore) -> None:
    moved = IssueMoved(issue=EntityId("i-2222"), before=IssueStatus.QUEUED, after=IssueStatus.DONE)

    def work(unit: UnitOfWork) -> None:
        first = unit.append(moved, BY_ALICE, "Alice Doe finishes i-2222", "e1")
        unit.audit.add_text(
            DocumentPath("a.md"),
            DocumentDigest("d1"),
            ALICE,
            NOON,
            prose=True,
            since=NOON - timedelta(minutes=1),
        )
        second = unit.append(moved, BY_ALICE, "again", "e2")
        assert first.position < second.position
        assert unit.event_at(first.position) == (first, "Alice Doe finishes i-2222")
        rows = unit.audit.waiting()
        assert [(row.event, row.path, row.prose) for row in rows] == [
            (first.position, None, False),
            (None, "a.md", True),
            (second.position, None, False),
        ]
        assert rows[1].since == NOON - timedelta(minutes=1)
        unit.audit.drop([row.sequence for row in rows])
        unit.audit.mark([first.position], "abc")
        unit.audit.add_text(DocumentPath("b.md"), None, ALICE, NOON)
        (last,) = unit.audit.waiting()
        assert last.sequence > rows[-1].sequence
        assert unit.audit.committed(["e2", "e3"]) == {"e2": second.position}
        with pytest.raises(KeyError):
            unit.event_at(EventPosition(99))

    store.run(work)


def _problem(subject: str, line: int) -> ProblemRecord:
    path = DocumentPath(f"issues/{subject}.md")
    return ProblemRecord(
        subject=subject,
        path=path,
        anchor="key:status",
        what="?",
        hint="!",
        line=line,
        refusal=True,
        since=NOON,
    )


def test_problems_are_replaced_as_a_whole_and_keep_their_order(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.problems.replace("b", [_problem("b", 9), _problem("b", 3)])
        unit.problems.replace("a", [_problem("a", 1)])
        assert unit.problems.of("b") == [_problem("b", 9), _problem("b", 3)]
        assert unit.problems.all() == [_problem("a", 1), _problem("b", 3), _problem("b", 9)]
        unit.problems.replace("b", [_problem("b", 4)])
        unit.problems.replace("a", [])
        assert unit.problems.all() == [_problem("b", 4)]

    store.run(work)


def test_a_blob_is_kept_once_under_its_digest(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> list[bytes]:
        names = [unit.blobs.put(content) for content in (b"", b"\x00\xff", b"\x00\xff")]
        assert names == [digest(b""), digest(b"\x00\xff"), digest(b"\x00\xff")]
        return [unit.blobs.get(name) for name in names]

    assert store.run(work) == [b"", b"\x00\xff", b"\x00\xff"]


def test_what_was_asked_before_a_write_is_asked_anew_after_it(store: SyncStore) -> None:
    def work(unit: UnitOfWork) -> None:
        documents, problems = unit.documents, unit.problems
        assert documents.newest_agreed("i-2222") is None
        assert problems.of("i-2222") == []
        for number in range(1, 3):
            newest = text(number, NOON)
            documents.agree(newest)
            assert documents.newest_agreed("i-2222") == newest
            problems.replace("i-2222", [_problem("i-2222", number)])
            assert problems.of("i-2222") == [_problem("i-2222", number)]
        problems.replace("i-2222", ())
        assert problems.of("i-2222") == []

    store.run(work)
    newest = store.run(lambda unit: unit.documents.newest_agreed("i-2222"))
    assert newest == text(2, NOON)
    assert store.run(lambda unit: list(unit.problems.all())) == []


def test_many_contents_of_one_transaction_are_all_kept(store: SyncStore) -> None:
    contents = [f"text {number % 30}".encode() for number in range(60)]

    def work(unit: UnitOfWork) -> list[bytes]:
        names = [unit.blobs.put(content) for content in contents]
        return [unit.blobs.get(name) for name in names]

    assert store.run(work) == contents
    assert store.run(work) == contents
