"""The pages that home renders, for those who have no dispatchd: committed apart from all acts, now and then.

Git ignores them, so that every other commit shows one act. Only home publishes them, and only where it shares.
"""

from datetime import datetime, timedelta

from dispatchd.application.history import HEAD
from dispatchd.application.ports.audit_log import (
    AuditCommit,
    CommitId,
    HeadMoved,
    IndexLocked,
    Signature,
    TreeBusy,
)
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.session import Session
from dispatchd.documents.tree_paths import PUBLISHED
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentPath

PUBLISHED_AT = "published_at"
"""The note that holds when the pages were last committed."""
EVERY = timedelta(minutes=1)


async def publish_pages(session: Session) -> bool:
    """Commit the pages as they stand, if the branch has others and none were committed within a minute."""
    log = session.ports.audit
    at = session.ports.clock.now()
    parent, last = await session.ports.store.transact(lambda work: (work.note(HEAD), work.note(PUBLISHED_AT)))
    if session.clone or parent is None or (last and at < datetime.fromisoformat(last) + EVERY):
        return False
    if await session.busy():
        return False
    changes = await session.run(lambda: _changed(session, CommitId(parent)))
    if not changes:
        return False
    page = AuditCommit(
        author=Signature(name=DAEMON.name, email=DAEMON.email, at=at),
        subject="How things stand",
        changes=changes,
    )
    try:
        (made,) = await session.run(lambda: log.record((page,), CommitId(parent)))
    except (HeadMoved, IndexLocked, TreeBusy):
        return False
    await session.run(lambda: session.note_index(ours=True))

    def remember(work: UnitOfWork) -> None:
        work.set_note(HEAD, made)
        work.set_note(PUBLISHED_AT, at.isoformat())

    await session.ports.store.transact(remember)
    return True


def _changed(session: Session, parent: CommitId) -> dict[DocumentPath, bytes | None]:
    changes: dict[DocumentPath, bytes | None] = {}
    for path in PUBLISHED:
        found = session.observing.read(path)
        if found is not None and found.content != session.ports.audit.read(parent, path):
            changes[path] = found.content
    return changes
