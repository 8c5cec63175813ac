"""WAITING.md from what waits: how an item of the list looks on the page."""

from collections.abc import Sequence
from typing import Final

from dispatchd.application.waiting_items import WaitingItem, excerpt
from dispatchd.application.waiting_offers import is_brake
from dispatchd.documents.offered import BRAKE_ID, PAUSE_BOX
from dispatchd.documents.shown_text import escaped, link
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.waiting_page import BRAKE, PageBox, PageItem
from dispatchd.domain.identifiers import DocumentPath

_BRAKE_TO_PULL: Final = PageItem(
    section=BRAKE,
    heading="Pause all work",
    ids=(BRAKE_ID,),
    remarks="nothing starts until somebody here lets it go on",
    boxes=(PageBox(label=PAUSE_BOX),),
)


def page_items(waiting: Sequence[WaitingItem]) -> tuple[PageItem, ...]:
    """The items of the page, in their order."""
    shown = tuple(_item(each) for each in waiting)
    return shown if any(is_brake(item.ids) for item in shown) else (*shown, _BRAKE_TO_PULL)


def _item(item: WaitingItem) -> PageItem:
    several = f"{len(item.of)} of one kind" if len(item.of) > 1 else ""
    beside = escaped(item.qualifier) or several
    heading = link(item.title, DocumentPath(item.path)) if item.path else escaped(item.title)
    about = link(item.about.title, DocumentPath(item.about.path)) if item.about and item.about.path else ""
    since = f"since {format_moment(item.since)}" if item.since else ""
    return PageItem(
        section=item.section,
        heading=f"{heading} · {beside}" if beside else heading,
        ids=tuple(each.id for each in item.of),
        qualifier=item.qualifier,
        remarks=" · ".join(filter(None, (escaped(item.what), about, since))),
        words=excerpt(_listed(item.said) if item.kind == "refusal" or several else item.said),
        boxes=tuple(PageBox(label=label) for label in item.labels),
    )


def _listed(said: str) -> str:
    """A list of our own making, with other people's words in it."""
    return "\n".join(f"- {escaped(line.removeprefix('- '))}" for line in said.split("\n"))
