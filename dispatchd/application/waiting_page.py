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
from dispatchd.application.waiting_shows import marks_of
from dispatchd.application.waiting_texts import agree_on_page
from dispatchd.application.waiting_view import page_items
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import WAITING
from dispatchd.documents.waiting_page import PageItem, WaitingPage, compose_page
from dispatchd.documents.waiting_reading import read_page
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest
from dispatchd.reconcile.waiting_merge import levelled, page_as_written


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """The *page* that was last composed *of* items, and its text."""

    of: tuple[PageItem, ...]
    page: WaitingPage
    text: DocumentDigest


async def update_waiting_page(session: Session, waiting: Callable[[], Sequence[WaitingItem]]) -> None:
    """Owe WAITING.md what *waiting* gives, if it says something else now."""
    items = page_items(await session.run(waiting))
    at = session.ports.clock.now()

    def owe(work: UnitOfWork) -> None:
        record = work.documents.at(WAITING) or DocumentRecord(
            path=WAITING, subject=WAITING, kind=None, seen=None, current=None
        )
        if _is_level(session.page_shown, work, items, record) or is_being_typed(work, record):
            return
        page = levelled(_page_of(session.page_shown, work, record), items)
        page = replace(page, shows=marks_of(work, page.items))
        text = compose_page(page)
        blob = work.blobs.put(text.encode())
        session.page_shown = _Shown(of=items, page=page, text=blob)
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


def _is_level(shown: object, work: UnitOfWork, items: tuple[PageItem, ...], record: DocumentRecord) -> bool:
    """Whether the page as it was last composed says and shows what waits now."""
    return (
        isinstance(shown, _Shown)
        and (shown.of, shown.text) == (items, record.current)
        and shown.page.shows == marks_of(work, shown.page.items)
    )


def _page_of(shown: object, work: UnitOfWork, record: DocumentRecord) -> WaitingPage:
    """The page that the database wants there: as it was last composed, or read, where others have saved it since."""
    if isinstance(shown, _Shown) and shown.text == record.current:
        return shown.page
    text = decode(work.blobs.get(record.current)) if record.current is not None else ""
    if not isinstance(text, str):
        return WaitingPage()
    page = read_page(text, offers_in(work))
    began_as = work.documents.agreed_with(WAITING, page.rev) if page.rev is not None else None
    if began_as is None or began_as.digest == record.current:
        return page
    return page_as_written(page, read_page(work.blobs.get(began_as.digest).decode(), offers_in(work)))
