"""Boxes: task-list items that may be verbs, and the reasons people write behind them.

A box is read as kindly as people tick: any bullet, any spacing inside the brackets, a reason behind a colon or on
a `Reason:` line below. Which boxes were offered, and what ticking one does, is left to the documents.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from dispatchd.documents.markdown_outline import Block, BlockKind
from dispatchd.documents.stamps import SignedText, read_stamp
from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.dataclass import dataclass

_MARK: Final = re.compile(r"\[[ \t\u00a0]*([xX]?)[ \t\u00a0]*\](?![(\[:])[ \t]*")
_BOX_LINE: Final = re.compile(r"^(?P<lead>[ \t]*[-*+][ \t]+)\[[ \t\u00a0]*[xX]?[ \t\u00a0]*\](?![(\[:])")
_REASON: Final = re.compile(r"^\W*reason\W*?[:：][\s*_]*", re.IGNORECASE)
_REASON_BELOW: Final = re.compile(r"\n\W*reason\W*?[:：][\s*_]*", re.IGNORECASE)
_COLON: Final = re.compile(r"\s*[:：](?:\s+|$)")
_DASH: Final = re.compile(r"\s+[-–—]+\s+")
_NOTE: Final = re.compile(r"^[ \t]*> ?dispatchd:")


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskItem:
    """A box as it stands in a file. `text` is what follows the brackets, on one line, a `Reason:` line left out."""

    block: Block
    ticked: bool
    text: str
    reason_below: str = ""

    @property
    def line(self) -> int:
        """Its line as people count."""
        return self.block.line

    @property
    def stamp(self) -> SignedText | None:
        """What the daemon noted when the box's act was done."""
        return read_stamp(self.text)


def task_item(block: Block) -> TaskItem | None:
    """The box that *block* is; None where it is none."""
    if block.kind is not BlockKind.ITEM or block.ordered:
        return None
    mark = _MARK.match(block.text)
    if mark is None:
        return None
    said = block.text[mark.end() :]
    below = _REASON_BELOW.search(said)
    text = " ".join((said[: below.start()] if below else said).split())
    reason = said[below.end() :] if below else _tail_reason(text, block.tail)
    return TaskItem(block=block, ticked=bool(mark[1]), text=text, reason_below=" ".join(reason.split()))


def _tail_reason(text: str, tail: str) -> str:
    found = _REASON.match(tail)
    if found:
        return tail[found.end() :]
    return tail if text.endswith((":", "：")) else ""


def task_items(blocks: Iterable[Block]) -> tuple[TaskItem, ...]:
    """The boxes among *blocks*, in order."""
    return tuple(item for item in map(task_item, blocks) if item)


def reason_line(block: Block) -> str | None:
    """The reason in a paragraph that begins with `Reason:`; None where *block* is no such paragraph."""
    found = _REASON.match(block.text) if block.kind is BlockKind.PARAGRAPH else None
    return " ".join(block.text[found.end() :].split()) if found else None


def fold(text: str) -> str:
    """*text* as labels are compared: case, emphasis and spaces forgiven."""
    return " ".join(text.replace("*", " ").replace("`", " ").split()).strip("_ ").casefold()


def match_label(text: str, labels: Sequence[str]) -> tuple[str, str] | None:
    """Which of *labels* a box's *text* begins with, and the reason behind its colon."""
    whole = fold(text).rstrip(":： ")
    for label in sorted(labels, key=len, reverse=True):
        if whole == _bare(label):
            return label, ""
    for label in sorted(labels, key=len, reverse=True):
        for separator in (_COLON, _DASH):
            for found in separator.finditer(text):
                if fold(text[: found.start()]) == _bare(label):
                    return label, text[found.end() :].strip()
    return None


def _bare(label: str) -> str:
    return fold(label).rstrip(":： ")


def split_label(text: str) -> tuple[str, str]:
    """A box's *text* parted at its first colon, where nobody knows what was offered."""
    found = _COLON.search(text)
    return (text[: found.start()].strip(), text[found.end() :].strip()) if found else (text.strip(), "")


def box(label: str, *, ticked: bool = False, bullet: str = "-") -> str:
    """The line of a box."""
    return f"{bullet} [{'x' if ticked else ' '}] {label}".rstrip()


def bullet_of(lines: Sequence[str], block: Block) -> str:
    """The bullet that *block* is written with, so that what joins its list stays in it."""
    return lines[block.first].lstrip(" \t")[:1]


def set_mark(line: str, *, ticked: bool) -> str:
    """*line* with its box ticked or not; a line without a box as it is."""
    return _BOX_LINE.sub(lambda found: f"{found['lead']}[{'x' if ticked else ' '}]", line, count=1)


def set_box(text: str, line: int, *, ticked: bool) -> str:
    """*text* with the box on *line* (counted from one) ticked or not."""
    lines = split_lines(text)
    if 0 < line <= len(lines):
        lines[line - 1] = set_mark(lines[line - 1], ticked=ticked)
    return "".join(lines)


def untick(text: str, line: int) -> str:
    """*text* with the tick on *line* (counted from one) taken back; a reason on the line stays."""
    return set_box(text, line, ticked=False)


def own_end(lines: Sequence[str], item: TaskItem) -> int:
    """The line after what a box itself takes: its text and the daemon's notes below it."""
    end = item.block.text_end
    while end < item.block.end and (_NOTE.match(lines[end]) or not lines[end].strip()):
        end += 1
    while end > item.block.text_end and not lines[end - 1].strip():
        end -= 1
    return end
