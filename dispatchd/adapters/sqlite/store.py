"""Runs units of work, each whole and alone in one immediate transaction, on the one writing connection.

`SqliteStore` is for the daemon's event loop, `SyncStore` for a process that does one thing and leaves; what a
transaction is, is the same function for both.
"""

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TypeVar, cast

import aiosqlite

from dispatchd.adapters.sqlite.connection import OpenDatabase, open_database
from dispatchd.adapters.sqlite.faults import explained
from dispatchd.adapters.sqlite.unit_of_work import SqliteUnitOfWork
from dispatchd.application.ports.store_failures import DatabaseReplaced
from dispatchd.application.ports.unit_of_work import Store, UnitOfWork

T = TypeVar("T")
MANY_CHANGES: Final = 5000
"""Rows; a transaction of a burst changes more, any other far fewer."""


class _GivenUpError(Exception):
    """Whoever asked for the transaction was cancelled before it was committed."""


class WriterConnection(aiosqlite.Connection):
    """An aiosqlite connection that runs a whole function of the database on its own thread.

    aiosqlite's calls are one round trip between threads for each statement: two to three times sqlite3's cost, and
    other coroutines run in between. Its own `_execute` takes any function and runs one at a time; a subclass may use
    it, and so a unit of work is one round trip that nothing can come into.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        # 64 rows a fetch is aiosqlite's own default; no cursor of its is used here.
        super().__init__(connector, 64)
        # A process that ends without closing the store must end all the same; the database stands any kill.
        self._thread.daemon = True

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call *work* with the connection on the connection's thread."""
        execute = cast("Callable[..., Awaitable[T]]", self._execute)
        return await execute(work, self._conn)

    async def ended(self) -> None:
        """Wait until the thread is gone. After an opening that failed aiosqlite only tells it to end, and it would
        report to an event loop that may be closed by then.
        """
        await asyncio.to_thread(self._thread.join)


class SqliteStore:
    """Open with `await SqliteStore.open(path)`, and close; between them it is the only writer."""

    def __init__(self, connection: WriterConnection, database: OpenDatabase) -> None:
        self._connection = connection
        self._database = database
        self.changes = 0
        """How many transactions have changed anything since the store was opened,"""
        self.config_changes = 0
        """and how many of them the last good config."""

    @classmethod
    async def open(cls, path: Path) -> "SqliteStore":
        """Open the database at *path*, made if missing, checked if not. Raises a StoreFailure."""
        opened: list[OpenDatabase] = []

        def connect() -> sqlite3.Connection:
            opened.append(open_database(path))
            return opened[0].connection

        connection = WriterConnection(connect)
        try:
            await connection
        except BaseException:
            await connection.ended()
            raise
        return cls(connection, opened[0])

    async def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction. If the caller is cancelled, the transaction is rolled back unless its
        commit has begun, and is over when the cancellation goes on.
        """
        given_up = threading.Event()
        whole = partial(_transact, self._database, work, given_up, self._committed)
        running = asyncio.ensure_future(self._connection.run(lambda _: whole()))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            given_up.set()
            await _over(running)
            raise

    def _committed(self, work: SqliteUnitOfWork, rows: int) -> None:
        self.changes += rows > 0
        self.config_changes += work.config_changed

    async def close(self) -> None:
        """Wait for what is queued, end cleanly and give the files back."""
        try:
            await self._connection.run(lambda _: self._database.close())
        finally:
            await self._connection.close()


class SyncStore:
    """The same store without an event loop; used on the thread that opened it."""

    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    def run(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction; commits when it returns, rolls back when it raises."""
        return _transact(self._database, work)

    def close(self) -> None:
        """End cleanly."""
        with explained(self._database.watch.path):
            self._database.close()


@contextmanager
def sync_store(path: Path) -> Iterator[SyncStore]:
    """The store at *path* for as long as the block runs. Raises a StoreFailure."""
    store = SyncStore(open_database(path))
    try:
        yield store
    finally:
        store.close()


def _transact(
    database: OpenDatabase,
    work: Callable[[UnitOfWork], T],
    given_up: threading.Event | None = None,
    committed: Callable[[SqliteUnitOfWork, int], object] = lambda _work, _rows: None,
) -> T:
    connection = database.connection
    with explained(database.watch.path):
        _stop_if(given_up)
        database.watch.check()
        before = connection.total_changes
        connection.execute("BEGIN IMMEDIATE")
        try:
            unit = SqliteUnitOfWork(connection, alone=True)
            result = work(unit)
            unit.write_out()
            _stop_if(given_up)
            connection.execute("COMMIT")
            committed(unit, connection.total_changes - before)
        except StopIteration as stop:
            # A future cannot hold it: whoever waits would wait for ever.
            _roll_back(connection)
            raise RuntimeError("a unit of work let StopIteration escape") from stop
        except BaseException:
            _roll_back(connection)
            raise
        # Files that were taken away meanwhile took this commit with them: it must not count as done. In a folder that
        # was moved it is done, and the next transaction says that the folder is elsewhere.
        if not database.watch.is_whole():
            raise DatabaseReplaced(database.watch.path)
        if connection.total_changes - before > MANY_CHANGES:
            # What a burst has filled would otherwise stay for as long as the daemon lives. The commit stands either way.
            with contextlib.suppress(sqlite3.Error):
                connection.execute("PRAGMA shrink_memory")
        return result


def _stop_if(given_up: threading.Event | None) -> None:
    if given_up is not None and given_up.is_set():
        raise _GivenUpError


def _roll_back(connection: sqlite3.Connection) -> None:
    # After some errors (a full disk, for one) SQLite has rolled back by itself.
    if connection.in_transaction:
        connection.rollback()


async def _over(running: "asyncio.Future[T]") -> None:
    while not running.done():
        try:
            await asyncio.wait({running})
        except asyncio.CancelledError:
            # Cancelled once more: still nothing may run beside a transaction that is not over.
            continue
    if not running.cancelled():
        running.exception()


_port: type[Store] = SqliteStore
