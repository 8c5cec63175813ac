"""`restore`: which deleted entities are to come back. What coming back means for each is left to the rules."""

from collections.abc import Iterable

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import Found, id_of, title_of
from dispatchd.application.requests.request import Request
from dispatchd.domain.command import Command, RestoreEntity
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, parse_id


def plan_restore(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """One deleted entity by its whole id, or all whose documents are missing."""
    if request.flag("all"):
        return tuple(RestoreEntity(subject=id_of(entity)) for entity in _removed(work))
    typed = request.text("id")
    spelled = parse_id(typed) or EntityId(typed.strip().removeprefix("@").lower())
    entity = work.entity(spelled)
    if entity is None:
        raise Rejected(f'there never was "{typed}"; "dispatchd log" shows the ids of what was deleted')
    if isinstance(entity, Decision) or not entity.removed:
        raise Rejected(f'{id_of(entity)} ("{title_of(entity)}") was not deleted', subject=id_of(entity))
    return (RestoreEntity(subject=id_of(entity)),)


def _removed(work: UnitOfWork) -> Iterable[Found]:
    for record in work.documents.all():
        entity = work.entity(record.subject)
        if entity is not None and not isinstance(entity, Decision) and entity.removed:
            yield entity
