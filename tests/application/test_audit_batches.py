"""Which texts go into one batch of commits, on a real database in memory of the test's own folder."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.audit_trail import plan_batch
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.settling import SettleTimes
from dispatchd.domain.actors import DAEMON, Actor, ActorKind
from dispatchd.domain.identifiers import DocumentPath
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
