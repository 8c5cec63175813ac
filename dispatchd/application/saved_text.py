"""Texts that file and database agree on: those a person saved, queued for a commit, and those that were written."""

from collections.abc import Mapping
from datetime import datetime

from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    TextSource,
    UnitOfWork,
    WriteReason,
)
from dispatchd.application.sighting import Sighting
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.actors import DAEMON, Channel
from dispatchd.domain.dataclass import dataclass, replace
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.comment_intents import kept_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Came:
    """What came of a save: acts done, edits refused, prose changed, and whether something is still being typed."""

    acted: bool = False
    refused: bool = False
    prose: bool = False
    held: bool = False
    quietly: bool = False
    """Whether all that was done is that a plan was taken as written: nobody waits for an answer to that."""
    contested: bool = False
    """Whether a thread tells which of two texts stands in the file."""


def source_of(seen: Sighting) -> TextSource:
    """Where the bytes of *seen* came from."""
    committed = seen.circumstance.provenance.channel is Channel.COMMIT
    return TextSource.COMMITTED if committed else TextSource.INGESTED


def queue_text(
    work: UnitOfWork, record: DocumentRecord, found: DocumentDigest, seen: Sighting, came: Came
) -> None:
    """Queue the saved bytes for a commit: prose waits for its writer to rest, what came of an act does not."""
    by = seen.circumstance
    if found == record.seen:
        if came.acted:
            _hurry_text(work, record, found, seen)
        return
    rests = (came.prose or came.held) and not came.acted
    work.audit.add_text(record.path, work.blobs.put(seen.content), by.actor, by.at, prose=rests)


def _hurry_text(work: UnitOfWork, record: DocumentRecord, found: DocumentDigest, seen: Sighting) -> None:
    """These bytes were queued as prose, and now prove to have been an act."""
    audit, by = work.audit, seen.circumstance
    resting = [row for row in audit.waiting() if row.prose and (row.path, row.digest) == (record.path, found)]
    if resting:
        audit.drop(row.sequence for row in resting)
        audit.add_text(record.path, found, by.actor, by.at)


def looked_at_again(stamp: FileStamp | None) -> FileStamp | None:
    """*stamp*, so that it spares nobody a look: something in the file is still to be taken, whoever starts next."""
    return stamp._replace(settled=False) if stamp is not None else None


def is_being_typed(work: UnitOfWork, record: DocumentRecord) -> bool:
    """Whether the file holds something its writer has not finished: it is rendered when that is settled."""
    newest = work.documents.newest_agreed(record.subject)
    return newest is not None and bool(newest.held) and newest.digest == record.seen


def landed(work: UnitOfWork, record: DocumentRecord, stamp: FileStamp | None, at: datetime) -> None:
    """The text that was owed is on disk: both sides agree on it."""
    if record.current is None:
        work.documents.save(replace(record, seen=None, stamp=None, owed_since=None, owed_because=None))
        if record.seen is not None and record.owed_because is not WriteReason.ARRIVED:
            work.audit.add_text(record.path, None, record.owed_by or DAEMON, at)
        return
    fresh = record.seen != record.current
    newest = work.documents.newest_agreed(record.subject)
    held = newest.held if newest is not None else ()
    held = kept_in(held) or (held if is_being_typed(work, record) else ())
    work.documents.save(
        replace(
            record,
            seen=record.current,
            stamp=stamp or record.stamp,
            owed_since=None,
            owed_because=None,
            owed_by=None,
            attempts=0,
        )
    )
    if not fresh:
        return
    work.documents.agree(
        AgreedText(
            subject=record.subject,
            rev=rev_of(work.blobs.get(record.current).decode()),
            digest=record.current,
            source=TextSource.RENDERED,
            at=at,
            held=held,
        )
    )
    if role_of(record.path) is not PathRole.RENDERED and record.owed_because is not WriteReason.ARRIVED:
        work.audit.add_text(record.path, record.current, record.owed_by or DAEMON, at)


def let_go_of_overtaken(work: UnitOfWork, committed: Mapping[DocumentPath, DocumentDigest | None]) -> None:
    """Drop texts that somebody's commit has overtaken; *committed* is what the branch has now where it changed.

    They would be put on top of it, and the branch would end with the older of the two. What stands in the file and
    not on the branch still waits.
    """
    for row in work.audit.waiting():
        if row.path is None or row.path not in committed:
            continue
        record = work.documents.at(row.path)
        stands = record.seen if record is not None else None
        if row.digest != stands or stands == committed[row.path]:
            work.audit.drop([row.sequence])
