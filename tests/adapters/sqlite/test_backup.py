import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite import migrator
from dispatchd.adapters.sqlite.backup import KEPT, back_up, backups_of, since_backup
from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.ports.store_failures import StoreUnavailable
from dispatchd.application.ports.unit_of_work import UnitOfWork

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


def test_a_backup_is_a_whole_database_of_what_is_committed(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sync_store(path) as store:
        store.run(lambda unit: unit.set_note("k", "kept"))

        def work(unit: UnitOfWork) -> Path:
            unit.set_note("k", "open")
            return back_up(path, NOON)

        copy = store.run(work)
        assert copy == tmp_path / "backups" / "state-20261121T120000Z.db"
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
    with sync_store(copy) as store:
        assert store.run(lambda unit: unit.note("k")) == "kept"


def test_the_newest_seven_are_kept_and_files_of_others_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with sync_store(path):
        copies = [back_up(path, NOON + timedelta(hours=hour)) for hour in range(3)]
        (tmp_path / "backups" / "mine.db").write_bytes(b"")
        copies += [back_up(path, NOON + timedelta(hours=hour)) for hour in range(3, KEPT + 2)]
    names = sorted(file.name for file in (tmp_path / "backups").iterdir())
    assert names == ["mine.db", *(copy.name for copy in copies[-KEPT:])]


def test_copies_are_listed_newest_first_with_their_times(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    assert since_backup(path, NOON) == float("inf")
    with sync_store(path):
        copies = [back_up(path, NOON + timedelta(hours=hour)) for hour in range(3)]
    (tmp_path / "backups" / "state-mine.db").write_bytes(b"")
    assert [(found, at) for found, at, _ in backups_of(path)] == [
        (copies[hour], NOON + timedelta(hours=hour)) for hour in (2, 1, 0)
    ]
    assert since_backup(path, NOON + timedelta(hours=2, minutes=5)) == 300.0
    assert since_backup(path, NOON) == float("inf"), "a copy from the future says nothing about now"


def test_a_backup_of_nothing_says_so_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        back_up(tmp_path / "state.db", NOON)
    assert list((tmp_path / "backups").glob("*.db")) == []


@pytest.fixture
def two_more_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The program's own steps and two more to come."""
    (tmp_path / "migrations").mkdir()
    own, whole = migrator.migrations(), migrator.schema()
    more = ("CREATE TABLE second (a TEXT) STRICT;", "CREATE TABLE third (a TEXT) STRICT;")
    for number, step in enumerate((*own, *more), 1):
        (tmp_path / "migrations" / f"{number:04}_step.sql").write_text(step, encoding="utf-8")
    (tmp_path / "schema.sql").write_text("\n".join((whole, *more)), encoding="utf-8")
    migrator.migrations.cache_clear()
    monkeypatch.setattr(migrator, "_HERE", tmp_path)
    yield tmp_path
    migrator.migrations.cache_clear()


def test_before_each_migration_the_database_is_copied_as_it_was(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "state.db"
    with sync_store(path) as store:
        store.run(lambda unit: unit.set_note("k", "old"))
    known = migrator.latest_version()
    steps: Path = request.getfixturevalue("two_more_steps")
    with sync_store(path) as store:
        assert store.run(lambda unit: unit.note("k")) == "old"
    for version, tables in ((known, 0), (known + 1, 1)):
        with closing(sqlite3.connect(steps / "backups" / f"state-schema-{version}.db")) as copy:
            assert copy.execute("PRAGMA user_version").fetchone() == (version,)
            found = copy.execute(
                "SELECT count(*) FROM sqlite_master WHERE name IN ('second', 'third')"
            ).fetchone()
            assert found == (tables,)


def test_a_migration_that_fails_leaves_the_database_as_it_was(
    tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    path = tmp_path / "state.db"
    with sync_store(path) as store:
        store.run(lambda unit: unit.set_note("k", "old"))
    known = migrator.latest_version()
    steps: Path = request.getfixturevalue("two_more_steps")
    (steps / "migrations" / f"{known + 2:04}_step.sql").write_text(
        "CREATE TABLE third (a TEXT) STRICT; SELECT nonsense;"
    )
    with pytest.raises(sqlite3.OperationalError), sync_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (known + 1,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'third'").fetchone() == (
            0,
        )
        assert connection.execute("SELECT value FROM notes WHERE key = 'k'").fetchone() == ("old",)
