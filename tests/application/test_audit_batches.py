"""Which texts go into one batch of commits, on a real database in memory of the test's own folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application import audit_trail
from dispatchd.application.audit_trail import next_due, plan_batch
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.settling import SettleTimes
from dispatchd.domain.actors import DAEMON, Actor, ActorKind
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from tests.fakes.fake_ids import SeededIds

ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")
PATH = DocumentPath("context/style.md")
OTHER = DocumentPath("context/other.md")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_prose_is_not_overtaken_by_a_later_text_of_its_file(tmp_path: Path) -> None:
    def batches(work: UnitOfWork) -> list[tuple[str, dict[DocumentPath, bytes | None]]]:
        old, theirs, ours = (work.blobs.put(text) for text in (b"old\n", b"theirs\n", b"ours\n"))
        work.audit.add_text(OTHER, old, ALICE, NOON)
        work.audit.add_text(PATH, theirs, ALICE, after(1.5), prose=True)
        work.audit.add_text(PATH, ours, DAEMON, after(1.6))
        batch = plan_batch(work, SettleTimes(), SeededIds(), after(2), force=False)
        assert batch is not None
        return [(commit.author.name, dict(commit.changes)) for commit in batch.commits]

    with sync_store(tmp_path / "state.db") as store:
        made = store.run(batches)
    assert made == [
        ("Alice Doe", {OTHER: b"old\n", PATH: b"theirs\n"}),
        ("dispatchd", {PATH: b"ours\n"}),
    ]


def test_prose_that_nothing_follows_rests_while_other_texts_are_committed(tmp_path: Path) -> None:
    def texts(work: UnitOfWork) -> list[DocumentPath]:
        work.audit.add_text(OTHER, work.blobs.put(b"old\n"), ALICE, NOON)
        work.audit.add_text(PATH, work.blobs.put(b"theirs\n"), ALICE, after(1.5), prose=True)
        batch = plan_batch(work, SettleTimes(), SeededIds(), after(2), force=False)
        assert batch is not None
        return [path for commit in batch.commits for path in commit.changes]

    with sync_store(tmp_path / "state.db") as store:
        assert store.run(texts) == [OTHER]


def texts_of_files(
    work: UnitOfWork, count: int, *, at: datetime, first: int = 0, prose: bool = False
) -> None:
    for number in range(first, first + count):
        path = DocumentPath(f"context/{number}.md")
        work.audit.add_text(path, work.blobs.put(b"%d\n" % number), ALICE, at, prose=prose)


def portions(work: UnitOfWork, at: datetime) -> list[int]:
    """How many texts each batch has, until nothing is due."""
    found: list[int] = []
    while (batch := plan_batch(work, SettleTimes(), SeededIds(), at, force=False)) is not None:
        found.append(sum(len(commit.changes) for commit in batch.commits))
        work.audit.drop(batch.sequences)
        assert batch.is_all == (not work.audit.waiting())
    return found


def test_very_much_is_committed_in_portions_that_end_where_transactions_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "MOST_ROWS", 10)

    def batches(work: UnitOfWork) -> list[int]:
        for number in range(5):
            texts_of_files(work, 4, at=after(number / 100), first=4 * number)
        return portions(work, after(2))

    with sync_store(tmp_path / "state.db") as store:
        assert store.run(batches) == [8, 8, 4]


def test_one_transaction_is_committed_whole_however_large_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "MOST_ROWS", 10)

    def batches(work: UnitOfWork) -> list[int]:
        texts_of_files(work, 25, at=NOON)
        return portions(work, after(2))

    with sync_store(tmp_path / "state.db") as store:
        assert store.run(batches) == [25]


def test_what_is_due_behind_much_that_rests_does_not_wait_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "MOST_ROWS", 10)

    def paths(work: UnitOfWork) -> list[DocumentPath]:
        for number in range(30):
            texts_of_files(work, 1, at=after(number / 100), first=number, prose=True)
        work.audit.add_text(PATH, work.blobs.put(b"new\n"), ALICE, after(0.5))
        assert next_due(work, SettleTimes(), after(2)) == after(1.5)
        batch = plan_batch(work, SettleTimes(), SeededIds(), after(2), force=False)
        assert batch is not None
        return [path for commit in batch.commits for path in commit.changes]

    with sync_store(tmp_path / "state.db") as store:
        assert store.run(paths) == [PATH]


def test_when_prose_is_due_is_asked_no_later_than_it_is(tmp_path: Path) -> None:
    """And of many that all rest it is told without looking at each."""
    times = SettleTimes()

    def asked(work: UnitOfWork) -> list[datetime | None]:
        found = [next_due(work, times, NOON)]
        texts_of_files(work, 3, at=NOON, prose=True)
        texts_of_files(work, 1, at=after(50), prose=True)
        found += [next_due(work, times, after(seconds)) for seconds in (51, 61)]
        work.audit.add_text(OTHER, work.blobs.put(b"a fact\n"), ALICE, after(62))
        return [*found, next_due(work, times, after(62))]

    with sync_store(tmp_path / "state.db") as store:
        # The first file was saved again after 50 s and rests until 110; the other two are due after 60.
        assert store.run(asked) == [None, after(60), after(60), after(60)]


def test_what_is_no_prose_is_due_before_prose_that_came_earlier(tmp_path: Path) -> None:
    def asked(work: UnitOfWork) -> datetime | None:
        texts_of_files(work, 3, at=NOON, prose=True)
        work.audit.add_text(OTHER, work.blobs.put(b"a fact\n"), ALICE, after(20))
        return next_due(work, SettleTimes(), after(20))

    with sync_store(tmp_path / "state.db") as store:
        assert store.run(asked) == after(21)


def test_prose_that_was_told_for_a_commit_that_failed_is_not_told_again_from_a_portion(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_trail, "MOST_ROWS", 10)

    def events(work: UnitOfWork) -> list[int]:
        for number in range(20):
            texts_of_files(work, 1, at=after(number / 100), first=number, prose=True)
            path = DocumentPath(f"context/{number}.md")
            subject = f"i-{number:04}"
            work.documents.save(
                DocumentRecord(path=path, subject=subject, kind=EntityKind.ISSUE, seen=None, current=None)
            )
        found = []
        for _ in range(3):
            plan_batch(work, SettleTimes(), SeededIds(), after(9999), force=True)
            found.append(sum(row.event is not None for row in work.audit.waiting()))
        return found

    with sync_store(tmp_path / "state.db") as store:
        assert store.run(events) == [10, 10, 10]
