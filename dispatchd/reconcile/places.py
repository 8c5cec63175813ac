"""How a place in a document is written down between looking at an edit and answering it there."""

import re
from typing import Final

from dispatchd.documents.annotations import Anchor, KeyAnchor, LineAnchor, TopAnchor, anchor_at
from dispatchd.documents.boxes import set_mark
from dispatchd.documents.markdown_outline import Outline
from dispatchd.documents.waiting_page import PageItem

KEY: Final = "key:"
FILE: Final = "file"
ITEM: Final = "item:"
ITEM_PARTS: Final = "\x1f"
"""A box of an item of WAITING.md: what the item is about, its qualifier, the box's label."""
_LINE: Final = re.compile(r"line:(\d+):(.*)", re.DOTALL)


def key_place(key: str) -> str:
    """The line of a front-matter key."""
    return KEY + key


def line_place(shape: Outline, line: int) -> str:
    """The line *line* of a file, counted from one, by its text and by which of equal lines it is."""
    if not 0 < line <= len(shape.lines) or not shape.lines[line - 1].strip():
        return FILE
    anchor = anchor_at(shape, line)
    return f"line:{anchor.occurrence}:{anchor.line}"


def item_place(item: PageItem, label: str = "") -> str:
    """A box of an item of WAITING.md, the item itself without a label."""
    return ITEM + ITEM_PARTS.join((item.ids[0], item.qualifier, label))


def anchor_of(place: str) -> Anchor:
    """Where an annotation for *place* goes."""
    if place.startswith(KEY):
        return KeyAnchor(key=place.removeprefix(KEY))
    found = _LINE.fullmatch(place)
    return LineAnchor(line=found[2], occurrence=int(found[1])) if found else TopAnchor()


def line_text(place: str) -> str | None:
    """The text of the body's line that *place* names; None where it names none."""
    found = _LINE.fullmatch(place)
    return found[2] if found else None


def is_box(place: str) -> bool:
    """Whether *place* is a line with a box."""
    line = line_text(place)
    return line is not None and set_mark(line, ticked=True) != set_mark(line, ticked=False)


def untick_at(text: str, body_at: int, place: str) -> str:
    """*text* without the tick on the line that *place* names; a reason written there stays."""
    found = _LINE.fullmatch(place)
    if found is None:
        return text
    wanted, left = _unticked(found[2]), int(found[1])
    lines = text[body_at:].split("\n")
    for number, line in enumerate(lines):
        if _unticked(line) != wanted:
            continue
        if left == 0:
            lines[number] = set_mark(line, ticked=False)
            return text[:body_at] + "\n".join(lines)
        left -= 1
    return text


def is_same_line(one: str, other: str) -> bool:
    """Whether two lines say the same, ticks and outer spaces left out of account."""
    return _unticked(one) == _unticked(other)


def _unticked(line: str) -> str:
    return " ".join(set_mark(line, ticked=False).split())
