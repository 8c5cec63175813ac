"""What is shown beside a text while one types: the remarks a save would be answered with, each at its place."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from dispatchd.application.meaning import Remark, Weight
from dispatchd.domain.dataclass import dataclass
from dispatchd.lsp.moment import Moment
from dispatchd.lsp.page import Page, Span
from dispatchd.lsp.references import dangling


class Gravity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"


_GRAVITY: Final = {
    Weight.UNREADABLE: Gravity.ERROR,
    Weight.REFUSED: Gravity.ERROR,
    Weight.PROBLEM: Gravity.WARNING,
    Weight.WAITS: Gravity.INFORMATION,
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to show. `key` is the fact it is about, where it is about one."""

    span: Span
    message: str
    gravity: Gravity
    key: str | None = None


def notes_on(page: Page, moment: Moment) -> tuple[Note, ...]:
    """Everything to show beside *page*, from top to bottom."""
    found = [*_remarks(page, moment), *_leading_nowhere(page, moment)]
    return tuple(sorted(found, key=lambda note: (note.span.line, note.span.start)))


def _remarks(page: Page, moment: Moment) -> Iterator[Note]:
    for remark in moment.meaning_of(page).remarks:
        yield Note(_span(page, remark), remark.message, _GRAVITY[remark.weight], remark.key)


def _leading_nowhere(page: Page, moment: Moment) -> Iterator[Note]:
    return (Note(span, message, Gravity.INFORMATION) for span, message in dangling(page, moment))


def _span(page: Page, remark: Remark) -> Span:
    line = max(remark.line - 1, 0)
    if remark.column and line < len(page.lines):
        start = min(remark.column - 1, len(page.lines[line]))
        return Span(line, start, max(len(page.lines[line].rstrip()), start))
    key = page.key_on(line) if line < len(page.lines) else None
    if key is not None and key.key == remark.key and key.value.start < key.value.end:
        return key.value
    return page.whole_line(line)
