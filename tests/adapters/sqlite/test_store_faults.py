import resource
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.backup import back_up
from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.ports.store_failures import (
    DatabaseAway,
    DatabaseDamaged,
    DatabaseReplaced,
    DatabaseTooNew,
    StoreUnavailable,
)
from dispatchd.application.ports.unit_of_work import UnitOfWork
from tests.adapters.sqlite.store_notes import note, put


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "state.db"


def damage(path: Path) -> None:
    """Overwrite the inner pages; the header stays."""
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (path.stat().st_size - 4096))


def killed_while(path: Path, program: str) -> None:
    """Run *program* with `store` open in a process that ends by SIGKILL."""
    whole = f"""
import os, pathlib, signal
from dispatchd.adapters.sqlite.backup import back_up
from dispatchd.adapters.sqlite.store import sync_store
with sync_store(pathlib.Path({str(path)!r})) as store:
{program}
"""
    ended = subprocess.run([sys.executable, "-c", whole], check=False, capture_output=True, text=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr


def test_001_a_kill_before_the_commit_leaves_nothing(path: Path) -> None:
    killed_while(
        path, "    store.run(lambda u: (u.set_note('k', 'half'), os.kill(os.getpid(), signal.SIGKILL)))"
    )
    with sync_store(path) as store:
        assert store.run(note) is None


def test_002_a_kill_after_the_commit_loses_nothing(path: Path) -> None:
    killed_while(
        path, "    store.run(lambda u: u.set_note('k', 'kept'))\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    with sync_store(path) as store:
        assert store.run(note) == "kept"


def test_after_an_unclean_end_everything_is_checked_and_otherwise_only_what_is_quick(path: Path) -> None:
    with sync_store(path) as store:
        store.run(lambda unit: unit.documents.forget("nobody"))
    with closing(sqlite3.connect(path)) as connection:
        # An index that lacks an entry of its table: only the whole check sees it.
        connection.execute(
            "INSERT INTO entities VALUES (1, 'e-2222', 'epic', 't', 'draft', NULL, NULL, NULL, 's', 0, '{}')"
        )
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute(
            "UPDATE sqlite_master SET sql = replace(sql, 'source IS NOT NULL', 'source IS NULL') WHERE name = 'entities_by_source'"
        )
        connection.commit()
    with sync_store(path) as store:
        assert store.run(note) is None
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO notes VALUES ('database.in_use', 'yes')")
    with pytest.raises(DatabaseDamaged, match="entities_by_source"), sync_store(path):
        pass


@pytest.mark.parametrize("how", ["garbage", "pages"])
def test_022_a_damaged_database_is_set_aside_whole_and_a_new_one_can_be_made(path: Path, how: str) -> None:
    with sync_store(path) as store:
        store.run(put("old"))
    if how == "garbage":
        path.write_bytes(b"this is no database, it only has the name of one\n" * 100)
    else:
        damage(path)
    bytes_found = path.read_bytes()
    with pytest.raises(DatabaseDamaged) as refused, sync_store(path):
        pass
    assert refused.value.set_aside == path.with_name("state.db.damaged-1")
    assert str(refused.value.set_aside) in str(refused.value)
    assert path.with_name("state.db.damaged-1").read_bytes() == bytes_found
    assert not path.exists()
    with sync_store(path) as store:
        assert store.run(note) is None


def test_a_second_damaged_database_does_not_take_the_place_of_the_first(path: Path) -> None:
    path.parent.mkdir()
    for content in (b"first" * 500, b"second" * 500):
        path.write_bytes(content)
        with pytest.raises(DatabaseDamaged), sync_store(path):
            pass
    assert path.with_name("state.db.damaged-1").read_bytes() == b"first" * 500
    assert path.with_name("state.db.damaged-2").read_bytes() == b"second" * 500


@pytest.mark.parametrize("name", ["state.db", "state.db-wal"])
@pytest.mark.parametrize("how", ["deleted", "replaced"])
def test_023_a_file_taken_away_under_us_stops_every_write(path: Path, name: str, how: str) -> None:
    victim = path.with_name(name)
    with sync_store(path) as store:
        store.run(put("kept"))
        content = victim.read_bytes()
        victim.unlink()
        if how == "replaced":
            # A file in between keeps the new one from being given the inode that has just become free.
            path.with_name("other").write_bytes(b"")
            victim.write_bytes(content)
        begun: list[int] = []
        with pytest.raises(DatabaseReplaced, match=r"state\.db was deleted or replaced"):
            store.run(lambda _: begun.append(1))
        assert begun == []


def test_023_a_commit_into_files_taken_away_meanwhile_does_not_count_as_done(path: Path) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.set_note("k", "lost")
        path.with_name("state.db-wal").unlink()

    with sync_store(path) as store, pytest.raises(DatabaseReplaced):
        store.run(work)


def test_093_a_folder_that_was_moved_is_waited_for_and_what_was_committed_on_the_way_counts(
    path: Path,
) -> None:
    away = path.parent.with_name("elsewhere")

    def move_and_note(unit: UnitOfWork) -> None:
        unit.set_note("k", "kept")
        path.parent.rename(away)

    with sync_store(path) as store:
        store.run(move_and_note)
        begun: list[int] = []
        with pytest.raises(DatabaseAway, match="was moved away"):
            store.run(lambda _: begun.append(1))
        assert begun == []
        away.rename(path.parent)
        assert store.run(note) == "kept"


def test_093_a_database_in_the_place_of_one_that_was_moved_stops_every_write(path: Path) -> None:
    with sync_store(path) as store:
        path.parent.rename(path.parent.with_name("elsewhere"))
        with sync_store(path) as other:
            other.run(put("new"))
            with pytest.raises(DatabaseReplaced):
                store.run(put("old"))
            assert other.run(note) == "new"


def test_a_database_of_a_later_program_is_left_alone(path: Path) -> None:
    with sync_store(path):
        pass
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(DatabaseTooNew, match="Update dispatchd"), sync_store(path):
        pass
    assert path.read_bytes() == before


def test_015_a_full_disk_undoes_the_work_and_the_next_one_succeeds(path: Path) -> None:
    def limited(unit: UnitOfWork) -> None:
        unit.set_note("k", "half")
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
        try:
            # More than the cache holds, so that SQLite has to write before the end.
            for number in range(40):
                unit.blobs.put(bytes([number]) * 1_000_000)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    with sync_store(path) as store:
        with pytest.raises(StoreUnavailable, match="try again"):
            store.run(limited)
        assert store.run(note) is None
        store.run(put("later"))
        assert store.run(note) == "later"


def test_a_second_writer_is_refused_in_words(path: Path) -> None:
    with sync_store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        store._database.connection.execute("PRAGMA busy_timeout = 0")  # noqa: SLF001 - or the test takes seconds
        with pytest.raises(StoreUnavailable, match="another process is writing"):
            store.run(put("no"))
        other.execute("ROLLBACK")
        store.run(put("yes"))


def test_a_folder_that_cannot_be_made_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "state.db").mkdir()
    with pytest.raises(StoreUnavailable, match="cannot be opened"), sync_store(tmp_path / "state.db"):
        pass


def test_093_nothing_is_made_where_the_repository_was_moved_away_from(tmp_path: Path) -> None:
    path = tmp_path / "gone" / ".git" / "dispatchd" / "state.db"
    with pytest.raises(DatabaseAway), sync_store(path):
        pass
    with pytest.raises(OSError, match="No such file"):
        back_up(path, datetime(2026, 11, 22, tzinfo=UTC))
    assert list(tmp_path.iterdir()) == []
