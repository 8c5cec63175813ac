"""The database and the branch behind ports that count: each statement, each commit, each question to git is one call.

The database is a real SQLite. A process that ends leaves its files as they lie; the next one opens copies of them, so
that nothing the dead connection might still do reaches them.
"""

import dataclasses
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, Final, TypeVar, cast

from dispatchd.adapters.sqlite.connection import OpenDatabase, open_database
from dispatchd.adapters.sqlite.store import SyncStore
from dispatchd.application.ports.audit_log import AuditLog
from dispatchd.application.ports.unit_of_work import UnitOfWork
from tests.crash.calls import Calls
from tests.fakes.instant_store import InstantStore

T = TypeVar("T")
_CHANGING: Final = frozenset({"record", "recover", "restore_branch"})


class CountedConnection:
    """A connection whose statements are calls; what has no place here is the raw connection's."""

    def __init__(self, raw: sqlite3.Connection, calls: Calls) -> None:
        self.raw = raw
        self._calls = calls

    @property
    def in_transaction(self) -> bool:
        return self.raw.in_transaction

    @property
    def total_changes(self) -> int:
        return self.raw.total_changes

    def execute(self, statement: str, *arguments: Any) -> sqlite3.Cursor:
        name = _name_of(statement)
        self._calls.enter(name, changes=name == "db.COMMIT")
        done = self.raw.execute(statement, *arguments)
        self._calls.leave(name)
        return done

    def executemany(self, statement: str, rows: Iterable[Any]) -> sqlite3.Cursor:
        self._calls.enter(_name_of(statement), changes=False)
        return self.raw.executemany(statement, rows)

    def rollback(self) -> None:
        # A process that has ended rolls nothing back; its log is read again by the next.
        if not self._calls.is_down:
            self.raw.rollback()


@cache
def _name_of(statement: str) -> str:
    lines = (line.strip() for line in statement.strip().splitlines())
    first = next((line for line in lines if line and not line.startswith("--")), "?")
    return f"db.{first.split()[0].upper().rstrip(';')}"


class CrashStore(InstantStore):
    """An `InstantStore` whose database is opened anew after every end of the process."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = Calls()
        self._opened: OpenDatabase | None = None
        self.generation = 0

    @property
    def path(self) -> Any:
        """Where the database lies now."""
        return self.folder / f"state{self.generation or ''}.db"

    def count_by(self, calls: Calls) -> None:
        """Number the statements of this database by *calls* from now on."""
        self.calls = calls
        self._store.close()
        self._open()

    def _open(self) -> None:
        self._opened = opened = open_database(self.path)
        proxy = cast("sqlite3.Connection", CountedConnection(opened.connection, self.calls))
        self._database: OpenDatabase = dataclasses.replace(opened, connection=proxy)
        self._store = SyncStore(self._database)

    def next_process(self) -> None:
        """Open what the last process left."""
        left = self.path
        self.generation += 1
        for companion in ("", "-wal"):
            source = left.with_name(left.name + companion)
            if source.exists():
                shutil.copyfile(source, self.path.with_name(self.path.name + companion))
        self._let_go()
        self._open()

    async def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run *work* in one transaction."""
        return self._store.run(work)

    def remove(self) -> None:
        """Close it and take its files away."""
        self._let_go()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _let_go(self) -> None:
        """What the end of a process gives back: nothing is written, and no descriptor stays."""
        if self._opened is None:
            return
        self._opened.connection.close()
        os.close(self._opened.watch.folder)
        if self._opened.reserved is not None:
            os.close(self._opened.reserved)
        self._opened = None


def counted_log(log: AuditLog, calls: Calls) -> AuditLog:
    """*log*, every question to which is a call."""
    return cast("AuditLog", _CountedLog(log, calls))


class _CountedLog:
    def __init__(self, log: AuditLog, calls: Calls) -> None:
        self._log = log
        self._calls = calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        asked = getattr(self._log, name)

        def counted(*arguments: Any, **named: Any) -> Any:
            self._calls.enter(f"git.{name}", changes=name in _CHANGING)
            answer = asked(*arguments, **named)
            self._calls.leave(f"git.{name}")
            return answer

        return counted
