"""The tree is another folder than the one the database knew: made again by hand, or copied from somewhere.

Such a folder holds what the branch holds, and was never told what only the database has. So what was saved and stood
in no commit yet is written into it; a file that somebody changed there is read as an edit of the branch's text, and
both are joined. All else is what people did there, and taken as on any day.
"""

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Final

from dispatchd.application.bases import changes
from dispatchd.application.bugs_in_reading import past_bugs
from dispatchd.application.missing_branch import branch_head
from dispatchd.application.ports.audit_log import BlobId
from dispatchd.application.ports.dispatch_tree import FileContent
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.restoring import owe, put_back, put_back_newcomers
from dispatchd.application.session import Session
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

FOLDER: Final = "tree_folder"
"""The note that holds the mark of the folder that the database was last level with."""


@dataclass(slots=True)
class _Found:
    """How the folder differs from what the database wants, where the branch does not have that."""

    lost: list[DocumentRecord] = field(default_factory=list)
    """Documents that are missing, or stand as the branch has, or had, them."""
    edited: list[DocumentRecord] = field(default_factory=list)
    """Documents that somebody has changed in this folder."""
    standing: dict[DocumentPath, FileContent] = field(default_factory=dict)
    on_branch: dict[DocumentPath, bytes] = field(default_factory=dict)


async def come_to_folder(session: Session) -> None:
    """Bring what only the database holds into a folder that is not the one it knew, and know that one from now on."""
    store = session.ports.store
    here = await session.run(session.ports.tree.folder_mark)
    known = await store.transact(lambda work: work.note(FOLDER))
    if known == here:
        return
    if known is not None:
        await _bring_what_it_lacks(session)
    await store.transact(lambda work: work.set_note(FOLDER, here))


async def _bring_what_it_lacks(session: Session) -> None:
    store, at = session.ports.store, session.ports.clock.now()
    records = await store.transact(
        lambda work: [each for each in work.documents.all() if each.current or each.parked]
    )
    head = await branch_head(session)
    found = await session.run(lambda: _compare(session, records, session.ports.audit.tree_at(head)))

    def owe_all(work: UnitOfWork) -> None:
        for record in found.lost:
            if not record.parked:
                owe(work, record, found.standing, at)

    await store.transact(owe_all)
    await put_back(session, [record for record in found.lost if record.parked], found.standing)
    await put_back_newcomers(session)
    if found.edited and not await session.busy():
        await session.scan()
        await past_bugs(store, session.intake.bugs, lambda work: _join(session, work, found))


def _compare(
    session: Session, records: Collection[DocumentRecord], branch: Mapping[DocumentPath, BlobId]
) -> _Found:
    """Compare the folder with *records*; *branch* are the names of the branch's texts. Raises TreeGone."""
    found = _Found()
    log = session.ports.audit
    differing: list[DocumentRecord] = []
    for record in records:
        content = session.observing.read(record.path)
        if content is None or digest(content.content) != _wanted(record):
            differing.append(record)
            if content is not None:
                found.standing[record.path] = content
    names = {record.path: branch[record.path] for record in differing if record.path in branch}
    blobs = log.read_blobs(list(dict.fromkeys(names.values())))
    found.on_branch = {path: blobs[name] for path, name in names.items() if name in blobs}
    uncommitted = [
        record
        for record in differing
        if record.path not in found.on_branch or digest(found.on_branch[record.path]) != _wanted(record)
    ]
    known = log.standing_in_history({path: each.content for path, each in found.standing.items()})
    for record in uncommitted:
        is_edited = record.path in found.standing and record.path not in known
        (found.edited if is_edited else found.lost).append(record)
    return found


def _wanted(record: DocumentRecord) -> DocumentDigest | None:
    return record.seen if record.parked else record.current


def _join(session: Session, work: UnitOfWork, found: _Found) -> None:
    """Take in what was changed in this folder, each against the branch's text, unless it was made of ours."""
    by = session.by_save(work)
    sightings = []
    for record in found.edited:
        content = found.standing[record.path]
        base = found.on_branch.get(record.path, b"")
        if _is_made_of(work, record, content.content, base):
            continue
        sightings.append(
            Sighting(
                path=record.path,
                content=content.content,
                stamp=content.stamp,
                circumstance=by,
                base=base,
            )
        )
    if sightings:
        session.intake.take(work, sightings, (), session.observing.all_present(), by)


def _is_made_of(work: UnitOfWork, record: DocumentRecord, saved: bytes, base: bytes) -> bool:
    """Whether *saved* shows anything of what the database holds beyond *base*, or cannot be compared at all."""
    wanted = _wanted(record)
    texts = [decode(each) for each in (saved, base, work.blobs.get(wanted) if wanted else b"")]
    theirs, before, ours = texts
    if not isinstance(theirs, str) or not isinstance(before, str) or not isinstance(ours, str):
        return True
    added, removed = changes(before, ours)
    lines = set(theirs.splitlines())
    return bool(added & lines) if added else not removed & lines
