"""Brings a database to the schema this program knows: forward only, one numbered step in one transaction each.

A new database gets `schema.sql` at once; that this is the same as all the steps in order is tested.
"""

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

_HERE: Final = Path(__file__).parent


@cache
def latest_version() -> int:
    """The version that this program reads and writes."""
    return _number_of_files(_HERE)


@cache
def _number_of_files(folder: Path) -> int:
    return len(_files(folder))


def _files(folder: Path) -> list[Path]:
    return sorted((folder / "migrations").glob("[0-9][0-9][0-9][0-9]_*.sql"))


@cache
def migrations() -> tuple[str, ...]:
    """The steps in order; the first makes version 1."""
    files = _files(_HERE)
    if [int(file.name[:4]) for file in files] != list(range(1, len(files) + 1)):
        raise AssertionError("migrations are numbered from 1 without gaps")
    return tuple(file.read_text(encoding="utf-8") for file in files)


def schema() -> str:
    """The whole schema as it stands."""
    return (_HERE / "schema.sql").read_text(encoding="utf-8")


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps the database has taken; 0 is a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def migrate(connection: sqlite3.Connection, before_each: Callable[[int], object]) -> None:
    """Take every step that is missing. *before_each* is called with the version about to be left, if not new."""
    steps = migrations()
    if version_of(connection) == 0:
        _run(connection, schema(), len(steps))
    for version in range(version_of(connection), len(steps)):
        before_each(version)
        _run(connection, steps[version], version + 1)


def _run(connection: sqlite3.Connection, script: str, version: int) -> None:
    try:
        # `executescript` ends any transaction it finds open, so the script brings its own.
        connection.executescript(f"BEGIN IMMEDIATE;\n{script}\nPRAGMA user_version = {version};\nCOMMIT;")
    except sqlite3.Error:
        if connection.in_transaction:
            connection.rollback()
        raise
