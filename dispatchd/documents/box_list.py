"""Putting a list of boxes right, so that lines which already say it stay byte for byte."""

from collections.abc import Iterator, Sequence

from dispatchd.documents.body_edit import LineEdit, insertion, removal
from dispatchd.documents.boxes import TaskItem, box, bullet_of, own_end
from dispatchd.documents.markdown_outline import Outline
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxLine:
    """A box that should stand. `kept` is the item that says it already and stays as a person left it."""

    text: str
    ticked: bool = False
    kept: TaskItem | None = None


def box_edits(
    shape: Outline, present: Sequence[TaskItem], wanted: Sequence[BoxLine], *, at: int, joins: bool = False
) -> Iterator[LineEdit]:
    """What makes the daemon's boxes *present* the *wanted* ones.

    Boxes that are all there may stand in any order. Where there are none yet, they come before the line *at*, as a
    list of their own unless they join the one that ends there.
    """
    if len(present) == len(wanted) and all(line.kept for line in wanted):
        return
    bullet = bullet_of(shape.lines, present[0].block) if present else "-"
    lines = tuple(text for line in wanted for text in _lines(shape, line, bullet))
    if present:
        first, *others = present
        if lines:
            yield LineEdit(
                first=first.block.first, end=own_end(shape.lines, first), lines=lines, apart_below=True
            )
        else:
            others = list(present)
        for item in others:
            yield removal(item.block.first, own_end(shape.lines, item))
    elif lines and joins:
        yield LineEdit(first=at, end=at, lines=lines, apart_below=True)
    elif lines:
        yield insertion(at, lines)


def _lines(shape: Outline, line: BoxLine, bullet: str) -> Iterator[str]:
    if line.kept is None:
        yield box(line.text, ticked=line.ticked, bullet=bullet)
        return
    for text in shape.lines[line.kept.block.first : own_end(shape.lines, line.kept)]:
        yield text.rstrip("\r\n")
