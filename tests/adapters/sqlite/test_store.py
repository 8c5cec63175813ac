import asyncio
import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from dispatchd.adapters.sqlite.connection import open_database
from dispatchd.adapters.sqlite.store import SqliteStore, sync_store
from dispatchd.application.ports.store_failures import (
    DatabaseDamaged,
)
from dispatchd.application.ports.unit_of_work import UnitOfWork
from tests.adapters.sqlite.store_notes import SOON, note, put
from tests.contracts.store_samples import STAMP, record


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "private" / "state.db"


class _Ended(BaseException):
    """Something that no `except Exception` sees."""


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("synchronous", 2),
        ("journal_mode", "wal"),
        ("foreign_keys", 1),
        ("trusted_schema", 0),
        ("mmap_size", 0),
        ("busy_timeout", 5000),
    ],
)
def test_013_the_database_is_set_to_lose_no_acknowledged_commit(
    path: Path, pragma: str, value: object
) -> None:
    opened = open_database(path)
    with closing(opened):
        assert opened.connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


def test_work_runs_whole_on_the_connections_own_thread_one_at_a_time(path: Path) -> None:
    async def main() -> None:
        store = await SqliteStore.open(path)
        threads: set[int] = set()

        def count(unit: UnitOfWork) -> int:
            threads.add(threading.get_ident())
            before = int(unit.note("n") or 0)
            unit.set_note("n", str(before + 1))
            return before

        counted = await asyncio.gather(*(store.transact(count) for _ in range(50)))
        await store.close()
        assert sorted(counted) == list(range(50))
        assert len(threads) == 1
        assert threading.get_ident() not in threads

    asyncio.run(main())


@pytest.mark.parametrize("end", [ValueError, _Ended, StopIteration, asyncio.CancelledError])
def test_work_that_raises_is_rolled_back_and_the_store_goes_on(path: Path, end: type[BaseException]) -> None:
    async def main() -> None:
        store = await SqliteStore.open(path)

        def work(unit: UnitOfWork) -> None:
            unit.set_note("k", "half")
            raise end

        with pytest.raises((end, RuntimeError)):
            await asyncio.wait_for(store.transact(work), SOON)
        assert await store.transact(note) is None
        await store.close()

    asyncio.run(main())


def test_a_cancelled_caller_leaves_nothing_and_is_told_when_it_is_over(path: Path) -> None:
    async def main() -> None:
        store = await SqliteStore.open(path)
        begun, may_end = threading.Event(), threading.Event()

        def work(unit: UnitOfWork) -> None:
            unit.set_note("k", "half")
            begun.set()
            assert may_end.wait(SOON)

        running = asyncio.create_task(store.transact(work))
        queued = asyncio.create_task(store.transact(put("never begun")))
        assert await asyncio.to_thread(begun.wait, SOON)
        running.cancel()
        queued.cancel()
        # A cancellation is delivered by the event loop's next turn; this takes more than one.
        await asyncio.to_thread(begun.wait, SOON)
        assert not running.done()
        may_end.set()
        for task in (running, queued):
            with pytest.raises(asyncio.CancelledError):
                await asyncio.wait_for(task, SOON)
        assert await store.transact(note) is None
        await store.close()

    asyncio.run(main())


def test_what_was_committed_is_there_after_a_close(path: Path) -> None:
    async def main() -> None:
        store = await SqliteStore.open(path)
        await store.transact(put("kept"))
        await store.close()

    asyncio.run(main())
    assert not path.with_name("state.db-wal").exists()
    with sync_store(path) as store:
        assert store.run(note) == "kept"


def test_misuse_of_the_database_stays_a_bug(path: Path) -> None:
    def work(unit: Any) -> None:
        unit._connection.execute("no SQL")  # noqa: SLF001 - nothing in reach can do it

    with sync_store(path) as store, pytest.raises(sqlite3.OperationalError):
        store.run(work)


def test_an_unfinished_open_leaves_no_thread(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 100)
    before = set(threading.enumerate())

    async def main() -> None:
        with pytest.raises(DatabaseDamaged):
            await SqliteStore.open(path)

    asyncio.run(main())
    assert set(threading.enumerate()) <= before


def test_a_changed_config_is_counted_once_it_is_committed(path: Path) -> None:
    def refused(unit: UnitOfWork) -> None:
        unit.set_rules_from("[people]\n")
        raise _Ended

    async def main() -> None:
        store = await SqliteStore.open(path)
        counted = []
        for work in (lambda unit: unit.set_note("n", "1"), lambda unit: unit.set_rules_from("[people]\n")):
            await store.transact(work)
            counted.append(store.config_changes)
        with pytest.raises(_Ended):
            await store.transact(refused)
        counted.append(store.config_changes)
        await store.close()
        assert counted == [0, 1, 1]

    asyncio.run(main())


def test_a_record_that_no_table_holds_is_refused_when_it_is_saved_not_with_all_others(tmp_path: Path) -> None:
    far = record("2222", stamp=STAMP._replace(mtime_ns=1 << 63))

    def save(unit: UnitOfWork) -> None:
        with pytest.raises(OverflowError):
            unit.documents.save(far)

    with sync_store(tmp_path / "state.db") as store:
        store.run(save)
