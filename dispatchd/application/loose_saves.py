"""Saves whose ticks are not written as they were offered: read as what they are meant, or answered where they stand.

The same for a save that is taken and for a text that is only asked about. How such a tick is known, `loose_ticks`.
"""

from dataclasses import replace

from dispatchd.application.document_kinds import DocumentKind, Edit, Reading
from dispatchd.documents.loose_ticks import (
    LooseTick,
    Offers,
    line_after,
    loose_ticks,
    offers_of,
    straightened,
)
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.thread_document import ThreadDocument
from dispatchd.domain.thread import Thread
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.places import line_place, line_text


def straight_save(kind: DocumentKind, edit: Edit, ours: str) -> tuple[Edit, tuple[Refusal, ...]]:
    """*edit* with altered boxes in their usual form, and what is to be said of unclear ticks. Looked at again, it is compared with *ours* as that should be, boxes and all."""
    disk, held = edit.disk, edit.held
    began = edit.base if edit.base.text != disk.text else _as_it_should_be(kind, edit, ours)
    if not kind.boxes(began):
        return (
            edit,
            (),
        )  # nothing was offered: most of all saves are of issues, whose body need not be read for this
    before, now = _offers(kind, began), _offers(kind, disk)
    still_open = [said for place in held if (said := line_text(place)) is not None]
    ticks = loose_ticks(disk.text, disk.front.layout.body_at, now, before, still_open)
    if not ticks:
        return edit, ()
    text = straightened(disk.text, ticks)
    read = kind.read(text)
    shape = outline(text, read.front.layout.body_at)
    unclear = (
        Refusal(
            anchor=line_place(shape, line_after(tick, ticks)),
            why=why_unclear(tick),
            attempted=tick.label.rstrip(":"),
            line=line_after(tick, ticks),
            settled=False,
        )
        for tick in ticks
        if tick.is_slip or not tick.is_clear
    )
    return replace(edit, disk=read), tuple(unclear)


def _as_it_should_be(kind: DocumentKind, edit: Edit, ours: str) -> Reading:
    entity = edit.work.entity(edit.subject) if edit.held else None
    if entity is None:
        return edit.base
    read = kind.read(kind.render(entity, ours, (), edit.work))
    if isinstance(entity, Thread) and isinstance(read.document, ThreadDocument):
        return replace(read, document=read.document.offering(entity.options))  # words behind one are no label
    return read


def why_unclear(tick: LooseTick) -> str:
    """What would work instead of *tick*."""
    words = tick.label.rstrip(":： ")
    behind = f": {tick.rest}" if tick.rest else ""
    if tick.is_slip:
        return f'tick it as "- [x] {words}{behind}"; what stood there was not taken for a tick'
    return f'tick the box "{words}" itself, as in "- [x] {words}{behind}"; this line was not taken for it'


def _offers(kind: DocumentKind, reading: Reading) -> Offers:
    return offers_of(reading.text, reading.front.layout.body_at, kind.boxes(reading))
