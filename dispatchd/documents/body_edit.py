"""Surgery on lines: what is replaced, put in or taken out of a text, everything else staying byte for byte.

Lines are the file's own, counted from zero. New lines take the file's line ending, a missing final newline stays
missing, and blank lines are set around what is put in as a Markdown formatter would set them.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from dispatchd.documents.text_lines import dominant_newline, split_lines
from dispatchd.domain.dataclass import dataclass

_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEdit:
    """The lines from `first` up to `end` become `lines` (given without their ends).

    `apart` sets blank lines around lines put in where text would touch them, `apart_below` only below and only
    where no list goes on. Where lines are taken out and blank
    lines remain on both sides, one of them goes as well; at the end of the file all of them go.
    """

    first: int
    end: int
    lines: tuple[str, ...] = ()
    apart: bool = False
    apart_below: bool = False


def insertion(at: int, lines: Iterable[str]) -> LineEdit:
    """*lines* as a block of their own before the line *at*."""
    return LineEdit(first=at, end=at, lines=tuple(lines), apart=True)


def removal(first: int, end: int) -> LineEdit:
    """The lines from *first* up to *end* go."""
    return LineEdit(first=first, end=end)


def apply_edits(text: str, edits: Iterable[LineEdit]) -> str:
    """*text* after *edits*, which do not overlap; those at one place come in the order given."""
    ordered = _merged(sorted(edits, key=lambda edit: (edit.first, edit.end)))
    if not ordered:
        return text
    newline = dominant_newline(text)
    lines = split_lines(text)
    open_ended = bool(lines) and not lines[-1].endswith("\n")
    if open_ended:
        lines[-1] += newline
    for edit in reversed(ordered):
        _apply(lines, edit, newline)
    result = "".join(lines)
    return result.removesuffix("\n").removesuffix("\r") if open_ended else result


def settled(text: str, plan: Callable[[str], Iterable[LineEdit]]) -> str | None:
    """*text* after the edits that *plan* makes of it, until it makes none; None where it does not come to rest.

    A code block or comment that is never closed swallows whatever is put in below it: asking again and again would
    only make the file grow.
    """
    result = text
    for _ in range(_ROUNDS):
        after = apply_edits(result, plan(result))
        if after == result:
            return result
        result = after
    return None


def _merged(edits: list[LineEdit]) -> list[LineEdit]:
    """*edits*, where what is put in at the place of lines taken out replaces them."""
    result: list[LineEdit] = []
    for edit in edits:
        last = result[-1] if result else None
        if last and last.first == last.end == edit.first < edit.end and not edit.lines:
            result[-1] = replace(last, end=edit.end)
        else:
            result.append(edit)
    return result


def _apply(lines: list[str], edit: LineEdit, newline: str) -> None:
    # Lines taken out below may have taken blank lines with them that stood above.
    at, end = min(edit.first, len(lines)), min(edit.end, len(lines))
    new = [line + newline for line in edit.lines]
    if not new:
        _take_out(lines, at, end)
        return
    if edit.apart:
        if at > 0 and lines[at - 1].strip():
            new.insert(0, newline)
        if end < len(lines) and lines[end].strip():
            new.append(newline)
    elif edit.apart_below and end < len(lines) and _is_text(lines[end]):
        new.append(newline)
    lines[at:end] = new


def _is_text(line: str) -> bool:
    return line[:1] not in " \t\r\n" and not (line[0] in "-*+" and line[1:2] in " \t")


def _take_out(lines: list[str], first: int, end: int) -> None:
    if first == end:
        return
    blank_above = first == 0 or not lines[first - 1].strip()
    blank_below = end >= len(lines) or not lines[end].strip()
    if blank_above and blank_below:
        if end < len(lines):
            end += 1
        while end == len(lines) and first > 0 and not lines[first - 1].strip():
            first -= 1
    del lines[first:end]


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ in white space alone."""
    return one.split() == other.split()
