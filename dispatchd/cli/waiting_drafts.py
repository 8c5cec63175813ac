"""Answers that somebody typed in WAITING.md and has not sent: the walk offers to send them as they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dispatchd.documents.offered import SEND
from dispatchd.documents.tree_paths import WAITING

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.waiting_items import WaitingItem


def drafts_on_page(model: "ReadModel", items: "Sequence[WaitingItem]") -> dict[str, str]:
    """What stands written on the page in the item about each id, where that can be sent."""
    from dispatchd.documents.waiting_reading import read_page

    takes_text = {each.id: item for item in items if SEND in item.labels for each in item.of}
    text = model.text_of(WAITING) if takes_text else None
    if not text:
        return {}

    def offered(ids: Sequence[str], _qualifier: str) -> tuple[str, ...]:
        return next((takes_text[each].labels for each in ids if each in takes_text), ())

    return {
        each: found.written.strip()
        for found in read_page(text, offered).items
        if not found.is_gone and found.written.strip()
        for each in found.ids
        if each in takes_text
    }
