"""An outline made an epic: its headings, or the items of its outermost list, become stages, what is under them their list.

Headings keep their order and depth below their stage; boxes of a to-do list become plain items, ticked ones struck.
What stands before the first stage is what the epic is about. A text that has stages already stays as it is.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from textwrap import dedent
from typing import Final

from dispatchd.documents.epic_document import SCHEMA
from dispatchd.documents.front_matter import read_front_matter
from dispatchd.documents.gate_line import is_gate_line
from dispatchd.documents.markdown_outline import Block, BlockKind, Outline, heading_text, outline
from dispatchd.domain.dataclass import dataclass

STAGES: Final = "Stages"
ONLY_STAGE: Final = "Work"
"""The stage of an outline that is one plain list."""
_DEEPEST: Final = 6
_BOX: Final = re.compile(r"^(?P<lead>(?:[-*+]|\d{1,9}[.)])[ \t]+)\[(?P<mark>[ xX])\][ \t]+(?P<text>.*)$")
_ITEM: Final = re.compile(r"^(?:[-*+]|\d{1,9}[.)])[ \t]+")
_NESTED: Final = re.compile(r"^[ \t]+(?:[-*+]|\d{1,9}[.)])[ \t]+", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlinedEpic:
    """What an outline says: `title` is empty where it has none; `body` is all that stands below the facts."""

    title: str
    body: str


def epic_of(text: str) -> OutlinedEpic:
    """The epic that the outline *text* describes."""
    front = read_front_matter(text, SCHEMA)
    shape = outline(text, 0 if front.parked else front.layout.body_at)
    written = front.value("title") if not front.parked else None
    heading = _title_heading(shape)
    title = written if isinstance(written, str) and written else heading_text(heading) if heading else ""
    start = heading.end if heading else shape.body
    if shape.section(STAGES) is not None:
        return OutlinedEpic(title=title, body=_between(shape, start, len(shape.lines)))
    parts = [part for part in _parts(shape, start) if part]
    return OutlinedEpic(title=title, body="\n\n".join(parts))


def _title_heading(shape: Outline) -> Block | None:
    """The first heading, where it is the only one of the first level."""
    first = next((block for block in shape.blocks if block.kind is BlockKind.HEADING), None)
    tops = list(shape.headings(1))
    return first if first is not None and tops == [first] else None


def _parts(shape: Outline, start: int) -> Iterator[str]:
    headings = [block for block in shape.blocks if block.kind is BlockKind.HEADING and block.first >= start]
    if headings:
        yield from _by_headings(shape, start, headings)
        return
    items = [block for block in shape.blocks if block.kind is BlockKind.ITEM and block.first >= start]
    yield _between(shape, start, items[0].first if items else len(shape.lines))
    if not items:
        return
    yield f"## {STAGES}"
    if any(_NESTED.search(_under(shape, item)) for item in items):
        for item in items:
            yield f"### {_words(shape.lines[item.first])}"
            yield _as_list(dedent(_under(shape, item)).strip("\n").split("\n"))
    else:
        yield f"### {ONLY_STAGE}"
        yield _as_list(_between(shape, items[0].first, len(shape.lines)).split("\n"))


def _by_headings(shape: Outline, start: int, headings: Sequence[Block]) -> Iterator[str]:
    top = min(block.level for block in headings)
    stages = [block for block in headings if block.level == top]
    yield _between(shape, start, stages[0].first)
    yield f"## {STAGES}"
    for place, stage in enumerate(stages):
        end = stages[place + 1].first if place + 1 < len(stages) else len(shape.lines)
        yield f"### {heading_text(stage)}"
        yield _as_list(_with_lower_headings(shape, stage.end, end, headings, top))


def _with_lower_headings(
    shape: Outline, start: int, end: int, headings: Iterable[Block], top: int
) -> list[str]:
    inside = {block.first: block for block in headings if start <= block.first < end}
    lines: list[str] = []
    at = start
    while at < end:
        block = inside.get(at)
        if block is None:
            lines.append(shape.lines[at].rstrip("\r\n"))
            at += 1
        else:
            lines.append(f"{'#' * min(3 + block.level - top, _DEEPEST)} {heading_text(block)}")
            at = block.end
    return lines


def _as_list(lines: Sequence[str]) -> str:
    """*lines* with the boxes above a gate as plain items: in a list they are what is wanted."""
    plain: list[str] = []
    in_code = gate_seen = False
    for line in lines:
        in_code ^= line.lstrip().startswith(("```", "~~~"))
        gate_seen = gate_seen or is_gate_line(line)
        box = None if in_code or gate_seen else _BOX.match(line)
        plain.append(_without_box(box) if box else line)
    return "\n".join(plain).strip("\n")


def _without_box(box: re.Match[str]) -> str:
    text = box["text"].strip()
    return f"{box['lead']}{text}" if box["mark"] == " " else f"{box['lead']}~~{text}~~"


def _words(line: str) -> str:
    words = line.strip()
    box = _BOX.match(words)
    return box["text"].strip() if box else _ITEM.sub("", words).strip()


def _under(shape: Outline, item: Block) -> str:
    return "".join(shape.lines[item.first + 1 : item.end])


def _between(shape: Outline, start: int, end: int) -> str:
    return "".join(line.rstrip("\r\n") + "\n" for line in shape.lines[start:end]).strip("\n")
