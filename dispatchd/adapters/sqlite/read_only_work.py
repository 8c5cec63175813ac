"""One moment of the workspace as a unit of work on a connection that cannot write: for asking the rules, not for acting."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispatchd.adapters.sqlite.faults import explained
from dispatchd.adapters.sqlite.reading_connection import connect_read_only, refuse_other_schemas
from dispatchd.adapters.sqlite.unit_of_work import SqliteUnitOfWork
from dispatchd.application.ports.store_failures import DatabaseMissing
from dispatchd.application.ports.unit_of_work import UnitOfWork


@contextmanager
def read_only_work(path: Path) -> Iterator[UnitOfWork]:
    """The database at *path* as the rules see it. Raises a StoreFailure; whoever writes gets SQLite's refusal."""
    if not path.exists():
        raise DatabaseMissing(path)
    with explained(path):
        connection = connect_read_only(path)
        try:
            refuse_other_schemas(connection, path)
            yield SqliteUnitOfWork(connection)
        finally:
            connection.close()
