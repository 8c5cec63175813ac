"""`restore`: which deleted file is to come back. What coming back means for an entity is left to the rules."""

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import TREE, Found, id_of, title_of
from dispatchd.application.requests.request import Request
from dispatchd.domain.command import Command, RestoreEntity, ReviseFile
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId, parse_id


def plan_restore(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """One deleted entity by its whole id or its path; or a file that is none, by its path."""
    typed = request.text("id").strip()
    path = DocumentPath(typed.partition(TREE)[2] or typed.removeprefix("./"))
    record = work.documents.at(path)
    entity = work.entity(record.subject if record else parse_id(typed) or typed.removeprefix("@").lower())
    if entity is not None:
        return _entity(work, entity)
    return _plain_file(work, path, typed)


def _entity(work: UnitOfWork, entity: Found) -> tuple[Command, ...]:
    subject = id_of(entity)
    record = work.documents.of(subject)
    is_gone = record is not None and record.seen is None
    if isinstance(entity, Decision) or not (entity.removed or is_gone):
        place = f"; its file is {record.path}" if record else ""
        raise Rejected(f'{subject} ("{title_of(entity)}") was not deleted{place}', subject=subject)
    return (RestoreEntity(subject=EntityId(subject)),)


def _plain_file(work: UnitOfWork, path: DocumentPath, typed: str) -> tuple[Command, ...]:
    last = work.documents.newest_agreed(path)
    if last is None:
        raise Rejected(f'there never was "{typed}"; "dispatchd log" shows the ids of what was deleted')
    record = work.documents.at(path)
    if record is not None and record.seen is not None:
        raise Rejected(f"{path} was not deleted")
    return (ReviseFile(path=path, blob=last.digest),)
