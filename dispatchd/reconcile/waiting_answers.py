"""An item of WAITING.md after a look at it: ticks that were done or refused taken back, answers put at their boxes."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from dispatchd.documents.offered import SEEN, SEND
from dispatchd.documents.waiting_page import PageBox, PageItem
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.places import item_place


def answered(
    item: PageItem,
    before: PageItem | None,
    done: Collection[str],
    taken: Collection[str],
    refusals: Sequence[Refusal],
) -> PageItem:
    """*item* as it should stand. What was *done* takes its tick with it, and what was *taken* the words written for
    it; what was so already, or was refused, leaves them.
    """
    told = {refusal.anchor: refusal for refusal in refusals}
    used = [
        box
        for box in item.boxes
        if item_place(item, box.label) in done and item_place(item, box.label) not in told
    ]
    boxes = tuple(
        _box(item, box, before, told, is_over=box in used, any_done=bool(used)) for box in item.boxes
    )
    # Behind a box that was done stands its reason already: other words in the item are still somebody's draft.
    sent = any(
        box.label in {SEND, SEEN} or not box.said for box in used if item_place(item, box.label) in taken
    )
    return replace(item, boxes=boxes, above=() if sent else item.above, below=() if sent else item.below)


def _box(
    item: PageItem,
    box: PageBox,
    before: PageItem | None,
    told: dict[str, Refusal],
    *,
    is_over: bool,
    any_done: bool,
) -> PageBox:
    refusal = told.get(item_place(item, box.label))
    if is_over or (any_done and box.ticked):
        return PageBox(label=box.label)
    if refusal is not None:
        return replace(box, ticked=box.ticked and not refusal.settled, note=refusal.why)
    then = before.box(box.label) if before is not None else None
    unchanged = then is not None and (then.ticked, then.said) == (box.ticked, box.said)
    return replace(box, note=box.note if unchanged and not any_done else "")
