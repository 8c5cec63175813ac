"""The values of keys that are the user's own, as plain data for search and JSON.

They must be YAML. What is plainly the same in YAML and here (single words, quoted text, flat lists of them) is
read without it, ten times as fast; a property test holds the two together. The rest goes through the limited
walk.
"""

import re
from collections.abc import Sequence
from enum import Enum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from dispatchd.documents.key_lines import KeyLines
from dispatchd.documents.plain_values import MAX_BYTES, MAX_NODES, PlainData, typed
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.yaml_on_demand import read_yaml

_LETTERS: Final = r"\u00c0-\u1fff\u2010-\u2027\u3001-\ud7ff"


class NotPlain(Enum):
    """Says of a text that it is no plain value, or too long to be remembered."""

    NOT_PLAIN = 0


NOT_PLAIN: Final = NotPlain.NOT_PLAIN
_SHORT: Final = 64
"""Characters of a value that may come again in other files."""


class _Shapes(NamedTuple):
    """What is plainly the same in YAML and here."""

    scalar: re.Pattern[str]
    flow: re.Pattern[str]
    flow_item: re.Pattern[str]
    block_item: re.Pattern[str]


@cache
def _shapes(*, ascii_only: bool) -> _Shapes:
    """The shapes of texts with all letters, or of those with ASCII alone.

    Sets of all letters take a hundred times as long to compile as those of ASCII, which is what most texts are: longer
    than a command takes for all else.
    """
    letters = "" if ascii_only else _LETTERS
    plain = rf"[A-Za-z0-9_/](?:[!-\"$-9;-~ {letters}]|:(?=[!-~{letters}])|(?<=[!-~{letters}])#)*+"
    quoted = rf"'[ -&(-~{letters}]*+'|\"[ !#-\[\]-~{letters}]*+\""
    item = rf"[A-Za-z0-9_/](?:[\w ./@+-])*+|{quoted}"
    return _Shapes(
        scalar=re.compile(rf"({plain})|{quoted}"),
        flow=re.compile(rf"\[ *+(?:(?:{item}) *+(?:, *+(?:{item}) *+)*+)?\]", re.ASCII),
        flow_item=re.compile(item, re.ASCII),
        block_item=re.compile(rf"( *)- +({plain}|{quoted})[ \t]*\r?\n"),
    )


def read_unknown(lines: Sequence[str], key: KeyLines) -> PlainData | DocumentProblem:
    """What the user's own *key* of *lines* holds."""
    _, first, last, rest = key
    if first == last and len(rest) < MAX_BYTES:
        plain = short_scalar(rest)
        if not isinstance(plain, NotPlain):
            return plain
        shapes = _shapes(ascii_only=rest.isascii())
        if shapes.scalar.fullmatch(rest):
            return _scalar(rest)
        if rest[:1] == "[" and rest.count(",") < MAX_NODES - 1 and shapes.flow.fullmatch(rest):
            return [_scalar(item.strip(" ")) for item in shapes.flow_item.findall(rest)]
    elif not rest and last - first < MAX_NODES - 1:
        items = _flat_list(lines[first + 1 : last + 1])
        if items is not None:
            return items
    return read_yaml("".join(lines[first : last + 1]), first, typed)


def short_scalar(text: str) -> PlainData | NotPlain:
    """What *text* means, where it is short and one plain value."""
    return _short_scalar(text) if len(text) <= _SHORT else NOT_PLAIN


# The same few words stand in thousands of files.
@lru_cache(maxsize=1024)
def _short_scalar(text: str) -> PlainData | NotPlain:
    return _scalar(text) if _shapes(ascii_only=text.isascii()).scalar.fullmatch(text) else NOT_PLAIN


def _scalar(text: str) -> PlainData:
    return text[1:-1] if text[0] in "'\"" else typed(text)


def _flat_list(lines: Sequence[str]) -> list[PlainData] | None:
    items: list[PlainData] = []
    indent: str | None = None
    size = 0
    shape = _shapes(ascii_only=all(map(str.isascii, lines))).block_item
    for line in lines:
        found = shape.fullmatch(line)
        size += len(line)
        if found is None or size > MAX_BYTES // 4 or (indent is not None and found[1] != indent):
            return None
        indent = found[1]
        items.append(_scalar(found[2].rstrip(" ")))
    return items
