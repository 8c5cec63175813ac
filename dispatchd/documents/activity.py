"""What has happened to an issue, at the very end of its file, and what people have said there.

Two forms are the daemon's: `- 2026-11-21 07:20Z: ash asks: …` for what happened, and `- 2026-11-21 07:25Z, **Alice
Doe**: …` for what somebody said, quoted below where it is more than a line. Everything else in the section is a
person's text and stays; which of it is a comment is found out in `comments`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from dispatchd.documents.annotations import note_lines
from dispatchd.documents.body_edit import LineEdit, insertion, removal
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, Section, is_title
from dispatchd.documents.stamps import format_moment, leading_moment, plain
from dispatchd.domain.dataclass import dataclass

HEADING: Final = "Activity"
_OPENS_A_BLOCK: Final = re.compile(r"[#>+*`~|<\[!=-]|\d+[.)](\s|$)")
_OF_A_NOTE: Final = re.compile(r"dispatchd:")
_MARKS: Final = re.compile(r"[*_+-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """One thing that happened: `text` is a line of Markdown. Or, where `said` is given, what the person or agent
    called `text` said, as they wrote it. `gone`: it was taken back, and no longer stands here.
    """

    at: datetime
    text: str
    said: str = ""
    gone: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its list item."""
        if not self.said:
            return (f"- {format_moment(self.at)}: {plain(self.text)}",)
        head = f"- {format_moment(self.at)}, **{plain(self.text)}**:"
        said = self.said.split("\n")
        if len(said) == 1 and plain(said[0]) == said[0] and not _OPENS_A_BLOCK.match(said[0]):
            return (f"{head} {said[0]}",)
        return (head, *(_quoted(line) for line in said))


def _quoted(line: str) -> str:
    if not line:
        return "  >"
    apart = "  >  " if _OF_A_NOTE.match(line) else "  > "  # or it would be taken for a note of ours
    return apart + line


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A list item in the section that begins with a moment. `lines` are without their ends and without our notes."""

    first: int
    end: int
    at: datetime
    lines: tuple[str, ...]

    @property
    def words(self) -> str:
        """What two entries that say the same have in common, whatever a formatter has made of their white space."""
        return comparable(self.lines)


def comparable(lines: Sequence[str]) -> str:
    """*lines* without what formatters change: white space, escapes, which mark makes an item or an emphasis."""
    return _MARKS.sub("-", "".join("".join(lines).replace("\\", "").split()))


def has_activity(text: str) -> bool:
    """Whether *text* may have such a section: the cheap question before its structure is read."""
    return f"# {HEADING}".casefold() in text.casefold()


def find_activity(shape: Outline) -> Section | None:
    """The last section of that name."""
    found = [block for block in shape.headings(2) if is_title(block, HEADING)]
    return shape.under(found[-1]) if found else None


def entries_in(shape: Outline, section: Section) -> tuple[Entry, ...]:
    """The items of the section that begin with a moment, whoever wrote them."""
    notes = set(note_lines(shape))
    return tuple(
        _entry(shape, block, at, notes)
        for block in section.blocks
        if block.kind is BlockKind.ITEM and not block.ordered and (at := leading_moment(block.text))
    )


def _entry(shape: Outline, block: Block, at: datetime, notes: set[int]) -> Entry:
    """It ends before a line that is not indented: somebody wrote below it without a blank line."""
    end = block.first + 1
    for index in range(block.first + 1, block.end):
        line = shape.lines[index]
        if line.strip():
            if line[0] not in " \t":
                break
            end = index + 1
    lines = (shape.lines[index].rstrip("\r\n") for index in range(block.first, end) if index not in notes)
    return Entry(first=block.first, end=end, at=at, lines=tuple(lines))


def free_lines(shape: Outline, section: Section, known: Sequence[Entry]) -> list[int]:
    """The lines of the section that are neither in *known* entries nor notes of ours."""
    ours = {line for entry in known for line in range(entry.first, entry.end)}
    ours.update(note_lines(shape))
    return [index for index in range(section.start, section.end) if index not in ours]


def activity_edits(shape: Outline, activity: Sequence[ActivityLine]) -> list[LineEdit]:
    """What makes the section say *activity*; text that has become one of its lines goes from where it was written."""
    section = find_activity(shape)
    standing = [line for line in activity if not line.gone]
    if section is None:
        flat = tuple(text for line in standing for text in line.lines)
        return [insertion(shape.last_text_line(), (f"## {HEADING}", "", *flat))] if flat else []
    present = entries_in(shape, section)
    places = _places(present, standing)
    doomed = _doomed(present, places, activity)
    free = free_lines(shape, section, present)
    said_all = [shape.lines[index] for index in free if shape.lines[index].strip()]
    if not standing and doomed and len(doomed) == len(present) and not said_all:
        return [removal(section.heading.first, section.end)]
    edits = [removal(entry.first, entry.end) for entry in doomed]
    for which, place in places.items():
        entry, line = present[place], standing[which]
        if entry.words != comparable(line.lines):
            edits.append(LineEdit(first=entry.first, end=entry.end, lines=line.lines))
    edits.extend(_fresh(shape, section, present, standing, places))
    return edits


def _places(present: Sequence[Entry], standing: Sequence[ActivityLine]) -> Mapping[int, int]:
    """Which of the entries *present* each line stands in, as it is, or as somebody has changed it."""
    found: dict[int, int] = {}

    def match(is_same: Callable[[Entry, ActivityLine], bool]) -> None:
        for which, line in enumerate(standing):
            if which in found:
                continue
            free = (place for place in range(len(present)) if place not in found.values())
            place = next((place for place in free if is_same(present[place], line)), None)
            if place is not None:
                found[which] = place

    match(lambda entry, line: entry.words == comparable(line.lines))
    match(lambda entry, line: format_moment(entry.at) == format_moment(line.at))
    match(lambda entry, line: without_moment(entry.lines) == without_moment(line.lines))
    return dict(sorted(found.items()))


def without_moment(lines: Sequence[str]) -> str:
    """What an entry says, whenever it says that it was."""
    head = lines[0].lstrip("-*+ \t") if lines else ""
    return comparable([head[len("2026-11-21 07:20Z") :], *lines[1:]])


def _doomed(
    present: Sequence[Entry], places: Mapping[int, int], activity: Sequence[ActivityLine]
) -> list[Entry]:
    """Entries that go: taken back, or a second time what stands already."""
    taken = set(places.values())
    ours = {comparable(line.lines) for line in activity}
    return [entry for place, entry in enumerate(present) if place not in taken and entry.words in ours]


def _fresh(
    shape: Outline,
    section: Section,
    present: Sequence[Entry],
    standing: Sequence[ActivityLine],
    places: Mapping[int, int],
) -> Iterator[LineEdit]:
    """Lines that have no entry yet, each behind the one before it; the text they were made of goes."""
    free = free_lines(shape, section, present)
    groups: dict[int | None, list[str]] = {}
    above: int | None = None
    for which, line in enumerate(standing):
        if which in places:
            above = present[places[which]].end
            continue
        groups.setdefault(above, []).extend(line.lines)
        written = _written_as(shape, free, line.said) if line.said else None
        if written is not None:
            free = [index for index in free if index not in written]
            yield removal(written.start, written.stop)
    for at, lines in groups.items():
        if at is not None:
            yield LineEdit(first=at, end=at, lines=tuple(lines), apart_below=True)
        elif places:
            first = present[min(places.values())].first
            yield LineEdit(first=first, end=first, lines=tuple(lines))
        else:
            yield insertion(section.start, lines)


def _written_as(shape: Outline, free: Sequence[int], said: str) -> range | None:
    """Where exactly the lines of *said* stand, the last such place."""
    wanted = said.split("\n")
    for first in reversed(free):
        run = range(first, first + len(wanted))
        if all(index in free for index in run):
            found = [shape.lines[index].rstrip("\r\n") for index in run]
            if found == wanted:
                return run
    return None


def without_entries(text: str) -> list[str]:
    """The lines of *text*, a part of a body out of its context, that are in no item which begins with a moment."""
    kept: list[str] = []
    inside = False
    for line in text.split("\n"):
        if line[:1] not in (" ", "\t", ""):
            inside = line[:2] in {"- ", "* ", "+ "} and leading_moment(line[2:].lstrip()) is not None
        if not inside:
            kept.append(line)
    return kept


def without_activity(shape: Outline) -> str:
    """The text of the body above the section, without the daemon's notes."""
    section = find_activity(shape)
    end = section.heading.first if section else len(shape.lines)
    notes = set(note_lines(shape))
    kept: list[str] = []
    for index in range(shape.body, end):
        beside_note = index - 1 in notes and bool(kept) and not kept[-1].strip()
        if index not in notes and not (beside_note and not shape.lines[index].strip()):
            kept.append(shape.lines[index])
    return "".join(kept).strip()
