"""`undo`: which event is meant, what takes it back, and which of the last ones could be."""

from collections.abc import Mapping
from typing import Any, Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.record_codec import dump_time
from dispatchd.application.requests.request import Request
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.decide import decide
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, RecordedEvent, subject_of
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.steering_command import NoteUndone
from dispatchd.domain.steering_event import BrakeEvent, EventUndone
from dispatchd.domain.stroke import LONGEST, stroke_of
from dispatchd.domain.undo_rules import Past, way_back

_LOOKED_AT: Final = 300
_LISTED: Final = 10
_NAMED: Final = 4


def plan_undo(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The note that the event is taken back, then what does so. Raises Rejected, saying what to do instead."""
    recorded, told = _event_named(work, request.text("event"))
    note = work.history.undone_by(recorded)
    if note is not None:
        when = f"{note.circumstance.at:%Y-%m-%d %H:%M}Z"
        raise Rejected(
            f'to have it again, undo what undid it (dispatchd log {subject_of(recorded.event)}); "{told}" was undone '
            f"by {note.circumstance.actor.name}, {when}."
        )
    subject = EntityId(subject_of(recorded.event))
    back = way_back(work, _past(work, recorded))
    return (NoteUndone(undone=recorded.id, subject=subject, did=told), *back)


def undoable(work: UnitOfWork, circumstance: Circumstance) -> Mapping[str, Any]:
    """The last few things that people and agents did and that could be taken back now, newest first."""
    items: list[Mapping[str, Any]] = []
    listed: set[str] = set()
    for recorded, told in work.history.newest(_LOOKED_AT):
        if recorded.id in listed or not _can_be_undone(work, recorded, circumstance):
            continue
        listed.update(each.id for each in _past(work, recorded).stroke)
        items.append(
            {
                "id": recorded.id,
                "at": dump_time(recorded.circumstance.at.replace(microsecond=0)),
                "actor": recorded.circumstance.actor.handle,
                "subject": subject_of(recorded.event),
                "told": told,
            }
        )
        if len(items) == _LISTED:
            break
    return {"items": items}


def _can_be_undone(work: UnitOfWork, recorded: RecordedEvent, circumstance: Circumstance) -> bool:
    if recorded.circumstance.actor.kind is ActorKind.DAEMON or isinstance(recorded.event, EventUndone):
        return False
    try:
        first, *_ = way_back(work, _past(work, recorded))
        decide(work, first, circumstance)
    except Rejected:
        return False
    return work.history.undone_by(recorded) is None


def _past(work: UnitOfWork, recorded: RecordedEvent) -> Past:
    stroke = stroke_of(recorded, work.history.around(recorded, LONGEST))
    before = _before(work, recorded) if isinstance(recorded.event, BrakeEvent) else None
    return Past(recorded=recorded, stroke=stroke, before=before)


def _before(work: UnitOfWork, recorded: RecordedEvent) -> Event | None:
    """What brought the brake to where it stood when *recorded* happened."""
    earlier = [
        each.event
        for each in work.history.about(subject_of(recorded.event))
        if each.position < recorded.position and isinstance(each.event, BrakeEvent)
    ]
    return earlier[-1] if earlier else None


def _event_named(work: UnitOfWork, typed: str) -> tuple[RecordedEvent, str]:
    prefix = typed.strip().lower()
    found = work.history.like(prefix, _NAMED) if prefix else ()
    if not found:
        raise Rejected(f'dispatchd log shows the id of each event; none begins with "{typed}"')
    if len(found) > 1:
        named = "; ".join(f"{each.id[: len(prefix) + 3]} ({told})" for each, told in found)
        raise Rejected(f'type more of it: "{typed}" could be {named}')
    return found[0]
