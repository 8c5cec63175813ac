"""Finds the one entity a person means by what they typed: most exact reading first, never a guess between two."""

import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from dispatchd.application.ports.read_rows import Resolved

_LETTERS: Final = "iepdtf"
_LETTERED: Final = re.compile(rf"[{_LETTERS}]-")
_AFTER_ALL: Final = "\U0010ffff"
_SHOWN: Final = 11


class _Found(NamedTuple):
    id: str
    kind: str
    removed: int


def resolve(
    connection: sqlite3.Connection, sql: Mapping[str, str], typed: str, kind: str | None = None
) -> Resolved:
    """What *typed* means: an id or name, a path, a source, the beginning of an id or name; or a title or a file's name."""
    bare = typed.strip().strip("[]`#").removeprefix("@").lower()
    if not bare:
        return Resolved(None, ())
    for reading in _readings(connection, sql, typed.strip(), bare):
        fitting = {found.id: found for found in reading if kind is None or found.kind == kind}
        standing = [found.id for found in fitting.values() if not found.removed]
        names = sorted(standing or fitting)
        if names:
            return Resolved(names[0] if len(names) == 1 else None, tuple(names[:_SHOWN]))
    return Resolved(None, ())


def _readings(
    connection: sqlite3.Connection, sql: Mapping[str, str], typed: str, bare: str
) -> Iterator[list[_Found]]:
    def between(low: str, high: str) -> list[_Found]:
        rows = connection.execute(sql["ids_between"], {"low": low, "high": high})
        return [_Found(*row) for row in rows]

    # A name is taken as it is written, an id in any case.
    for whole in dict.fromkeys((typed.removeprefix("@"), bare)):
        yield [found for found in between(whole, f"{whole}\0") if found.id == whole]
    path = typed.removeprefix("./").removeprefix(".dispatch/")
    yield [_Found(*row) for row in connection.execute(sql["id_at_path"], (path,))]
    sources = {"source": typed.lower(), "bare": typed.lower().removeprefix("#")}
    yield [_Found(*row) for row in connection.execute(sql["ids_from_source"], sources)]
    begin = [bare] if _LETTERED.match(bare) else [bare, *(f"{letter}-{bare}" for letter in _LETTERS)]
    yield [found for low in begin for found in between(low, f"{low}{_AFTER_ALL}")]
    called = {"called": typed, "file": f"/{typed}.md"}
    yield [_Found(*row) for row in connection.execute(sql["ids_called"], called)]
