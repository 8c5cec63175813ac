"""How the list of what waits is printed: by section, each item with its file and the boxes it offers; or as JSON."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from dispatchd.cli.entity_views import stamp
from dispatchd.cli.terminal import clipped, visible, wrapped
from dispatchd.cli.times import clock
from dispatchd.documents.offered import SEND

if TYPE_CHECKING:
    from dispatchd.application.waiting_items import Named, WaitingItem
    from dispatchd.cli.invocation import Invocation

INDENT: Final = "  "
_BESIDE: Final = "          "
"""Below an id and the gap behind it."""


def waiting_lines(invocation: "Invocation", items: "Sequence[WaitingItem]") -> list[str]:
    """The lines of the whole list."""
    screen = invocation.screen
    if not items:
        return ["Nothing waits for you."]
    lines: list[str] = []
    for section, inside in groupby(items, key=lambda item: item.section):
        lines += ["", screen.heading(visible(section))]
        for item in inside:
            lines += _item(invocation, item)
    page = invocation.place("WAITING.md")
    if not any(item.labels for item in items):
        hint = "Mend each in its file: dispatchd edit opens it."
    else:
        hint = f"Answer by ticking a box in {page}, or walk through it: dispatchd waiting --next"
    return [*lines[1:], "", *(screen.quiet(line) for line in fitted(hint, screen.width))]


def _item(invocation: "Invocation", item: "WaitingItem") -> Iterator[str]:
    screen = invocation.screen
    room = None if screen.width is None else screen.width - len(_BESIDE)
    first = item.of[0].id
    gap = " " * max(len(_BESIDE) - len(INDENT) - len(visible(first)), 2)
    title = titled(item)
    shown = title if room is None else clipped(title, room)
    yield f"{INDENT}{screen.accent(visible(first))}{gap}{screen.heading(shown)}"
    for line in fitted(remarks(item), room):
        yield f"{_BESIDE}{screen.quiet(line)}"
    if item.path and item.path != item.title:
        yield f"{_BESIDE}{visible(invocation.place(item.path))}"
    for line in item.said.split("\n")[: 1 if item.labels else None]:
        yield from (f"{_BESIDE}{part}" for part in fitted(visible(line), room) if part)
    for line in fitted(boxes(item), room):
        yield from (f"{_BESIDE}{line}" for _ in item.labels[:1])


def titled(item: "WaitingItem") -> str:
    """The title with what tells it apart: the stage, the voter, how many there are."""
    beside = item.qualifier or (f"{len(item.of)} of one kind" if len(item.of) > 1 else "")
    return visible(f"{item.title} · {beside}" if beside else item.title)


def remarks(item: "WaitingItem") -> str:
    """What it waits for, about what, and since when."""
    about = f"about {item.about.id} {item.about.title}" if item.about else ""
    since = f"since {clock(item.since)}" if item.since else ""
    return visible(", ".join(filter(None, (item.what, about, since))))


def boxes(item: "WaitingItem") -> str:
    """The boxes on one line."""
    several = f" all {len(item.of)}" if len(item.of) > 1 else ""
    return INDENT.join(f"[ ] {visible(label.rstrip(':'))}{several}" for label in item.labels)


def fitted(text: str, room: int | None) -> list[str]:
    """*text* in lines of at most *room* columns, broken between words; whole where nobody's terminal is there."""
    return [text] if room is None else wrapped(text, room)


def items_json(items: "Sequence[WaitingItem]") -> dict[str, Any]:
    """The list for programs."""
    return {"items": [_plain(item) for item in items]}


def _plain(item: "WaitingItem") -> dict[str, Any]:
    return {
        "section": item.section,
        "kind": item.kind,
        "id": item.of[0].id,
        "title": item.title,
        "what": item.what,
        "path": item.path,
        "since": stamp(item.since) if item.since else None,
        "stage": item.qualifier if item.kind == "gate" else None,
        "voter": item.qualifier if item.kind == "vote" else None,
        "about": _named(item.about) if item.about else None,
        "said": item.said,
        "of": [_named(each) for each in item.of],
        "choices": [
            {"label": label.rstrip(":"), "needs_reason": label.endswith(":")}
            for label in item.labels
            if label != SEND
        ],
        "takes_text": SEND in item.labels,
    }


def _named(what: "Named") -> dict[str, str]:
    return {"id": what.id, "title": what.title, "path": what.path}
