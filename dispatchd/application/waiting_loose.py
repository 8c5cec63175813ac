"""Ticks on WAITING.md that are not written as they were offered: as in any file, told from what the page began as."""

from collections.abc import Collection, Sequence

from dispatchd.application.loose_saves import why_unclear
from dispatchd.documents.loose_ticks import LooseTick, loose_ticks, offers_by_heading, offers_of, straightened
from dispatchd.documents.waiting_page import PageItem, shown_label
from dispatchd.documents.waiting_reading import Offered, boxes_on_page, labels_on_page
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.places import item_place


def straight_page(text: str, before: str, offered: Offered) -> tuple[str, tuple[LooseTick, ...]]:
    """The page *text* with its altered boxes in their usual form, and its unclear ticks.

    It began as *before*; where that is the same, it is looked at again, and what is offered tells the boxes.
    """
    if text == before:
        known = offers_by_heading(labels_on_page(text, offered))
    else:
        known = offers_of(before, 0, boxes_on_page(before, offered))
    ticks = loose_ticks(text, 0, offers_of(text, 0, boxes_on_page(text, offered)), known)
    return straightened(text, ticks), tuple(tick for tick in ticks if tick.is_slip or not tick.is_clear)


def unclear_in(
    item: PageItem, ticks: Sequence[LooseTick], held: Collection[str], *, is_new: bool
) -> tuple[Refusal, ...]:
    """What is said about the *ticks* that stand in *item*; of those looked at before, only where it is *held*."""
    labels = {shown_label(box.label, len(item.ids)): box.label for box in item.boxes}
    return tuple(
        Refusal(
            anchor=item_place(item, labels[tick.label]),
            why=why_unclear(tick),
            attempted=tick.label.rstrip(":"),
            settled=False,
        )
        for tick in ticks
        if tick.heading == item.plain_heading and tick.label in labels
        if is_new or item_place(item, labels[tick.label]) in held
    )
