"""Commands, events and entities as plain JSON data, and back.

What is read is checked to the last value and refused with the place that is wrong, because it may come through a
socket or from a commit somebody wrote by hand. It knows nothing of where the data is kept, and imports no validation
library: a command-line client that sends one command uses it too. The shape of a record is `record_codec`'s.
"""

import json
from collections.abc import Mapping
from typing import Any, Final, TypeVar, cast, get_args

from dispatchd.application.record_codec import (
    Json,
    WireError,
    dump_of,
    dump_time,
    load_of,
    load_time,
    read_integer,
    read_text,
)
from dispatchd.domain.actors import Actor, Provenance
from dispatchd.domain.board import Entity
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.decision import Decision
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.identifiers import EventId, EventPosition

__all__ = [  # times and the refusal are had from here too
    "EVENT_KINDS",
    "Json",
    "WireError",
    "decode_event",
    "dump_circumstance",
    "dump_command",
    "dump_entity",
    "dump_event",
    "dump_time",
    "dump_value",
    "encode_event",
    "event_line",
    "load_circumstance",
    "load_command",
    "load_entity",
    "load_event",
    "load_time",
    "load_value",
]

T = TypeVar("T")
EVENT_KINDS: Final[Mapping[str, type[Event]]] = {kind.__name__: kind for kind in get_args(Event)}
"""What can happen, by the name that stands in the log."""
_ENDS_A_LINE: Final = {code: f"\\u{code:04x}" for code in (*range(0x7F, 0xA0), 0x2028, 0x2029)}
"""JSON lets them stand as they are in its strings, where people's texts bring them; readers of lines do not."""


def dump_command(command: Command) -> Json:
    """*command* with its type's name under `type`."""
    return cast("Json", dump_of(Command)(command))


def load_command(data: object) -> Command:
    """The command *data* spells. Raises WireError."""
    return cast("Command", load_of(Command)(data))


def dump_event(event: Event) -> Json:
    """*event* with its type's name under `type`."""
    return cast("Json", dump_of(Event)(event))


def load_event(data: object) -> Event:
    """The event *data* spells. Raises WireError."""
    return cast("Event", load_of(Event)(data))


def dump_entity(entity: Entity | Decision) -> Json:
    """*entity* with its type's name under `entity`."""
    return cast("Json", dump_of(Entity | Decision)(entity))


def load_entity(data: object) -> Entity | Decision:
    """The entity *data* spells. Raises WireError."""
    return cast("Entity | Decision", load_of(Entity | Decision)(data))


def dump_circumstance(circumstance: Circumstance) -> Json:
    """Who, when and how it is known."""
    return dump_value(circumstance)


def load_circumstance(data: object) -> Circumstance:
    """The circumstance *data* spells. Raises WireError."""
    return load_value(Circumstance, data)


def dump_value(value: object) -> Json:
    """Any one value (an actor, a provenance …) as an object without `type`."""
    return cast("Json", dump_of(cast("Any", type(value)))(value))


def load_value(cls: type[T], data: object) -> T:
    """The *cls* that *data* spells. Raises WireError."""
    return cast("T", load_of(cast("Any", cls))(data))


def encode_event(recorded: RecordedEvent) -> Json:
    """A whole entry of the log: what happened, and who, when and how it is known."""
    return {
        "id": recorded.id,
        "position": int(recorded.position),
        "at": dump_time(recorded.circumstance.at),
        "actor": dump_value(recorded.circumstance.actor),
        "provenance": dump_value(recorded.circumstance.provenance),
        "event": dump_event(recorded.event),
    }


def event_line(*, position: int, event_id: str, at: str, actor: str, provenance: str, event: str) -> str:
    """A whole entry of the log as JSON in one line of text, whatever takes for the end of a line.

    *actor*, *provenance* and *event* are JSON already, as their values are dumped; *at* is a time as `dump_time` writes it.
    """
    line = (
        f'{{"id":{json.dumps(event_id)},"position":{position},"at":"{at}",'
        f'"actor":{actor},"provenance":{provenance},"event":{event}}}'
    )
    return line if line.isascii() and "\x7f" not in line else line.translate(_ENDS_A_LINE)


def decode_event(data: object) -> RecordedEvent:
    """The entry of the log that *data* spells. Raises WireError."""
    wanted = {"id", "position", "at", "actor", "provenance", "event"}
    if not isinstance(data, dict) or data.keys() != wanted:
        raise WireError(f"a recorded event has exactly {', '.join(sorted(wanted))}")
    return RecordedEvent(
        position=EventPosition(read_integer(data["position"])),
        id=EventId(read_text(data["id"])),
        circumstance=Circumstance(
            actor=load_value(Actor, data["actor"]),
            at=load_time(data["at"]),
            provenance=load_value(Provenance, data["provenance"]),
        ),
        event=load_event(data["event"]),
    )
