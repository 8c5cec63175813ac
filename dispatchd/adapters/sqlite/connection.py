"""Opens the one writing connection: where it may lie, how SQLite is set, whether the file is sound, whether it is
still the file that was opened.

A damaged file is set aside under another name and reported, never deleted. That one process at a time opens the
database for writing is for the workspace's lock to see to.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from dispatchd.adapters.sqlite.backup import back_up_before_migration
from dispatchd.adapters.sqlite.faults import explained, is_damage
from dispatchd.adapters.sqlite.migrator import migrate, migrations, version_of
from dispatchd.adapters.sqlite.mounts import refuse_shared_file_system
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.set_aside import move
from dispatchd.adapters.sqlite.shared_memory import refuse_full_disk, reserve
from dispatchd.application.ports.store_failures import (
    DatabaseAway,
    DatabaseDamaged,
    DatabaseReplaced,
    DatabaseTooNew,
)
from dispatchd.domain.dataclass import dataclass

_CACHE: Final = "PRAGMA cache_size = -16000"
"""16 MB: an import of thousands of rows would otherwise write its pages to the log several times over."""
_CACHE_OF_A_CHECK: Final = "PRAGMA cache_size = -256"
"""A quick check reads each page once; what it keeps is of use to nobody, and is slow to be given back."""
_IN_USE: Final = "database.in_use"
_COMPANIONS: Final = ("", "-wal")
_SETTINGS: Final = (
    "PRAGMA busy_timeout = 5000",
    "PRAGMA journal_mode = WAL",
    # NORMAL may lose an acknowledged commit when the power fails; its render would then look like a person's edit.
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA mmap_size = 0",
    "PRAGMA temp_store = MEMORY",
    # A large import leaves a large log; it is cut back at the next checkpoint.
    "PRAGMA journal_size_limit = 16777216",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWatch:
    """Which files the connection has open, so that a path that leads elsewhere is noticed."""

    path: Path
    opened: tuple[tuple[int, int], ...]
    folder: int
    """A descriptor of the folder they lie in, which goes where the folder goes."""
    names: tuple[str, ...]
    """Where they stood, as plain texts: each transaction asks twice, and a `Path` takes longer than the disk."""
    names_in_folder: tuple[str, ...]

    def check(self) -> None:
        """Raises DatabaseReplaced if the database or its log was deleted or replaced since it was opened, DatabaseAway
        if the folder that holds both was moved and nothing stands in its place.
        """
        standing = _identities(self.names)
        if standing == self.opened:
            return
        if not any(map(any, standing)) and self.is_whole():
            raise DatabaseAway(self.path)
        raise DatabaseReplaced(self.path)

    def stands(self) -> bool:
        """Whether the path leads to what was opened."""
        return _identities(self.names) == self.opened

    def is_whole(self) -> bool:
        """Whether what was opened lies in its folder, wherever that is now: what is committed is there to be found."""
        return _identities(self.names_in_folder, self.folder) == self.opened


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDatabase:
    """A sound database of this program's schema, open for writing on the thread that opened it."""

    connection: sqlite3.Connection
    watch: FileWatch
    reserved: int | None = None
    """What `shared_memory.reserve` returned."""

    def close(self) -> None:
        """End cleanly. Where the files are no longer ours nothing is written, and the next start checks all."""
        try:
            if self.watch.stands():
                self.connection.execute(queries("notes")["note_drop"], (_IN_USE,))
        finally:
            self.connection.close()
            os.close(self.watch.folder)
            if self.reserved is not None:
                os.close(self.reserved)


def open_database(path: Path) -> OpenDatabase:
    """Open *path*, made if it is missing. Raises a StoreFailure; DatabaseDamaged after setting the file aside."""
    refuse_shared_file_system(path)
    try:
        # Never its parents: where the repository was moved away, nothing is to stand in its place.
        path.parent.mkdir(mode=0o700, exist_ok=True)
    except FileNotFoundError as error:
        raise DatabaseAway(path) from error
    refuse_full_disk(path)
    with explained(path):
        connection = sqlite3.connect(path, isolation_level=None, cached_statements=256)
        try:
            _prepare(connection, path)
            reserved = reserve(path)
            watch = _watch(path)
        except sqlite3.DatabaseError as error:
            connection.close()
            if is_damage(error):
                raise DatabaseDamaged(path, str(error), set_aside(path)) from error
            raise
        except BaseException:
            connection.close()
            raise
    return OpenDatabase(connection=connection, watch=watch, reserved=reserved)


def set_aside(path: Path) -> Path:
    """Rename the database and what belongs to it out of the way, to the first free name."""
    target = next(name for name in _names_aside(path) if not name.exists())
    move(path, target)
    return target


def is_sound(path: Path) -> bool:
    """Whether there is a database at *path* that can be read whole; nothing of it is changed."""
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.Error:
        return False


def _names_aside(path: Path) -> Iterator[Path]:
    number = 0
    while True:
        number += 1
        yield path.with_name(f"{path.name}.damaged-{number}")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    for setting in _SETTINGS:
        connection.execute(setting)
    version = version_of(connection)
    if version > len(migrations()):
        raise DatabaseTooNew(path, version, len(migrations()))
    if version:
        _check(connection)
    connection.execute(_CACHE)
    migrate(connection, lambda left: back_up_before_migration(path, left))
    # Also the first write: from here on the log's file exists, and stays until the connection is closed.
    connection.execute(queries("notes")["note_set"], (_IN_USE, "yes"))
    # An unclean start's check has read every page; a daemon at rest needs few of them.
    connection.execute("PRAGMA shrink_memory")


def _check(connection: sqlite3.Connection) -> None:
    unclean = connection.execute(queries("notes")["note_get"], (_IN_USE,)).fetchone() is not None
    pragma = "PRAGMA integrity_check(1)" if unclean else "PRAGMA quick_check(1)"
    connection.execute(_CACHE if unclean else _CACHE_OF_A_CHECK)
    found = connection.execute(pragma).fetchone()[0]
    if found != "ok":
        raise _Unsound(found)


class _Unsound(sqlite3.DatabaseError):
    """A check found what no statement has stumbled over yet."""

    sqlite_errorcode = sqlite3.SQLITE_CORRUPT


def _watch(path: Path) -> FileWatch:
    names = tuple(f"{path}{companion}" for companion in _COMPANIONS)
    return FileWatch(
        path=path,
        opened=_identities(names),
        folder=os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC),
        names=names,
        names_in_folder=tuple(f"{path.name}{companion}" for companion in _COMPANIONS),
    )


def _identities(names: tuple[str, ...], folder: int | None = None) -> tuple[tuple[int, int], ...]:
    found = []
    for name in names:
        try:
            status = os.stat(name, dir_fd=folder)
        except FileNotFoundError:
            found.append((0, 0))
        else:
            found.append((status.st_dev, status.st_ino))
    return tuple(found)
