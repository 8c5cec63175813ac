"""STATUS.md: the view that `status` shows, as a file. It is ignored by git and belongs to no act."""

from collections.abc import Callable
from dataclasses import replace

from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.session import Session
from dispatchd.documents.tree_paths import STATUS


async def update_status_page(session: Session, rendered: Callable[[], str]) -> None:
    """Owe STATUS.md the text that *rendered* gives, if it says something else now."""
    text = await session.run(rendered)
    await session.ports.store.transact(lambda work: _owe(session, work, text.encode()))


def _owe(session: Session, work: UnitOfWork, content: bytes) -> None:
    record = work.documents.at(STATUS) or DocumentRecord(
        path=STATUS, subject=STATUS, kind=None, seen=None, current=None
    )
    blob = work.blobs.put(content)
    if record.current == blob:
        return
    at = session.ports.clock.now()
    work.documents.save(
        replace(record, current=blob, owed_since=at, owed_because=WriteReason.ANSWER, owed_by=None)
    )
