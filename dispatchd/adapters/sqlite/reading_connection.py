"""A connection that cannot write, to a database of this program's schema."""

import sqlite3
from pathlib import Path
from typing import Final

from dispatchd.adapters.sqlite.migrator import latest_version
from dispatchd.adapters.sqlite.shared_memory import refuse_full_disk
from dispatchd.application.ports.store_failures import DatabaseMissing, DatabaseTooNew

_SETTINGS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA query_only = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA mmap_size = 0",
    # What is filled is taken, and no more: among 100,000 issues a list reads the same pages several times.
    "PRAGMA cache_size = -32000",
    # One read transaction for everything that is asked: the answers fit together.
    "BEGIN",
)


def refuse_other_schemas(connection: sqlite3.Connection, path: Path) -> None:
    """Raise DatabaseTooNew, or DatabaseMissing for one that an older program made."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > latest_version():
        raise DatabaseTooNew(path, version, latest_version())
    if version < latest_version():
        raise DatabaseMissing(path)


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, inside its one read transaction. Raises StoreUnavailable on a full disk."""
    refuse_full_disk(path)
    address = path.resolve().as_uri()
    connection = sqlite3.connect(f"{address}?mode=ro", uri=True, isolation_level=None)
    try:
        for setting in _SETTINGS:
            connection.execute(setting)
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.OperationalError as error:
        connection.close()
        # In a folder that cannot be written SQLite cannot make the files that readers share. With no log beside it
        # the database is whole by itself, and nobody can be changing it.
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CANTOPEN or Path(f"{path}-wal").exists():
            raise
        return sqlite3.connect(f"{address}?immutable=1", uri=True, isolation_level=None)
    return connection
