"""A save that a write of ours displaced: taken in once, against the text it was made from, as if it had come first.

A database can be lost, so the displaced file is kept until what was made of it is written, or stands in a commit. Until
then it is handed out again and again; a note says that it was taken in.
"""

from collections.abc import Collection
from dataclasses import replace

from dispatchd.application.bases import agreed_base
from dispatchd.application.intake import Intake
from dispatchd.application.ports.dispatch_tree import Displaced, FileContent
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.saved_text import landed
from dispatchd.application.sighting import Sighting
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.command import Circumstance
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath


def take_displaced_save(
    intake: Intake,
    work: UnitOfWork,
    save: Displaced,
    stands: FileContent | None,
    present: Collection[DocumentPath],
    by: Circumstance,
) -> bool:
    """Take in *save*, unless it was; *stands* is what is at its path now. Whether it stands elsewhere by now."""
    known = work.note(_note_of(save))
    if known != digest(save.content):
        # What a writer saves late into the displaced file goes on from what was taken in of it.
        late = save if known is None else replace(save, expected=DocumentDigest(known))
        _take_in(intake, work, late, stands, present, by)
        work.set_note(_note_of(save), digest(save.content))
    return _stands_elsewhere(work, save)


def forget_taken(save: Displaced, work: UnitOfWork) -> None:
    """*save* is kept no longer."""
    work.set_note(_note_of(save), None)


def _note_of(save: Displaced) -> str:
    return f"displaced:{save.held_as}"


def _stands_elsewhere(work: UnitOfWork, save: Displaced) -> bool:
    """Whether nothing of it is still to be written to its file, or what it said stands in a commit."""
    record = work.documents.at(save.path)
    if record is None or (record.seen == record.current and record.parked is None):
        return True
    return not any(row.path == save.path for row in work.audit.waiting())


def _take_in(
    intake: Intake,
    work: UnitOfWork,
    save: Displaced,
    stands: FileContent | None,
    present: Collection[DocumentPath],
    by: Circumstance,
) -> None:
    record = work.documents.at(save.path)
    if record is not None and stands is not None and digest(stands.content) == record.current:
        # The write that displaced the save was done, and the process ended before that was remembered.
        landed(work, record, stands.stamp, by.at)
    base = _base_of(work, record, save)
    if base == digest(save.content):
        return  # it was taken in, and the process ended before it was let go
    text = work.blobs.get(base) if base is not None else None
    sighting = Sighting(path=save.path, content=save.content, circumstance=by, base=text)
    intake.take(work, [sighting], (), present, by)
    kept = work.documents.at(save.path)
    if kept is not None and kept.seen is not None and kept.seen == kept.current:
        # Nothing of it is to be written, so what stands in the file is the later text on the branch too.
        work.audit.add_text(kept.path, kept.seen, DAEMON, by.at)


def _base_of(work: UnitOfWork, record: DocumentRecord | None, save: Displaced) -> DocumentDigest | None:
    """By its `rev`, because the editor may have opened the file long before; else what the write replaced."""
    text = decode(save.content)
    rev = rev_of(text) if isinstance(text, str) else None
    agreed = None
    if record is not None and isinstance(text, str) and rev is not None:
        agreed = agreed_base(work, record.subject, rev, text)
    return agreed.digest if agreed is not None else save.expected
