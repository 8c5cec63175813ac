"""A save that a write of ours displaced: taken in once, against the text it was made from, as if it had come first."""

from collections.abc import Collection

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
) -> None:
    """Take in *save*; *stands* is what is at its path now."""
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
