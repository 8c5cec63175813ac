"""Prose that no rule reads, told by the log: at rest when it was saved, at once when somebody has committed it themselves.

A commit of theirs is no less an act than a save that we commit for them: the log says both, each once.
"""

from collections.abc import Mapping

from dispatchd.application.command_handler import Door
from dispatchd.application.ports.ids import IdSource
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.saved_text import Came
from dispatchd.application.sighting import Sighting, is_in_history
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import ProseRevised
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EventPosition
from dispatchd.domain.telling import tell


def tell_prose(
    work: UnitOfWork, subject: str, blob: DocumentDigest, by: Circumstance, ids: IdSource
) -> EventPosition:
    """Log that the prose of the entity *subject* was revised; no file has to say anything new for that."""
    event = ProseRevised(subject=EntityId(subject), blob=blob)
    return work.append(event, by, tell(event, by, work), ids.event_id()).position


def tell_if_committed(door: Door, record: DocumentRecord, seen: Sighting, came: Came) -> None:
    """Log what prose the commit of *seen* brought; an act in it has had its own event, and what git carried is nobody's."""
    if is_in_history(seen) and came.prose and not (came.acted or came.held or seen.travelled):
        tell_prose(door.work, record.subject, door.work.blobs.put(seen.content), seen.circumstance, door.ids)


def tell_swept(door: Door, committed: Mapping[DocumentPath, DocumentDigest | None]) -> None:
    """Log the prose that rested here, and that somebody's commit has taken along as it stood: by whoever saved it."""
    for row in door.work.audit.waiting():
        if not row.prose or row.path is None or row.digest is None or committed.get(row.path) != row.digest:
            continue
        record = door.work.documents.at(row.path)
        if record is not None and record.kind is not None:
            by = Circumstance(actor=row.actor, at=row.at, provenance=Provenance(channel=Channel.SAVE))
            tell_prose(door.work, record.subject, row.digest, by, door.ids)
