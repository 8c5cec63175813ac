"""Where a document's front matter begins and ends.

Three dashes open a front matter only where keys follow; elsewhere they are a rule between paragraphs. A fence
that was clearly meant and is missing is a problem of the whole file: it is left as it is and its last good
state stays in force. What the keys mean is left to the readers.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from dispatchd.documents.decoding import decode
from dispatchd.documents.key_lines import OUR_KEYS, KeyLines, Split, key_and_rest, split_keys
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.text_lines import (
    BLANKS,
    BOM,
    closes_front_matter,
    dominant_newline,
    is_fence,
    outside_code,
    split_lines,
)
from dispatchd.domain.dataclass import dataclass

__all__ = ["Layout", "decode", "lay_out", "split_lines"]

_OPENING: Final = re.compile(r"(?:[ \t]*+\r?\n)*+---[ \t]*+(?:\r?\n|\Z)")
_CLOSING: Final = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?(?:\n|\Z)", re.MULTILINE)
_SIGNED: Final = re.compile(r"(?:id:[ \t]*['\"]?[iepdtf]-[0-9a-z]{4,26}|rev:[ \t]*['\"]?r[0-9a-f]{8})\b")
MOST_READINGS: Final = 3072
"""Texts of which is kept what they say: three for each of the files that are taken at once."""
_SEARCHED: Final = 40
"""How many lines are searched for a front matter that does not stand at the top."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Layout:
    """Where the parts of a text lie; the same only as itself, because to compare all lines would take as long as to read them."""

    bom: bool = False
    newline: str = "\n"
    """The line ending that most lines have."""
    opening: int | None = None
    closing: int | None = None
    """Indexes of the fences in `lines`; both or neither."""
    lines: tuple[str, ...] = ()
    """The lines up to the closing fence, ends kept, without a BOM; empty where there is no front matter."""
    keys: tuple[KeyLines, ...] = ()
    body_at: int = 0
    """Where in the text the body begins: below the closing fence, or behind a BOM."""


# One text is asked about several times while it is taken in and rendered (see `forget_readings`).
@lru_cache(maxsize=MOST_READINGS)
def lay_out(text: str) -> Layout | DocumentProblem:
    """Where the parts of *text* lie; a problem where a fence is missing that was clearly meant."""
    bom = text[:1] == BOM
    newline = dominant_newline(text) if "\r" in text else "\n"
    start = _OPENING.match(text, int(bom))
    end = _closing(text, start.end()) if start is not None else None
    if start is not None and end is not None:
        return lay_out_head(text[: end.end()], newline)
    plain = Layout(bom=bom, newline=newline, body_at=int(bom))
    if start is None:
        return _without_opening(text) or plain
    return _without_closing(split_lines(text[int(bom) :]), start[0].count("\n") - 1) or plain


# A save mostly leaves the facts as they were: then this one head stands in the text before, in the save and in the
# answer, and it is cut once for all of them.
@lru_cache(maxsize=2048)
def lay_out_head(head: str, newline: str) -> Layout | DocumentProblem:
    """The same for a text that begins with *head*, two fences and what they enclose; most lines end in *newline*."""
    bom = head[:1] == BOM
    lines = split_lines(head[int(bom) :])
    opening = next(at for at, line in enumerate(lines) if line.strip(BLANKS))
    split = split_keys(lines, opening + 1, len(lines) - 1)
    if split.stray is not None or opening or not split.keys or split.keys[0][1] != opening + 1:
        verdict = _judge(lines, opening, split)
        if isinstance(verdict, DocumentProblem):
            return verdict
        if verdict is not None:
            return Layout(bom=bom, newline=newline, body_at=int(bom))
    return Layout(
        bom=bom,
        newline=newline,
        opening=opening,
        closing=len(lines) - 1,
        lines=tuple(lines),
        keys=tuple(split.keys),
        body_at=len(head),
    )


def _closing(text: str, start: int) -> re.Match[str] | None:
    """The fence that closes the front matter which begins at *start*."""
    at = text.find("\n---", start - 1)
    if at >= 0 and "\n..." not in text[start - 1 : at]:
        end = _CLOSING.match(text, at + 1)
        if end is not None:
            return end
    return _CLOSING.search(text, start)


_A_RULE: Final = "a rule between paragraphs"


def _judge(lines: Sequence[str], opening: int, split: Split) -> DocumentProblem | str | None:
    """What two fences mean that enclose more, or less, than keys: nothing special, a problem, or mere rules."""
    if not split.keys and split.stray is None:
        inside = lines[opening + 1 : -1]
        return (
            _A_RULE
            if opening or (any(line.strip(BLANKS) for line in inside) and not inside[0].strip(BLANKS))
            else None
        )
    if split.stray is not None and _is_indented_key(lines[split.stray]):
        return _stray_line(lines, split.stray)
    if not _looks_meant(split.keys, lines, opening):
        return _A_RULE
    if split.stray is None:
        return None
    return _stray_line(lines, split.stray)


def _looks_meant(keys: Sequence[KeyLines], lines: Sequence[str], opening: int) -> bool:
    """Whether the lines after an opening fence are keys rather than prose with a colon in it."""
    if _count_ours(keys):
        return True
    begins_at_once = bool(keys) and bool(lines[opening + 1].strip(BLANKS)) and not opening
    return begins_at_once and (len(keys) > 1 or all(line.strip(BLANKS) for line in lines[opening + 1 : -1]))


def _is_indented_key(line: str) -> bool:
    key = key_and_rest(line.lstrip(" \t")) if line[0] in " \t" else None
    return key is not None and key[0] in OUR_KEYS


def _count_ours(keys: Iterable[KeyLines]) -> int:
    return len({key for key, *_ in keys} & OUR_KEYS)


def _stray_line(lines: Sequence[str], index: int) -> DocumentProblem:
    shown = lines[index].strip(BLANKS)
    shown = shown if len(shown) <= 40 else shown[:39] + "…"
    if not lines[index - 1].strip(BLANKS) or shown[:1] == "#":
        hint = "Close the front matter with a line --- above it"
    elif lines[index][:1] in " \t":
        hint = "Keys begin at the start of the line: take the blanks before it away"
    else:
        hint = "Write it as `key: value`, or close the front matter with a line --- above it"
    return DocumentProblem(
        line=index + 1, column=1, what=f"“{shown}” is no line of a front matter", hint=hint
    )


def _without_closing(lines: Sequence[str], opening: int) -> DocumentProblem | None:
    split = split_keys(lines, opening + 1, len(lines))
    begins_at_once = bool(split.keys) and split.keys[0][1] == opening + 1
    ours = _count_ours(split.keys)
    if not (ours > 1 or (begins_at_once and (ours or len(split.keys) > 1))):
        return None
    last = max(last for _, _, last, _ in split.keys)
    return DocumentProblem(
        line=opening + 1,
        what="The front matter that begins here has no end",
        hint=f"Add a line --- after line {last + 1}",
    )


def _without_opening(text: str) -> DocumentProblem | None:
    """A front matter that lost its first fence, or has text above it: it must not read as no facts at all."""
    lines = split_lines(text.removeprefix(BOM))
    split = split_keys(lines, 0, _paragraph_end(lines))
    ended = split.stray is not None and is_fence(lines[split.stray])
    if _count_ours(split.keys) > 1 and (ended or _is_signed(lines, split.keys)):
        first = split.keys[0][1] + 1
        return DocumentProblem(
            line=first,
            what="These lines look like a front matter without its first line",
            hint=f"Add a line --- above line {first}",
        )
    return _text_above(lines)


def _paragraph_end(lines: Sequence[str]) -> int:
    for index, line in enumerate(lines):
        if is_fence(line):
            return index + 1
    return next((index for index, line in enumerate(lines) if index and not line.strip(BLANKS)), len(lines))


def _text_above(lines: Sequence[str]) -> DocumentProblem | None:
    for opening in outside_code(lines[:_SEARCHED]):
        if not is_fence(lines[opening]):
            continue
        closing = next((at for at in range(opening + 1, len(lines)) if closes_front_matter(lines[at])), None)
        split = split_keys(lines, opening + 1, closing or opening + 1)
        if split.stray is None and _is_signed(lines, split.keys):
            return DocumentProblem(
                line=1,
                what=f"There is text above the front matter, which begins on line {opening + 1}",
                hint="Move the text below the front matter",
            )
        return None
    return None


def _is_signed(lines: Sequence[str], keys: Iterable[KeyLines]) -> bool:
    """Whether an id or a rev of ours stands among *keys*."""
    return any(_SIGNED.match(lines[first]) for _, first, _, _ in keys)
