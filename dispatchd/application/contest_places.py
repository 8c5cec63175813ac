"""Where in a text the lines stand that a question about two edits is about."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.thread import Contest

_ALIKE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where lines stand in a text, from offset to offset."""

    start: int
    end: int

    def line_in(self, text: str) -> int:
        """The line it begins on, counted from one; blank ones that it begins with are none."""
        shown = text[self.start : self.end]
        blank = len(shown) - len(shown.lstrip("\r\n"))
        return text.count("\n", 0, self.start + blank) + 1


def text_of(work: UnitOfWork, record: DocumentRecord) -> str:
    """What the file of *record* is to say now."""
    return work.blobs.get(record.current).decode() if record.current is not None else ""


def place_of(contest: Contest, text: str) -> Place | None:
    """The only place where the lines stand that the question showed; for lines taken out, the line they stood below."""
    is_gone = not contest.stands.strip()
    wanted = contest.above if is_gone else contest.stands
    found = list(places_of(wanted, text)) if wanted.strip() else []
    if len(found) > 1 and not is_gone:
        found = [place for place in found if _line_above(text, place) == contest.above]
    if len(found) != 1:
        return None
    end = text.find("\n", found[0].end) + 1 or len(text)
    return Place(start=end, end=end) if is_gone else found[0]


def has_come(lines: str, text: str, place: Place | None) -> bool:
    """Whether *lines* stand in *text* already, where the lines at *place* are part of them."""
    found = list(places_of(lines, text)) if lines.strip() else []
    if place is None:
        return bool(found)
    return any(each.start <= place.start and place.end <= each.end for each in found)


def places_of(lines: str, text: str) -> Iterator[Place]:
    """Where *lines* stand as whole lines."""
    at = text.find(lines)
    while at >= 0:
        end = at + len(lines)
        if (at == 0 or text[at - 1] == "\n") and (
            lines.endswith("\n") or text[end : end + 1] in ("", "\n", "\r")
        ):
            yield Place(start=at, end=end)
        at = text.find(lines, at + 1)


def likest(lines: str, text: str) -> Place | None:
    """Where in *text* stands what *lines* has most likely become."""
    wanted, found = split_lines(lines), split_lines(text)
    best, place = _ALIKE, None
    offsets = [0]
    for line in found:
        offsets.append(offsets[-1] + len(line))
    for first in range(len(found) - len(wanted) + 1):
        window = "".join(found[first : first + len(wanted)])
        likeness = SequenceMatcher(None, lines, window, autojunk=False).ratio() if window.strip() else 0.0
        if likeness > best:
            best, place = likeness, Place(start=offsets[first], end=offsets[first + len(wanted)])
    return place


def trimmed(contest: Contest) -> Contest:
    """*contest* without the blank lines around its texts."""
    stands, other = (_bare(text) for text in (contest.stands, contest.other))
    return replace(contest, stands=stands, other=other)


def _bare(text: str) -> str:
    words = text.strip("\r\n")
    return f"{words}\n" if words else ""


def _line_above(text: str, place: Place) -> str:
    lines = [line for line in text[: place.start].splitlines() if line.strip()]
    return lines[-1] if lines else ""
