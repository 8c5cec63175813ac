"""Copies the database while it is in use, and keeps the newest copies.

When to do it is the daemon's business; it calls with the time, on any thread.
"""

import os
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Final

from dispatchd.adapters.sqlite.faults import explained

KEPT: Final = 7
FOLDER: Final = "backups"
_TIME: Final = "%Y%m%dT%H%M%SZ"
_STAMPED: Final = re.compile(r"-(\d{8}T\d{6}Z)")
_BEFORE_MIGRATION: Final = re.compile(r"-schema-(\d+)")


def back_up(database: Path, at: datetime, keep: int = KEPT) -> Path:
    """Copy *database* into `backups/` beside it, named by *at*, and drop all but the newest *keep* such copies."""
    folder = database.parent / FOLDER
    made = copy_database(database, folder / f"{database.stem}-{at.astimezone(UTC):{_TIME}}.db")
    copies = sorted(folder.glob(f"{database.stem}-[0-9]*Z.db"))
    for old in copies[:-keep]:
        old.unlink()
    return made


def back_up_before_migration(database: Path, version: int) -> Path:
    """Copy *database* as it is at schema *version*; such a copy is kept until somebody deletes it."""
    return copy_database(database, database.parent / FOLDER / f"{database.stem}-schema-{version}.db")


def backups_of(database: Path) -> list[tuple[Path, datetime, str]]:
    """The copies of *database* there are, newest first: where, from when, and why they were made."""
    found = []
    for file in (database.parent / FOLDER).glob(f"{database.stem}-*.db"):
        version = _BEFORE_MIGRATION.fullmatch(file.stem.removeprefix(database.stem))
        stamp = _STAMPED.fullmatch(file.stem.removeprefix(database.stem))
        if version is not None:
            made = datetime.fromtimestamp(file.stat().st_mtime, UTC)
            found.append((file, made, f"before the migration from schema {version[1]}"))
        elif stamp is not None:
            found.append((file, datetime.strptime(stamp[1], _TIME).replace(tzinfo=UTC), ""))
    return sorted(found, key=lambda each: (each[1], each[0].name), reverse=True)


def since_backup(database: Path, now: datetime) -> float:
    """Seconds since *database* was last copied by the clock; endless where it never was, or the clock went back."""
    newest = next((at for _, at, why in backups_of(database) if not why), None)
    seconds = (now - newest).total_seconds() if newest is not None else inf
    return seconds if seconds >= 0 else inf


def copy_database(database: Path, target: Path) -> Path:
    """A whole and durable copy at *target*, or an error and no *target*."""
    target.parent.mkdir(mode=0o700, exist_ok=True)
    partial = target.with_suffix(".partial")
    partial.unlink(missing_ok=True)
    reader = f"{database.resolve().as_uri()}?mode=ro"
    # A reader of its own sees one moment of the database, however long the copying takes; the writer goes on.
    with (
        explained(database),
        closing(sqlite3.connect(reader, uri=True)) as source,
        closing(sqlite3.connect(partial)) as copy,
    ):
        source.backup(copy)
        # In one piece: a copy in WAL mode would want two more files beside it.
        copy.execute("PRAGMA journal_mode = DELETE")
    _flush(partial)
    partial.replace(target)
    _flush(target.parent)
    return target


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
