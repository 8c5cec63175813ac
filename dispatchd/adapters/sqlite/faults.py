"""Turns SQLite's errors into what a person can do about them. Misuse of the database stays what it is: a bug."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from dispatchd.application.ports.store_failures import DatabaseDamaged, StoreUnavailable

_DAMAGE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_OUTSIDE: Final = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the disk reports an input/output error",
    sqlite3.SQLITE_READONLY: "it cannot be written",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened",
    sqlite3.SQLITE_BUSY: "another process is writing to it",
    sqlite3.SQLITE_LOCKED: "another process is writing to it",
    sqlite3.SQLITE_PERM: "access is not allowed",
    sqlite3.SQLITE_NOLFS: "the file has grown too large for its file system",
}


def primary_code(error: sqlite3.Error) -> int:
    """SQLite's error code without its refinements; 0 where the error came from elsewhere."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def is_damage(error: sqlite3.Error) -> bool:
    """Whether *error* says that the file is no sound database."""
    return primary_code(error) in _DAMAGE


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise what SQLite says about the file at *path* as a StoreFailure."""
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise DatabaseDamaged(path, str(error), None) from error
        why = _OUTSIDE.get(primary_code(error))
        if why is None:
            raise
        raise StoreUnavailable(path, why) from error
