"""Examines a database that nobody may trust yet: read only, as far as it can be read at all.

It says what it found as values; what that means, and what is done about it, is the doctor's.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from dispatchd.adapters.sqlite.columns import time_column, time_value, to_json
from dispatchd.adapters.sqlite.connection import set_aside
from dispatchd.adapters.sqlite.faults import explained, is_damage
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.reading_connection import connect_read_only, refuse_other_schemas
from dispatchd.domain.dataclass import dataclass

_MOST: Final = 5
"""Sentences of SQLite about one file; the first tells all that helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedWrite:
    """A file that the database wants otherwise than it stands."""

    path: str
    wanted_path: str | None
    since: datetime | None
    because: str
    attempts: int
    is_removal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LateEvent:
    """An event that is dated later than it can be."""

    id: str
    at: datetime
    told: str


def damage_in(path: Path, *, thoroughly: bool) -> tuple[str, ...]:
    """What SQLite finds wrong with the file; nothing where it is sound."""
    pragma = "integrity_check" if thoroughly else "quick_check"
    try:
        with closing(connect_read_only(path)) as connection:
            found = [str(row[0]) for row in connection.execute(f"PRAGMA {pragma}({_MOST})")]
            if found == ["ok"]:
                found = [f"{row[0]} row {row[1]}" for row in connection.execute("PRAGMA foreign_key_check")]
            return tuple(found[:_MOST])
    except sqlite3.DatabaseError as error:
        if is_damage(error):
            return (str(error),)
        raise


def lost_texts(path: Path) -> tuple[str, ...]:
    """The paths of files whose text the database should hold and does not."""
    with _reading(path) as ask:
        found = [row[0] for name in ("lost_texts", "lost_queue") for row in ask(name)]
    return tuple(dict.fromkeys(str(each) for each in found))


def owed_writes(path: Path) -> tuple[OwedWrite, ...]:
    """Every file that is still to be written, moved or removed."""
    with _reading(path) as ask:
        rows = ask("owed")
    return tuple(
        OwedWrite(
            path=each,
            wanted_path=wanted,
            since=None if since is None else time_value(since),
            because=because or "",
            attempts=attempts,
            is_removal=bool(is_removal),
        )
        for each, wanted, since, because, attempts, is_removal in rows
    )


def parked_files(path: Path) -> tuple[str, ...]:
    """Of each file that cannot be read: where, why, and how it is mended."""
    with _reading(path) as ask:
        return tuple(str(row[0]) for row in ask("parked"))


def events_after(path: Path, moment: datetime) -> tuple[LateEvent, ...]:
    """Events that are dated after *moment*, the latest first."""
    with _reading(path) as ask:
        rows = ask("newest_events", time_column(moment.astimezone(UTC)))
    return tuple(LateEvent(id=each, at=time_value(at), told=told) for each, at, told in rows)


def commits_named(path: Path) -> tuple[str, ...]:
    """The commits in which the database says that events stand, oldest first."""
    with _reading(path) as ask:
        return tuple(str(row[0]) for row in ask("commits"))


def events_counted(path: Path) -> int:
    """How many events there are."""
    with _reading(path) as ask:
        return int(ask("counted")[0][0])


def events_among(path: Path, ids: Sequence[str]) -> frozenset[str]:
    """Those of *ids* that stand in the log."""
    with _reading(path) as ask:
        return frozenset(str(row[0]) for row in ask("events_among", to_json(list(ids))))


def put_aside(path: Path) -> Path:
    """Rename the database out of the way, to be made anew; where it is now. The caller holds the workspace's lock."""
    return set_aside(path)


def put_aside_before(path: Path) -> tuple[Path, ...]:
    """The databases that were put aside beside *path*, oldest first."""
    names = (*path.parent.glob("*.db.damaged-*"), *path.parent.glob("before-*.db"))
    return tuple(sorted(each for each in names if not each.name.endswith(("-wal", "-shm"))))


@contextmanager
def _reading(path: Path) -> Iterator[Any]:
    with explained(path), closing(connect_read_only(path)) as connection:
        refuse_other_schemas(connection, path)
        named = queries("soundness")
        yield lambda name, *given: connection.execute(named[name], given).fetchall()
