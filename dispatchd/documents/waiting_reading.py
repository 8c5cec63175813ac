"""WAITING.md as it stands: its items, and what a person ticked and wrote in them.

The daemon's lines are known by their place: an item's heading and the line with its ids, the first quote below, the
boxes that were offered and the answers under them. Everything else is a person's, wherever it stands.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from dispatchd.documents import loose_ticks as loose
from dispatchd.documents.annotations import NOTE, note_lines
from dispatchd.documents.boxes import TaskItem, match_label, own_end, task_items
from dispatchd.documents.front_matter import MOST_LINES
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, heading_text, outline
from dispatchd.documents.offered import SEEN
from dispatchd.documents.shown_text import unescaped
from dispatchd.documents.waiting_page import (
    BRAKE,
    GONE,
    INTRO,
    LESSON,
    MENDING,
    TITLE,
    PageBox,
    PageItem,
    WaitingPage,
    more_line,
    shown_label,
)
from dispatchd.domain.dataclass import dataclass

Offered = Callable[[Sequence[str], str], tuple[str, ...]]
"""The labels that were offered for what has these ids and this qualifier; none for what was never known."""

_REV: Final = re.compile(r"<!-- rev: (r[0-9a-f]{8}) -->")
_SHOWS: Final = re.compile(r"^<!-- shows: ([0-9a-f ]+) -->\s*$", re.MULTILINE)
_HEADING: Final = re.compile(r"\[(?:\\.|[^\]\\])*\]\([^)]*\)(?: · (?P<qualifier>.*))?")
_IDS: Final = re.compile(r"`[^`]+`(?: `[^`]+`)*(?= · |$)")
_SECTION: Final = re.compile(
    rf"Paused|Blocks (?:an agent|\d+ agents)|\d+ permissions of one kind|Questions|Gates|Votes|To confirm|Deletions"
    rf"|Problems|Read when you like|{BRAKE}|{GONE}"
)
_SEVERAL: Final = re.compile(r"\d+ of one kind")
_ALL: Final = re.compile(r"\s+all \d+(?=\s*(?::|$))")
_QUOTED: Final = re.compile(r"^ {0,3}> ?")
_OURS: Final = frozenset({INTRO, MENDING, *LESSON})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The lines of one item, or of what stands in none: `head` is where a person may begin to write."""

    section: str
    first: int
    end: int
    heading: Block | None = None
    ids: tuple[str, ...] = ()


def read_page(text: str, offered: Offered) -> WaitingPage:
    """The page that *text* is. Boxes that were not offered are text."""
    shape = outline("".join(text.splitlines(keepends=True)[:MOST_LINES]), 0)
    notes = frozenset(note_lines(shape))
    items: list[PageItem] = []
    stray: list[str] = []
    for span in _spans(shape):
        if span.heading is None:
            stray.extend(_own_lines(shape, range(span.first, span.end), notes))
        else:
            items.append(_item(shape, span, offered, notes))
    return WaitingPage(
        items=tuple(items), stray=tuple(_trimmed(stray)), rev=read_rev(text), shows=read_shows(text)
    )


def boxes_on_page(text: str, offered: Offered) -> tuple[loose.Offered, ...]:
    """The boxes of the page that *text* is, as they are shown, with their lines."""
    shape = outline(text, 0)
    return tuple(
        loose.Offered(item.line, shown_label(label, len(span.ids)), item.ticked)
        for span in _spans(shape)
        for item, label, _ in _boxes(
            [block for block in shape.blocks if span.first <= block.first < span.end],
            _labels(span, offered),
            several=len(span.ids) > 1,
        )
    )


def labels_on_page(text: str, offered: Offered) -> Mapping[str, tuple[str, ...]]:
    """What is offered under each heading of the page that *text* is, whether or not it has the boxes."""
    spans = (span for span in _spans(outline(text, 0)) if span.heading is not None)
    return {
        heading_text(span.heading): tuple(
            shown_label(label, len(span.ids)) for label in _labels(span, offered)
        )
        for span in spans
        if span.heading is not None
    }


def _labels(span: _Span, offered: Offered) -> tuple[str, ...]:
    if span.heading is None:
        return ()
    if span.section == GONE:
        return (SEEN,)
    return offered(span.ids, _qualifier(" ".join(span.heading.text.split())))


def read_rev(text: str) -> str | None:
    """Which page *text* began as; None where nothing says so."""
    found = _REV.findall(text)
    return found[-1] if found else None


def read_shows(text: str) -> tuple[str, ...]:
    """What *text* says that it shows; nothing where it does not say."""
    found = _SHOWS.findall(text)
    return tuple(found[-1].split()) if found else ()


def _spans(shape: Outline) -> Iterator[_Span]:
    """The page cut at the daemon's own headings; any other heading is part of what a person wrote."""
    section, first, heading, ids = "", shape.body, None, ()  # type: str, int, Block | None, tuple[str, ...]
    for place, block in enumerate(shape.blocks):
        if block.kind is not BlockKind.HEADING:
            continue
        below = shape.blocks[place + 1] if place + 1 < len(shape.blocks) else None
        named = _ids_in(shape, below) if block.level == 3 else ()
        title = heading_text(block)
        is_section = block.level == 2 and _SECTION.fullmatch(title)
        is_title = block.level == 1 and title == TITLE.removeprefix("# ")
        if not (named or is_section or is_title):
            continue
        yield _Span(section=section, first=first, end=block.first, heading=heading, ids=ids)
        section = title if is_section else section
        first, heading, ids = block.end, block if named else None, named
    yield _Span(section=section, first=first, end=len(shape.lines), heading=heading, ids=ids)


def _ids_in(shape: Outline, block: Block | None) -> tuple[str, ...]:
    if block is None or block.kind is not BlockKind.PARAGRAPH:
        return ()
    found = _IDS.match(shape.lines[block.first].strip())
    return tuple(found[0].strip("`").split("` `")) if found else ()


def _item(shape: Outline, span: _Span, offered: Offered, notes: frozenset[int]) -> PageItem:
    heading = " ".join(span.heading.text.split()) if span.heading else ""
    blocks = [block for block in shape.blocks if span.first <= block.first < span.end]
    meta = blocks[0]
    quote = blocks[1] if len(blocks) > 1 and blocks[1].kind is BlockKind.QUOTE else None
    quoted = _quoted_lines(shape, quote)
    qualifier = _qualifier(heading)
    found = list(_boxes(blocks, _labels(span, offered), several=len(span.ids) > 1))
    boxes = [(item, _box(shape, item, label, said)) for item, label, said in found]
    left_out = {meta.first, *quoted, *notes}
    for item, _ in boxes:
        left_out.update(range(item.block.first, own_end(shape.lines, item)))
    middle = boxes[0][0].block.first if boxes else span.end
    after = [line for line in range(middle, span.end) if line not in left_out]
    before = [line for line in range(span.first, middle) if line not in left_out]
    remarks = shape.lines[meta.first].strip().partition("` · ")[2]
    return PageItem(
        section=span.section,
        heading=heading,
        ids=span.ids,
        qualifier=qualifier,
        remarks=remarks,
        words=tuple(_QUOTED.sub("", shape.lines[line]).rstrip() for line in quoted),
        boxes=tuple(box for _, box in boxes),
        above=tuple(_trimmed(_own_lines(shape, before, notes))),
        below=tuple(_trimmed(_own_lines(shape, after, notes))),
    )


def _qualifier(heading: str) -> str:
    found = _HEADING.fullmatch(heading)
    said = unescaped(found["qualifier"]) if found and found["qualifier"] else ""
    return "" if _SEVERAL.fullmatch(said) else said


def _quoted_lines(shape: Outline, quote: Block | None) -> range:
    """The marked lines of the daemon's quote: what is typed directly below them is a person's."""
    if quote is None:
        return range(0)
    end = quote.first
    while end < quote.end and _QUOTED.match(shape.lines[end]):
        end += 1
    return range(quote.first, end)


def _boxes(
    blocks: Sequence[Block], labels: tuple[str, ...], *, several: bool
) -> Iterator[tuple[TaskItem, str, str]]:
    """The boxes that were offered, each label once, with what is written behind them."""
    seen: set[str] = set()
    for item in task_items(blocks):
        text = _ALL.sub("", item.text, count=1) if several else item.text
        found = match_label(text, labels)
        if found and found[0] not in seen:
            seen.add(found[0])
            yield item, found[0], " ".join(filter(None, (found[1], item.reason_below)))


def _box(shape: Outline, item: TaskItem, label: str, said: str) -> PageBox:
    below = range(item.block.text_end, own_end(shape.lines, item))
    notes = [found["message"] for line in below if (found := NOTE.match(shape.lines[line]))]
    return PageBox(label=label, ticked=item.ticked, said=said, note=notes[-1] if notes else "")


def _own_lines(shape: Outline, lines: Sequence[int], notes: frozenset[int]) -> Iterator[str]:
    """What of *lines* is a person's, without blank lines in a row."""
    last = ""
    for index in lines:
        line = shape.lines[index].rstrip("\r\n").rstrip()
        if index in notes or line in _OURS or _is_comment(line.strip()) or _is_more(line):
            continue
        if line or last:
            yield line
        last = line


def _is_comment(line: str) -> bool:
    return bool(_REV.fullmatch(line) or _SHOWS.fullmatch(line))


def _is_more(line: str) -> bool:
    count = re.search(r"\d+", line)
    return count is not None and line == more_line(int(count[0]))


def _trimmed(lines: Sequence[str] | Iterator[str]) -> list[str]:
    kept = list(lines)
    while kept and not kept[0]:
        kept.pop(0)
    while kept and not kept[-1]:
        kept.pop()
    return kept
