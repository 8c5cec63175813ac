"""WAITING.md from what waits: how an item of the list looks on the page."""

import posixpath
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from dispatchd.application.waiting_items import WaitingItem
from dispatchd.application.waiting_offers import is_brake
from dispatchd.documents.offered import BRAKE_ID, PAUSE_BOX
from dispatchd.documents.relative_links import links_moved
from dispatchd.documents.shown_text import escaped, legible, link
from dispatchd.documents.stamps import format_moment
from dispatchd.documents.waiting_page import BRAKE, PageBox, PageItem
from dispatchd.domain.identifiers import DocumentPath

_MOST_LINES: Final = 20
_LONGEST_LINE: Final = 400
_MOST_KEPT: Final = 1024
"""Items whose looks are kept: most of a page is what it was a second before."""
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


@lru_cache(maxsize=_MOST_KEPT)
def _item(item: WaitingItem) -> PageItem:
    several = f"{len(item.of)} of one kind" if len(item.of) > 1 else ""
    beside = escaped(item.qualifier) or several
    heading = link(item.title, DocumentPath(item.path)) if item.path else escaped(item.title)
    about = link(item.about.title, DocumentPath(item.about.path)) if item.about and item.about.path else ""
    since = f"since {format_moment(item.since)}" if item.since else ""
    said = links_moved(item.said, posixpath.dirname(item.path), "")
    return PageItem(
        section=item.section,
        heading=f"{heading} · {beside}" if beside else heading,
        ids=tuple(each.id for each in item.of),
        qualifier=item.qualifier,
        remarks=" · ".join(filter(None, (escaped(item.what), about, since))),
        words=excerpt(_listed(said) if item.kind == "refusal" or several else said),
        boxes=tuple(PageBox(label=label) for label in item.labels),
    )


def _listed(said: str) -> str:
    """A list of our own making, with other people's words in it."""
    return "\n".join(f"- {escaped(line.removeprefix('- '))}" for line in said.split("\n"))


def excerpt(text: str) -> tuple[str, ...]:
    """The beginning of *text*, as much as an item shows; a code block that is cut is closed."""
    lines = [_cut(line.rstrip()) for line in legible(text).strip("\n").split("\n")]
    if len(lines) <= _MOST_LINES:
        return tuple(lines) if text.strip() else ()
    kept = lines[:_MOST_LINES]
    fences = [line for line in kept if line.lstrip().startswith("```")]
    if len(fences) % 2:
        kept.append("```")
    while kept and not kept[-1]:
        kept.pop()
    return (*kept, "", "…")


def _cut(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE].rpartition(' ')[0]} …"
