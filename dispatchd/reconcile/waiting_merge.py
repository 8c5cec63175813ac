"""The page as it should now be: what waits, with everything that people ticked and wrote since left where it was.

What somebody did in an item that has gone meanwhile is told in a section of its own, until they have seen it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.documents.waiting_page import PageBox, PageItem, WaitingPage, gone_item

MOST_ITEMS: Final = 100
"""Items on the page, so that it stays a page; what somebody has touched is shown in any case."""


def levelled(page: WaitingPage, waiting: Sequence[PageItem], most: int = MOST_ITEMS) -> WaitingPage:
    """*page*, which is as its person left it, with what is *waiting* now."""
    left = [item for item in page.items if not item.is_gone]
    shown: list[PageItem] = []
    for number, item in enumerate(waiting):
        mine = next((each for each in left if each.is_about(item)), None)
        if mine is not None:
            left.remove(mine)
        if number < most or (mine is not None and mine.is_touched):
            shown.append(_with_what_is_written(item, mine))
    told = [_gone(item) for item in left if item.is_touched]
    gone = [item for item in page.items if item.is_gone]
    return replace(page, items=(*shown, *told, *gone), more=len(waiting) - len(shown))


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
