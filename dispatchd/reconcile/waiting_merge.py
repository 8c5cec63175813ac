"""The page as it should now be: what waits, with everything that people ticked and wrote since left where it was.

What somebody did in an item that has gone meanwhile is told in a section of its own, until they have seen it.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.documents.waiting_page import PageBox, PageItem, WaitingPage, gone_item

MOST_ITEMS: Final = 40
"""Items of a section, so that the page stays one; what somebody has touched is shown in any case."""


def levelled(page: WaitingPage, waiting: Sequence[PageItem], most: int = MOST_ITEMS) -> WaitingPage:
    """*page*, which is as its person left it, with what is *waiting* now."""
    left = {item: None for item in page.items if not item.is_gone}
    known = {(item.qualifier.casefold(), each): item for item in reversed(left) for each in item.ids}
    shown: list[PageItem] = []
    there, more = Counter[str](), Counter[str]()
    for item in waiting:
        found = (known.get((item.qualifier.casefold(), each)) for each in item.ids)
        mine = next((each for each in found if each in left), None)
        if mine is not None:
            del left[mine]
        if there[item.section] < most or (mine is not None and mine.is_touched):
            there[item.section] += 1
            shown.append(_with_what_is_written(item, mine))
        else:
            more[item.section] += 1
    told = [_gone(item) for item in left if item.is_touched]
    gone = [item for item in page.items if item.is_gone]
    return replace(page, items=(*shown, *told, *gone), more=more)


def merged(base: WaitingPage, ours: WaitingPage, theirs: WaitingPage) -> WaitingPage:
    """*theirs*, a save of a buffer that began as *base*, with what somebody wrote on the page (*ours*) meanwhile.

    What the buffer had at its last save is no news: it counts as it stands on the page now, or not at all.
    """
    items = [_merged_item(base.same_item(item), ours.same_item(item), item) for item in theirs.items]
    unseen = [
        item
        for item in ours.items
        if (item.is_gone or item.is_touched) and theirs.same_item(item) is None
        if base.same_item(item) != item
    ]
    stray = ours.stray if theirs.stray == base.stray else theirs.stray
    return replace(theirs, items=(*items, *unseen), stray=stray)


def _merged_item(base: PageItem | None, ours: PageItem | None, theirs: PageItem) -> PageItem:
    if base is None:
        return theirs
    ours = ours or replace(theirs, boxes=(), above=(), below=())
    boxes = tuple(
        (ours.box(box.label) or PageBox(label=box.label)) if box == base.box(box.label) else box
        for box in theirs.boxes
    )
    above, below = (
        _merged_lines(*lines)
        for lines in ((base.above, ours.above, theirs.above), (base.below, ours.below, theirs.below))
    )
    return replace(theirs, boxes=boxes, above=above, below=below)


def _merged_lines(base: tuple[str, ...], ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    """What was sent meanwhile goes from *theirs*, what was written meanwhile comes to it."""
    if theirs == base:
        return ours
    kept = [line for line in theirs if not line or line not in base or line in ours]
    fresh = [line for line in ours if line and line not in base and line not in theirs]
    lines = [*kept, *fresh]
    return tuple(line for at, line in enumerate(lines) if line or (0 < at < len(lines) - 1 and lines[at - 1]))


def page_as_written(page: WaitingPage, base: WaitingPage) -> WaitingPage:
    """*page*, which began as *base*, with what was typed into the daemon's own lines told from those lines."""
    items = (as_written(item, before) if (before := base.same_item(item)) else item for item in page.items)
    return replace(page, items=tuple(items))


def as_written(item: PageItem, before: PageItem) -> PageItem:
    """*item* with what somebody typed into the daemon's own lines, which were as *before*, told from those lines."""
    item = _without_words(item, before.words)
    said = [
        *_typed_into((item.remarks,), (before.remarks,)),
        *_typed_into(item.words, before.words),
    ]
    if not said:
        return item
    above = (*said, *([""] if item.above else []), *item.above)
    return replace(item, remarks=before.remarks, words=before.words, above=above)


def _typed_into(lines: Sequence[str], ours: Sequence[str]) -> list[str]:
    """What stands in *lines* beside *ours*; nothing where ours are not all there, as after a formatter."""
    said: list[str] = []
    left = [line for line in ours if line not in lines]
    for line in lines:
        if line in ours:
            continue
        begun = next((each for each in left if each and line.startswith(each)), "")
        if begun:
            left.remove(begun)
        said.append(line.removeprefix(begun).strip())
    return [] if left else [line for line in said if line]


def _without_words(item: PageItem, words: Sequence[str]) -> PageItem:
    """*item* where somebody typed above the daemon's quote, so that it read as theirs: *words* are not."""
    quoted = [f"> {line}".rstrip() for line in words]
    lines = list(item.above)
    starts = (at for at in range(len(lines)) if quoted and lines[at : at + len(quoted)] == quoted)
    at = next(starts, None)
    if item.words or at is None:
        return item
    rest = [*lines[:at], *lines[at + len(quoted) :]]
    kept = [line for number, line in enumerate(rest) if line or (number and rest[number - 1])]
    while kept and not kept[-1]:
        kept.pop()
    return replace(item, words=tuple(words), above=tuple(kept))


def _with_what_is_written(item: PageItem, mine: PageItem | None) -> PageItem:
    if mine is None:
        return item
    boxes = tuple(replace(mine.box(box.label) or box, label=box.label) for box in item.boxes)
    return replace(item, boxes=boxes, above=mine.above, below=mine.below)


def _gone(item: PageItem) -> PageItem:
    told = [line for box in item.boxes for line in _told(box)]
    if item.written:
        told.append("This no longer waits for an answer. What you wrote was not sent; it stands here.")
    return gone_item(item, told)


def _told(box: PageBox) -> Iterator[str]:
    said = f"{box.label.rstrip(':')}: {box.said}" if box.said else box.label.rstrip(":")
    if box.note:
        yield f"“{said}” was not done: {box.note}"
    elif box.ticked or box.said:
        yield f"“{said}” was not done: it no longer waits for an answer."
