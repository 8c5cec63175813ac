"""How an entry of the log stands in its row: what happened and its circumstance as JSON, the rest as columns.

The JSON is that of `application.wire`, so the rows, the trailers of commits and what a client prints agree.
"""

from dispatchd.adapters.sqlite.columns import (
    actor_column,
    actor_value,
    from_json,
    provenance_column,
    provenance_value,
    time_column,
    time_value,
    to_json,
)
from dispatchd.application.wire import EVENT_KINDS, dump_event, event_line, load_event
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import Event, RecordedEvent, subject_of
from dispatchd.domain.headlines import ToldEvent
from dispatchd.domain.identifiers import EventId, EventPosition
from dispatchd.domain.run_event import RunEnded

EventRow = tuple[str, str, str, str, str, str, str, str]


def event_row(event: Event, circumstance: Circumstance, told: str, event_id: str) -> EventRow:
    """The columns of a new entry, in the order `event_append` takes them."""
    return (
        event_id,
        type(event).__name__,
        subject_of(event),
        time_column(circumstance.at),
        actor_column(circumstance.actor),
        provenance_column(circumstance.provenance),
        to_json(dump_event(event)),
        told,
    )


def recorded_event(position: int, row: tuple[str, str, str, str, str]) -> RecordedEvent:
    """The entry at *position* whose id, time, actor, provenance and event columns are *row*."""
    event_id, at, actor, provenance, event = row
    return RecordedEvent(
        position=EventPosition(position),
        id=EventId(event_id),
        circumstance=Circumstance(
            actor=actor_value(actor), at=time_value(at), provenance=provenance_value(provenance)
        ),
        event=load_event(from_json(event)),
    )


def told_event(row: tuple[int, str, str, str, str, str, str, str]) -> ToldEvent:
    """The entry of that position, id, type, time, actor, provenance, event and line in plain words, as a commit tells it.

    What happened is JSON in the row and in the commit: it is handed on as it is, not read and written once more.
    """
    position, event_id, kind, at, actor, provenance, event, told = row
    happened = load_event(from_json(event)) if kind == RunEnded.__name__ else None
    whole_seconds = at.removesuffix(".000000Z")
    return ToldEvent(
        kind=EVENT_KINDS[kind],
        by=actor_value(actor).kind,
        words=told,
        line=event_line(
            position=position,
            event_id=event_id,
            at=at if whole_seconds == at else f"{whole_seconds}Z",
            actor=actor,
            provenance=provenance,
            event=event,
        ),
        outcome=happened.outcome if isinstance(happened, RunEnded) else None,
    )
