"""Which lines of a front matter belong to which key, before anything is read as YAML.

A key begins at the start of its line; what is indented below it, a list at the line's start below an empty
value, and the bracket that closes a list continue it. Comments and blank lines belong to nobody. What the
values mean is left to the readers of values.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from dispatchd.documents.text_lines import BLANKS

OUR_KEYS: Final = frozenset(
    {
        "assignee", "branch", "created", "deadline", "depends_on", "engine", "epic", "from", "id", "issue",
        "kind", "labels", "parent", "paused", "phase", "pr", "priority", "rev", "role", "source", "stage", "status",
        "subject", "threshold", "title", "type", "voters", "workflow",
    }
)  # fmt: skip
"""Words that tell a front matter from a text between two rules."""

_QUOTED_KEY: Final = re.compile(r"""(?:'((?:[^'\n]|'')*+)'|"([^"\\\n]*+)")[ \t]*+:(?=[ \t\r\n]|$)""")
_COLON: Final = re.compile(r":(?=[ \t\r\n]|$)")
_TIGHT_KEY: Final = re.compile(r"([A-Za-z_-]+):(?=\S)")


KeyLines = tuple[str, int, int, str]
"""A key as written (quotes removed), the indexes of its first and its last line, and what follows the colon on
the first, blanks trimmed. A bare tuple, for speed: one is made for every key of every file."""


class Split(NamedTuple):
    """The keys up to the first line that is none of theirs, and the index of that line."""

    keys: list[KeyLines]
    stray: int | None


def split_keys(lines: Sequence[str], start: int, stop: int) -> Split:
    """The keys in ``lines[start:stop]``, up to the first line that belongs to none."""
    found: list[KeyLines] = []
    key, first, last, rest = "", -1, -1, ""
    for index in range(start, stop):
        line = lines[index]
        head, colon, tail = line.partition(":")
        if colon and head.isidentifier() and tail[:1] in BLANKS:
            begun: tuple[str, str] | None = head, tail.strip(BLANKS)
        elif line[:1] in "# \t\r\n" and (first >= 0 or line.lstrip(BLANKS)[:1] in ("", "#")):
            if line[:1] in " \t" and line.strip(BLANKS):
                last = index
            continue
        elif first >= 0 and _continues(line, rest):
            last = index
            continue
        else:
            begun = key_and_rest(line)
        if begun is None:
            return Split([*found, (key, first, last, rest)] if first >= 0 else found, index)
        if first >= 0:
            found.append((key, first, last, rest))
        key, rest = begun
        first = last = index
    if first >= 0:
        found.append((key, first, last, rest))
    return Split(found, None)


def _continues(line: str, rest: str) -> bool:
    if line[0] == "-" and line[1:2] in BLANKS:
        return not rest or rest.startswith("#")
    return (line[0] == "]" and rest.startswith("[")) or (line[0] == "}" and rest.startswith("{"))


def key_and_rest(line: str) -> tuple[str, str] | None:
    """The key that begins on *line* and what follows its colon; None where no key begins."""
    if line[:1] in "?%]}#" or line[:1] in BLANKS or (line[0] == "-" and line[1:2] in BLANKS):
        return None
    end = _colon_end(line)
    if end is None:
        return None
    written = line[: end - 1].strip(BLANKS)
    if written[:1] == "'":
        written = written[1:-1].replace("''", "'")
    elif written[:1] == '"':
        written = written[1:-1]
    return written, line[end:].strip(BLANKS)


def value_span(line: str) -> tuple[int, int]:
    """Where on *line* the key's colon ends, and where its value begins, blanks skipped."""
    end = _colon_end(line) or 0
    content = line.rstrip(BLANKS)
    return end, max(end, len(content) - len(content[end:].lstrip(BLANKS)))


def _colon_end(line: str) -> int | None:
    """The index behind the colon that ends the key, forgiving a known key its missing blank."""
    tight = _TIGHT_KEY.match(line)
    if tight and tight[1].lower().replace("-", "_") in OUR_KEYS:
        return tight.end()
    if line[0] in "'\"":
        quoted = _QUOTED_KEY.match(line)
        return quoted.end() if quoted else None
    colon = _COLON.search(line)
    return colon.end() if colon and colon.start() else None
