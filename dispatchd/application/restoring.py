"""Bringing a tree back whose folder was lost: what the database wants there is owed again.

Files that stand there newer than the database are people's saves and are left for the intake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.dispatch_tree import FileContent, WriteRequest, Written
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.removal import stop_asking
from dispatchd.application.session import Session
from dispatchd.documents.digest import digest
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentPath


async def restore_all(session: Session) -> int:
    """Owe every file that is missing or that git brought back in an older state; how many those are.

    A file that cannot be read is nothing that the database has an answer for: it comes back as its person left it.
    """
    records = await session.ports.store.transact(
        lambda work: [record for record in work.documents.all() if record.current or record.parked]
    )

    def look() -> dict[DocumentPath, FileContent]:
        found = {record.path: session.observing.read(record.path) for record in records}
        standing = {path: content for path, content in found.items() if content is not None}
        known = session.ports.audit.standing_in_history({p: c.content for p, c in standing.items()})
        newer.update(standing.keys() - known)
        return standing

    newer: set[DocumentPath] = set()
    standing = await session.run(look)
    at = session.ports.clock.now()
    lost = [record for record in records if record.path not in newer]
    unread = [record for record in lost if record.parked]

    def owe_all(work: UnitOfWork) -> int:
        owed = sum(_owe(work, record, standing, at) for record in lost if not record.parked)
        if not session.clone:
            door = session.intake.door(work)
            stop_asking(door, [record.subject for record in records], at)
            session.intake.finish(door, session.observing.all_present(), by_daemon(at))
        return owed

    owed = await session.ports.store.transact(owe_all)
    return owed + await _put_back(session, unread, standing)


async def _put_back(
    session: Session, records: Sequence[DocumentRecord], standing: Mapping[DocumentPath, FileContent]
) -> int:
    """Write again what could not be read; the database still says why. How many those are."""

    def wanted(work: UnitOfWork) -> list[WriteRequest]:
        requests = []
        for record in records:
            found = standing.get(record.path)
            expected = digest(found.content) if found is not None else None
            if record.seen is not None and record.seen != expected:
                session.rows += 1
                content = work.blobs.get(record.seen)
                requests.append(
                    WriteRequest(row=session.rows, path=record.path, expected=expected, content=content)
                )
        return requests

    requests = await session.ports.store.transact(wanted)
    outcomes = await session.run(lambda: [*session.ports.tree.write_many(requests)]) if requests else []
    await session.take_displaced(
        [done.displaced for done in outcomes if isinstance(done, Written) and done.displaced is not None]
    )
    return sum(isinstance(done, Written) for done in outcomes)


def _owe(
    work: UnitOfWork, record: DocumentRecord, standing: Mapping[DocumentPath, FileContent], at: datetime
) -> int:
    found = standing.get(record.path)
    seen = digest(found.content) if found is not None else None
    stamp = found.stamp if found is not None else None
    if seen == record.current:
        work.documents.save(replace(record, seen=seen, stamp=stamp))
        return 0
    if found is not None:
        work.blobs.put(found.content)
    work.documents.save(
        replace(
            record,
            seen=seen,
            stamp=stamp,
            owed_since=at,
            owed_because=WriteReason.ANSWER,
            owed_by=DAEMON,
        )
    )
    return 1
