"""The parts of a thread's file, line by line: the turns above, the place to write below.

A turn is a line that says who and when, with a quote under it. All text below the last turn is what somebody writes
as an answer, above or below the boxes; a box that was not offered is part of that text.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from dispatchd.documents.annotations import note_lines
from dispatchd.documents.boxes import TaskItem, match_label, own_end, task_item, task_items
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, heading_text, plain_title
from dispatchd.documents.offered import SEEN, SEND
from dispatchd.documents.stamps import read_turn_header
from dispatchd.domain.dataclass import dataclass

ANSWER_HEADING: Final = "Your answer"
MORE_HEADING: Final = "Write more"
"""What the place to write is called where a person began: nobody asked them anything."""
UNSENT_HEADING: Final = "Not sent"
"""What it is called once the thread is over: what is left in it was said to nobody."""
_HEADINGS: Final = frozenset(each.casefold() for each in (ANSWER_HEADING, MORE_HEADING, UNSENT_HEADING))
_QUOTED: Final = re.compile(r"^ {0,3}> ?")


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnText:
    """Something said, as it stands: `first` is its header's line, `quote` where its words begin."""

    name: str
    at: datetime
    text: str
    first: int
    quote: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedBox:
    """A box the daemon offered. `said` is what follows a colon."""

    item: TaskItem
    label: str
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadText:
    """Where the parts stand."""

    title: Block | None
    turns: tuple[TurnText, ...]
    heading: Block | None
    start: int
    """The line after the last turn (or after the title, or the body's first): text from here on is an answer."""
    boxes: tuple[OfferedBox, ...]
    text_lines: tuple[int, ...]
    """The lines of the answer, blank ones included."""


def read_parts(shape: Outline, options: Sequence[str] | None) -> ThreadText:
    """The parts of a thread, of which *options* were offered; with None every box counts as offered."""
    notes = set(note_lines(shape))
    first = next((block for block in shape.blocks if block.first not in notes), None)
    title = first if first is not None and _is_title(first) else None
    turns = tuple(_turns(shape))
    start = turns[-1].end if turns else title.end if title else shape.body
    headings = (block for block in shape.headings(2) if plain_title(heading_text(block)) in _HEADINGS)
    heading = next((block for block in headings if block.first >= start), None)
    boxes = tuple(offered_boxes(shape, start, options))
    left_out = set(notes)
    if heading:
        left_out.update(range(heading.first, heading.end))
    for box in boxes:
        left_out.update(range(box.item.block.first, own_end(shape.lines, box.item)))
    lines = (index for index in range(start, len(shape.lines)) if index not in left_out)
    return ThreadText(
        title=title, turns=turns, heading=heading, start=start, boxes=boxes, text_lines=tuple(lines)
    )


def _is_title(block: Block) -> bool:
    return block.kind is BlockKind.HEADING and block.level == 1


def _turns(shape: Outline) -> Iterator[TurnText]:
    notes = frozenset(note_lines(shape))
    blocks = [
        block for block in shape.blocks if block.kind is not BlockKind.QUOTE or block.first not in notes
    ]
    for place, block in enumerate(blocks):
        header = read_turn_header(block.text) if block.kind is BlockKind.PARAGRAPH else None
        if header is None:
            continue
        below = blocks[place + 1] if place + 1 < len(blocks) else None
        quote = below if below and below.kind is BlockKind.QUOTE else None
        end = _quote_end(shape, quote) if quote else block.end
        words = [_QUOTED.sub("", line).rstrip() for line in shape.lines[quote.first : end]] if quote else []
        yield TurnText(
            name=header.name,
            at=header.at,
            text="\n".join(words).strip("\n"),
            first=block.first,
            quote=quote.first if quote else block.end,
            end=end,
        )


def _quote_end(shape: Outline, quote: Block) -> int:
    """The line after the quote's marked lines: text typed directly below them is no part of what was said."""
    end = quote.first
    while end < quote.end and _QUOTED.match(shape.lines[end]):
        end += 1
    return end


def offered_boxes(shape: Outline, start: int, options: Sequence[str] | None) -> Iterator[OfferedBox]:
    """The boxes from the line *start* on that were offered, each label once.

    Where *options* is None they are those of the daemon's own list: the one that ends with *Send*, or the first.
    """
    below = [block for block in shape.blocks if block.first >= start]
    items = task_items(below if options is not None else _own_list(below))
    seen: set[str] = set()
    for item in items:
        match = match_label(item.text, (*(options or ()), SEND, SEEN))
        if match is None and options is None and item.text:
            match = (item.text, "")
        if match and match[0] not in seen:
            seen.add(match[0])
            said = " ".join(word for word in (match[1], item.reason_below) if word)
            yield OfferedBox(item=item, label=match[0], said=said)


def _own_list(blocks: Sequence[Block]) -> Sequence[Block]:
    """The run of items that ends with *Send*, as far as it goes; without one, the first run that has boxes."""
    runs: list[list[Block]] = [[]]
    for block in blocks:
        if task_item(block):
            runs[-1].append(block)
        elif runs[-1]:
            runs.append([])
    for run in runs:
        sends = [place for place, block in enumerate(run) if _is_send(block)]
        if sends:
            return run[: sends[0] + 1]
    return runs[0]


def _is_send(block: Block) -> bool:
    item = task_item(block)
    return item is not None and match_label(item.text, (SEND,)) is not None


def answer_text(shape: Outline, parts: ThreadText) -> str:
    """What is written as an answer, without the boxes."""
    lines = [shape.lines[index].rstrip("\r\n").rstrip() for index in parts.text_lines]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    collapsed = (line for place, line in enumerate(lines) if line or lines[place - 1])
    return "\n".join(collapsed)
