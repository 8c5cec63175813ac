"""Bringing a tree back whose folder was lost: what the database wants there is owed again.

Files that stand there newer than the database are people's saves and are left for the intake.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dispatchd.application.newcomers import kept_newcomers
from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.dispatch_tree import FileContent, WriteRequest, Written
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.removal import stop_asking
from dispatchd.application.session import Session
from dispatchd.application.strangers import too_large
from dispatchd.application.taking_displaced import take_displaced
from dispatchd.documents.digest import digest
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Unkept:
    """A file that was too large to be read when it vanished: its last bytes are nowhere here.

    What comes back, if anything, is the text of the moment `read_at`.
    """

    path: DocumentPath
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """How many files are owed or back, which of them had not been taken in when they vanished, and which are not back
    as they last stood.
    """

    files: int
    new: tuple[DocumentPath, ...] = ()
    unkept: tuple[Unkept, ...] = ()


async def restore_all(session: Session) -> Restored:
    """Owe every file that is missing or that git brought back in an older state; what those are.

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

    unkept = await _not_kept(session)
    newer: set[DocumentPath] = set()
    standing = await session.run(look)
    at = session.ports.clock.now()
    lost = [record for record in records if record.path not in newer]
    unread = [record for record in lost if record.parked]

    def owe_all(work: UnitOfWork) -> int:
        owed = sum(owe(work, record, standing, at) for record in lost if not record.parked)
        if not session.clone:
            door = session.intake.door(work)
            stop_asking(door, [record.subject for record in records], at)
            session.intake.finish(door, session.observing.all_present(), by_daemon(at))
        return owed

    owed = await session.ports.store.transact(owe_all)
    unread_back = await put_back(session, unread, standing)
    new = await put_back_newcomers(session)
    return Restored(files=owed + len(unread_back) + len(new), new=new, unkept=unkept)


async def _not_kept(session: Session) -> tuple[Unkept, ...]:
    """Files that nobody could read, and that do not stand there as large as they were: what comes back is older."""
    last = await session.ports.store.transact(too_large)

    def gone() -> list[DocumentPath]:
        read = [path for path in last if session.observing.read(path) is not None]
        return [path for path in last if path in read or path not in session.observing.refused]

    paths = await session.run(gone)

    def told(work: UnitOfWork) -> tuple[Unkept, ...]:
        records = [(path, work.documents.at(path)) for path in paths]
        texts = [(path, record and work.documents.newest_agreed(record.subject)) for path, record in records]
        return tuple(Unkept(path=path, read_at=text.at if text else None) for path, text in texts)

    return await session.ports.store.transact(told)


async def put_back_newcomers(session: Session) -> tuple[DocumentPath, ...]:
    """Write again the new files that nobody had taken in yet; they are adopted as on any day. Which those are."""

    def wanted(work: UnitOfWork) -> list[WriteRequest]:
        return [
            WriteRequest(row=_row(session), path=path, expected=None, content=content)
            for path, content in kept_newcomers(work).items()
        ]

    requests = await session.ports.store.transact(wanted)
    gone = await session.run(lambda: [each for each in requests if not session.observing.stands(each.path)])
    return await _write(session, gone)


def _row(session: Session) -> int:
    session.rows += 1
    return session.rows


async def put_back(
    session: Session, records: Sequence[DocumentRecord], standing: Mapping[DocumentPath, FileContent]
) -> tuple[DocumentPath, ...]:
    """Write again what could not be read; the database still says why. Which those are."""

    def wanted(work: UnitOfWork) -> list[WriteRequest]:
        requests = []
        for record in records:
            found = standing.get(record.path)
            expected = digest(found.content) if found is not None else None
            if record.seen is not None and record.seen != expected:
                content = work.blobs.get(record.seen)
                requests.append(
                    WriteRequest(row=_row(session), path=record.path, expected=expected, content=content)
                )
        return requests

    return await _write(session, await session.ports.store.transact(wanted))


async def _write(session: Session, requests: Sequence[WriteRequest]) -> tuple[DocumentPath, ...]:
    """Write *requests*; the paths where that was done."""
    outcomes = await session.run(lambda: [*session.ports.tree.write_many(requests)]) if requests else []
    await take_displaced(
        session,
        [done.displaced for done in outcomes if isinstance(done, Written) and done.displaced is not None],
    )
    pairs = zip(requests, outcomes, strict=True)
    return tuple(request.path for request, done in pairs if isinstance(done, Written))


def owe(
    work: UnitOfWork, record: DocumentRecord, standing: Mapping[DocumentPath, FileContent], at: datetime
) -> int:
    """Owe what the database wants at *record*'s place, over what stands there; how many writes that is."""
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
