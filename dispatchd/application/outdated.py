"""A database older than the history it finds: a disk or a backup was rolled back, and nobody may act on it.

What this repository itself committed last, its own record says. A database that has not heard of those events would
take the files, which know them, for edits, and answer them by reverting people's work.
"""

from dispatchd.application.first_look import take_first_look
from dispatchd.application.history import HEAD
from dispatchd.application.ports.store_failures import DatabaseOutdated
from dispatchd.application.session import Session
from dispatchd.application.unheard import outdated, told_since


async def refuse_outdated(session: Session) -> None:
    """Raise DatabaseOutdated where this repository committed events that the database does not have."""
    found = await _outdated(session)
    if found is not None:
        raise found


async def catch_up(session: Session) -> int:
    """Bring a database that is older than its history up to it; how many events it did not have."""
    found = await _outdated(session)
    if found is None:
        return 0
    head = await session.run(session.ports.audit.head)
    await take_first_look(session, head, session.ports.clock.now())
    return found.events


async def _outdated(session: Session) -> DatabaseOutdated | None:
    store, log = session.ports.store, session.ports.audit
    if session.clone:
        return None
    known = await store.transact(lambda work: work.note(HEAD))
    told = await session.run(lambda: told_since(log, known))
    return await store.transact(lambda work: outdated(told, work.audit.committed))
