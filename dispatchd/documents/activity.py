"""What has happened to an issue, at the very end of its file, and what people say there.

A list item that begins with a moment is the daemon's; everything else below the heading is a person's comment until
it has become such an item.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from dispatchd.documents.annotations import note_lines
from dispatchd.documents.body_edit import LineEdit, insertion, removal, same_words
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, Section
from dispatchd.documents.stamps import format_moment, leading_moment, plain

HEADING: Final = "Activity"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityLine:
    """One thing that happened. `text` is a line of Markdown; `said` is somebody's own words, of any length."""

    at: datetime
    text: str
    said: str = ""

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of its list item."""
        head = f"- {format_moment(self.at)}: {plain(self.text)}"
        said = [line.rstrip() for line in self.said.strip().splitlines()]
        if len(said) == 1:
            return (f"{head}: {plain(said[0])}",)
        return (head, *(f"  > {line}".rstrip() for line in said))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    first: int
    end: int
    words: str


def has_activity(text: str) -> bool:
    """Whether *text* may have such a section: the cheap question before its structure is read."""
    return f"# {HEADING}".casefold() in text.casefold()


def find_activity(shape: Outline) -> Section | None:
    """The last section of that name."""
    wanted = HEADING.casefold()
    found = [block for block in shape.headings(2) if block.text.strip().casefold() == wanted]
    return shape.under(found[-1]) if found else None


def comment_below(shape: Outline) -> str:
    """What a person wrote below the heading."""
    section = find_activity(shape)
    if section is None:
        return ""
    return "".join(shape.lines[index] for index in _person_lines(shape, section)).strip()


def _person_lines(shape: Outline, section: Section) -> list[int]:
    ours = {line for entry in _entries(shape, section) for line in range(entry.first, entry.end)}
    ours.update(note_lines(shape))
    return [index for index in range(section.start, section.end) if index not in ours]


def _entries(shape: Outline, section: Section) -> Iterator[_Entry]:
    for block in section.blocks:
        if block.kind is BlockKind.ITEM and not block.ordered and leading_moment(block.text):
            end = _quote_end(shape, block)
            words = " ".join(shape.lines[block.first : end])
            yield _Entry(first=block.first, end=end, words=words.lstrip()[1:])


def _quote_end(shape: Outline, block: Block) -> int:
    end = block.text_end
    while end < block.end and shape.lines[end][:1].isspace() and shape.lines[end].lstrip().startswith(">"):
        end += 1
    return end


def activity_edits(shape: Outline, activity: Sequence[ActivityLine]) -> list[LineEdit]:
    """What makes the section say *activity*; a comment that has become one of its lines goes from below."""
    section = find_activity(shape)
    wanted = [line.lines for line in activity]
    if section is None:
        flat = tuple(line for lines in wanted for line in lines)
        return [insertion(shape.last_text_line(), (f"## {HEADING}", "", *flat))] if flat else []
    present = list(_entries(shape, section))
    known = _agreeing(present, wanted)
    fresh = tuple(line for lines in wanted[known:] for line in lines)
    edits = [removal(entry.first, entry.end) for entry in present[known:]]
    edits.extend(_spoken(shape, section, activity[known:]))
    if fresh and known:
        at = present[known - 1].end
        edits.append(LineEdit(first=at, end=at, lines=fresh, apart_below=True))
    elif fresh:
        edits.append(insertion(section.start, fresh))
    elif not wanted and present and not comment_below(shape):
        return [removal(section.heading.first, section.end)]
    return edits


def _agreeing(present: Sequence[_Entry], wanted: Sequence[tuple[str, ...]]) -> int:
    count = 0
    for entry, lines in zip(present, wanted, strict=False):
        if not same_words(entry.words, " ".join(lines)[1:]):
            break
        count += 1
    return count


def _spoken(shape: Outline, section: Section, fresh: Sequence[ActivityLine]) -> Iterator[LineEdit]:
    said = {" ".join(line.said.split()) for line in fresh if line.said}
    comment = " ".join(comment_below(shape).split())
    if not comment or comment not in said:
        return
    mine = [index for index in _person_lines(shape, section) if shape.lines[index].strip()]
    for run in _runs(mine):
        yield removal(run[0], run[-1] + 1)


def _runs(numbers: Sequence[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for number in numbers:
        if run and number != run[-1] + 1:
            yield run
            run = []
        run.append(number)
    if run:
        yield run


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
