"""WAITING.md: everything that waits for people, each with the boxes that its own file has.

The page is composed of items and of what people wrote between them, and reads back into the same (`waiting_reading`).
It holds nothing that changes by itself. Which items there are, and in which order, the caller has decided; what a tick
means, reconciliation.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from itertools import groupby
from typing import Final

from dispatchd.documents.digest import revision
from dispatchd.documents.markdown_outline import heading_words
from dispatchd.documents.offered import SEEN, SEND
from dispatchd.documents.stamps import plain
from dispatchd.domain.dataclass import dataclass

TITLE: Final = "# Waiting for you"
INTRO: Final = (
    "Tick a box and save: it counts as in the file itself. A reason goes behind the colon; "
    f"what you write in an item is sent by `{SEND}`."
)
MENDING: Final = "Mend each in its file and save: what is right again goes from here by itself."
LESSON: Final = (
    "Nothing waits for you. Questions, gates and votes come here with their boxes: tick one, save, and it is done.",
    "[STATUS.md](STATUS.md) says what runs and what is next; [README.md](README.md) shows the four things to do here.",
)
BRAKE: Final = "Brake"
"""The section of the box that pauses all work; it is always there and waits for nobody."""
GONE: Final = "No longer waiting"
"""The section of what was ticked or written in an item that had gone meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBox:
    """A box. `said` is what its person wrote behind it, `note` the daemon's answer below it."""

    label: str
    ticked: bool = False
    said: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageItem:
    """One thing that waits, or several of one kind. `heading` and `remarks` are Markdown, on one line each.

    `ids` are what it is about; with `qualifier` (a gate's stage, a voter) they tell it from all others. `words` is what
    is quoted below, `above` and `below` what a person wrote around the boxes.
    """

    section: str
    heading: str
    ids: tuple[str, ...]
    qualifier: str = ""
    remarks: str = ""
    words: tuple[str, ...] = ()
    boxes: tuple[PageBox, ...] = ()
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()

    @property
    def is_gone(self) -> bool:
        """Whether it only tells what became of what somebody did in it."""
        return self.section == GONE

    @property
    def plain_heading(self) -> str:
        """Its heading as headings are compared."""
        return heading_words(self.heading).casefold()

    @property
    def written(self) -> str:
        """What a person wrote in it beside the boxes."""
        return "\n".join([*self.above, *([""] if self.above and self.below else []), *self.below])

    @property
    def is_touched(self) -> bool:
        """Whether somebody has ticked or written in it, or is answered in it."""
        said = any(box.ticked or box.said or box.note for box in self.boxes)
        return said or bool(self.written)

    def box(self, label: str) -> PageBox | None:
        """The box with that label."""
        return next((box for box in self.boxes if box.label == label), None)

    def is_about(self, other: "PageItem") -> bool:
        """Whether both are about the same thing: of several of one kind, some."""
        return self.qualifier.casefold() == other.qualifier.casefold() and not set(self.ids).isdisjoint(
            other.ids
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """The whole page. `stray` are lines that a person wrote in no item; `more` items of a section are not shown."""

    items: tuple[PageItem, ...] = ()
    stray: tuple[str, ...] = ()
    more: Mapping[str, int] = field(default_factory=dict)
    rev: str | None = field(default=None, compare=False)
    """Of a page that was read: which one it began as."""
    shows: tuple[str, ...] = field(default=(), compare=False)
    """What tells the things it shows, as they were when it was written, from the same things later."""

    def same_item(self, item: PageItem) -> PageItem | None:
        """The item here that is about the same as *item*."""
        return next(
            (each for each in self.items if each.is_gone == item.is_gone and each.is_about(item)), None
        )


def compose_page(page: WaitingPage) -> str:
    """The text of WAITING.md, what it `shows` and its `rev` in comments at the end."""
    shown = (f"<!-- shows: {' '.join(page.shows)} -->",) if page.shows else ()
    text = "\n\n".join((*_blocks(page), *shown))
    return f"{text}\n\n<!-- rev: {revision(text.encode())} -->\n"


def more_line(count: int) -> str:
    """What stands for items that are not shown."""
    return f"And {count} more, shown when these are done: `dispatchd waiting`"


def shown_label(label: str, count: int) -> str:
    """A box's label in an item of *count* things of one kind: `Allow all 14`."""
    if count < 2 or label == SEND:
        return label
    return f"{label.rstrip(':')} all {count}{':' if label.endswith(':') else ''}"


def _blocks(page: WaitingPage) -> Iterator[str]:
    yield TITLE
    waiting = [item for item in page.items if item.section != BRAKE]
    if waiting:
        yield INTRO if any(item.boxes for item in waiting) else MENDING
    else:
        yield "\n".join(LESSON)
    if page.stray:
        yield "\n".join(page.stray)
    for section, items in groupby(page.items, key=lambda item: item.section):
        yield f"## {section}"
        for item in items:
            yield from _item(item)
        if page.more.get(section):
            yield more_line(page.more[section])


def _item(item: PageItem) -> Iterator[str]:
    yield f"### {item.heading}"
    yield " · ".join(filter(None, (" ".join(f"`{each}`" for each in item.ids), item.remarks)))
    if item.words:
        yield "\n".join(f"> {line}".rstrip() for line in item.words)
    if item.above:
        yield "\n".join(item.above)
    if item.boxes:
        yield "\n".join(line for box in item.boxes for line in _box(box, len(item.ids)))
    if item.below:
        yield "\n".join(item.below)


def _box(box: PageBox, count: int) -> Iterator[str]:
    label = shown_label(box.label, count)
    said = f"{label.rstrip(':')}: {box.said}" if box.said else label
    yield f"- [{'x' if box.ticked else ' '}] {said}"
    if box.note:
        yield f"  > dispatchd: {plain(box.note)}"


def gone_item(item: PageItem, why: Sequence[str], at_boxes: Iterable[str] = ()) -> PageItem:
    """What is left of *item* once it no longer waits: what was done in it, and what became of that."""
    words = (*why, *at_boxes)
    return PageItem(
        section=GONE,
        heading=item.heading,
        ids=item.ids,
        qualifier=item.qualifier,
        words=words,
        above=item.above,
        below=item.below,
        boxes=(PageBox(label=SEEN),),
    )
