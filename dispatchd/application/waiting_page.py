"""WAITING.md kept level with what waits. It is ignored by git and belongs to no act.

What people tick and write in it is taken in `waiting_ticks`; it stays on the page until it has been acted on.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

from dispatchd.application.ports.unit_of_work import (
    DocumentRecord,
    UnitOfWork,
    WriteReason,
)
from dispatchd.application.saved_text import is_being_typed
from dispatchd.application.session import Session
from dispatchd.application.waiting_items import WaitingItem
from dispatchd.application.waiting_offers import offers_in
from dispatchd.application.waiting_texts import agree_on_page
from dispatchd.application.waiting_view import page_items
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import WAITING
from dispatchd.documents.waiting_page import WaitingPage, compose_page
from dispatchd.documents.waiting_reading import read_page
from dispatchd.reconcile.waiting_merge import levelled, page_as_written


async def update_waiting_page(session: Session, waiting: Callable[[], Sequence[WaitingItem]]) -> None:
    """Owe WAITING.md what *waiting* gives, if it says something else now."""
    items = page_items(await session.run(waiting))
    at = session.ports.clock.now()

    def owe(work: UnitOfWork) -> None:
        record = work.documents.at(WAITING) or DocumentRecord(
            path=WAITING, subject=WAITING, kind=None, seen=None, current=None
        )
        if session.page_shown == (items, record.current) or is_being_typed(work, record):
            return
        text = compose_page(levelled(_page_of(work, record), items))
        blob = work.blobs.put(text.encode())
        session.page_shown = (items, blob)
        if record.current == blob:
            return
        agree_on_page(work, text, session.ports.clock.now())
        work.documents.save(
            replace(
                record,
                current=blob,
                owed_since=record.owed_since or at,
                owed_because=record.owed_because or WriteReason.UNASKED,
                owed_by=None,
            )
        )

    await session.ports.store.transact(owe)


def _page_of(work: UnitOfWork, record: DocumentRecord) -> WaitingPage:
    text = decode(work.blobs.get(record.current)) if record.current is not None else ""
    if not isinstance(text, str):
        return WaitingPage()
    page = read_page(text, offers_in(work))
    began_as = work.documents.agreed_with(WAITING, page.rev) if page.rev is not None else None
    if began_as is None or began_as.digest == record.current:
        return page
    return page_as_written(page, read_page(work.blobs.get(began_as.digest).decode(), offers_in(work)))
