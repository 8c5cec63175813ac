"""Settings files three ways: table by table and key by key; of a list the adds and removes of both.

Comments and order stay as one of the sides has them. Where a text is no TOML, or would become none, lines alone count.
"""

import re
import tomllib
from collections.abc import Sequence
from typing import Any, Final

import tomlkit

from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.clash_rules import united
from dispatchd.reconcile.line_merge import Dress, Lines, Piece, merge_lines, undressed

_TABLE: Final = re.compile(r"[ \t]*(?P<name>\[{1,2}[^\[\]#]+\]{1,2})[ \t]*(?:#.*)?")
_KEY: Final = re.compile(r"[ \t]*(?P<name>[A-Za-z0-9_-]+|\"[^\"]*\")[ \t]*=")


def merge_settings(base: str, one: str, other: str) -> tuple[list[Piece], Dress]:
    """The pieces of the merged text."""
    sides, dress = undressed(base, one, other)
    cut = [_tables(lines) for lines in sides]
    if dress.newline is None or any(tables is None for tables in cut):
        return merge_lines(*sides), dress
    tables = [each or {} for each in cut]
    pieces: list[Piece] = []
    for name in united(*(tuple(each) for each in tables)):
        pieces.extend(_merge_table(*(each.get(name, _Table()) for each in tables)))
    merged = [piece for piece in pieces if piece]
    is_whole = all(isinstance(piece, tuple) for piece in merged)
    if is_whole and not _reads(
        "".join(line for piece in merged if isinstance(piece, tuple) for line in piece)
    ):
        return merge_lines(*sides), dress
    return merged, dress


@dataclass(frozen=True, slots=True)
class _Table:
    """A table: `lines` are its own, and by key those of its keys, with the comments above each."""

    lines: Lines = ()
    keys: tuple[tuple[str, Lines], ...] = ()

    def of(self, key: str) -> Lines:
        return dict(self.keys).get(key, ())


def _tables(lines: Lines) -> dict[str, _Table] | None:
    """The tables of a text by name; None where it is no TOML, or holds a list of tables."""
    if not _reads("".join(lines)):
        return None
    found: dict[str, list[str]] = {"": []}
    name, depth = "", ""
    for line in lines:
        table = _TABLE.fullmatch(line.rstrip("\r\n")) if not depth else None
        if table is not None:
            name = table["name"].replace(" ", "")
            if name in found or name.startswith("[["):
                return None
            found[name] = []
        found[name].append(line)
        depth = depth + line if depth or _KEY.match(line) else ""
        if depth and _reads(depth):
            depth = ""
    return {name: _as_table(tuple(own), is_table=bool(name)) for name, own in found.items()}


def _as_table(lines: Lines, *, is_table: bool) -> _Table:
    head = 1 if is_table else 0
    keys: list[tuple[str, Lines]] = []
    waiting: list[str] = []
    name, value = "", ""
    for line in lines[head:]:
        waiting.append(line)
        key = _KEY.match(line) if not value else None
        name = key["name"].strip('"') if key is not None else name
        value = value + line if value or key is not None else ""
        if value and _reads(value):
            keys.append((name, tuple(waiting)))
            waiting, value = [], ""
    return _Table(
        lines=(*lines[:head], *waiting) if not keys else lines[:head], keys=_with_rest(keys, waiting)
    )


def _with_rest(keys: list[tuple[str, Lines]], rest: list[str]) -> tuple[tuple[str, Lines], ...]:
    """What stands below the last key belongs to no key."""
    return tuple([*keys, ("", tuple(rest))] if keys and rest else keys)


def _merge_table(base: _Table, one: _Table, other: _Table) -> Sequence[Piece]:
    pieces = merge_lines(base.lines, one.lines, other.lines)
    kept = [name for name, lines in base.keys if not _is_edited_away(lines, one.of(name), other.of(name))]
    names = [[name for name, _ in side.keys] for side in (one, other)]
    for name in _rest_last(united(kept, *names)):
        pieces.extend(_merge_key(base.of(name), one.of(name), other.of(name)))
    return pieces


def _is_edited_away(base: Lines, one: Lines, other: Lines) -> bool:
    """Whether one side took away what the other changed: the edit stands."""
    return (not one and other != base) or (not other and one != base)


def _rest_last(names: Sequence[str]) -> list[str]:
    return [*(name for name in names if name), *([""] if "" in names else [])]


def _merge_key(base: Lines, one: Lines, other: Lines) -> Sequence[Piece]:
    if not one or not other:
        return [one or other]
    lists = [_list(lines) for lines in (base, one, other)]
    if lists[1] is not None and lists[2] is not None and len({base, one, other}) == len(lists):
        merged = united(lists[0] or (), lists[1], lists[2])
        if merged == list(lists[1]):
            return [one]
        key = _KEY.match(one[-1]) or _KEY.match("".join(one).splitlines()[-1])
        if key is not None and len(_value_lines(one)) == 1:
            return [(*one[:-1], f"{key[0]} {tomlkit.item(merged).as_string()}\n")]
    return merge_lines(base, one, other)


def _value_lines(lines: Lines) -> Lines:
    first = next((at for at, line in enumerate(lines) if _KEY.match(line)), len(lines))
    return lines[first:]


def _list(lines: Lines) -> tuple[Any, ...] | None:
    """The plain values of the list that the key holds."""
    values = list(tomllib.loads("".join(lines)).values()) if lines and _reads("".join(lines)) else []
    is_plain = (
        bool(values) and isinstance(values[0], list) and all(isinstance(each, str) for each in values[0])
    )
    return tuple(values[0]) if is_plain else None


def _reads(text: str) -> bool:
    try:
        tomllib.loads(text.replace("\r\n", "\n").removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError:
        return False
    return True
