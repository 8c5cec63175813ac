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
from dispatchd.application.wire import dump_event, load_event
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import Event, RecordedEvent, subject_of
from dispatchd.domain.identifiers import EventId, EventPosition

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
