"""Commands, events and entities as plain JSON data, and back.

It decides the shape: an object of the field names; where one of several types can stand, `type` names it; a time is
UTC text; a field that holds its empty default is left out. What is read is checked to the last value and refused with
the place that is wrong, because it may come through a socket or from a commit somebody wrote by hand. It knows nothing
of where the data is kept, and imports no validation library: a command-line client that sends one command uses it too.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NewType, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from dispatchd.domain.actors import Actor, Provenance
from dispatchd.domain.board import Entity
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import DispatchdError
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.identifiers import EventId, EventPosition

Json = dict[str, Any]
T = TypeVar("T")
_Convert = Callable[[Any], Any]
_EMPTY: Final = (None, "", False, ())
_TYPE: Final = "type"


class WireError(DispatchdError):
    """The data is not what it should be; the message names the field."""


def dump_command(command: Command) -> Json:
    """*command* with its type's name under `type`."""
    return cast("Json", _dump_of(Command)(command))


def load_command(data: object) -> Command:
    """The command *data* spells. Raises WireError."""
    return cast("Command", _load_of(Command)(data))


def dump_event(event: Event) -> Json:
    """*event* with its type's name under `type`."""
    return cast("Json", _dump_of(Event)(event))


def load_event(data: object) -> Event:
    """The event *data* spells. Raises WireError."""
    return cast("Event", _load_of(Event)(data))


def dump_entity(entity: Entity | Decision) -> Json:
    """*entity* with its type's name under `type`."""
    return cast("Json", _dump_of(Entity | Decision)(entity))


def load_entity(data: object) -> Entity | Decision:
    """The entity *data* spells. Raises WireError."""
    return cast("Entity | Decision", _load_of(Entity | Decision)(data))


def dump_circumstance(circumstance: Circumstance) -> Json:
    """Who, when and how it is known."""
    return dump_value(circumstance)


def load_circumstance(data: object) -> Circumstance:
    """The circumstance *data* spells. Raises WireError."""
    return load_value(Circumstance, data)


def dump_value(value: object) -> Json:
    """Any one value (an actor, a provenance …) as an object without `type`."""
    return cast("Json", _dump_of(cast("Any", type(value)))(value))


def load_value(cls: type[T], data: object) -> T:
    """The *cls* that *data* spells. Raises WireError."""
    return cast("T", _load_of(cast("Any", cls))(data))


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


def decode_event(data: object) -> RecordedEvent:
    """The entry of the log that *data* spells. Raises WireError."""
    wanted = {"id", "position", "at", "actor", "provenance", "event"}
    if not isinstance(data, dict) or data.keys() != wanted:
        raise WireError(f"a recorded event has exactly {', '.join(sorted(wanted))}")
    return RecordedEvent(
        position=EventPosition(_integer(data["position"])),
        id=EventId(_text(data["id"])),
        circumstance=Circumstance(
            actor=load_value(Actor, data["actor"]),
            at=load_time(data["at"]),
            provenance=load_value(Provenance, data["provenance"]),
        ),
        event=load_event(data["event"]),
    )


def dump_time(value: datetime) -> str:
    """*value* in UTC, as short as it is exact: `2026-11-21T07:12:00Z`."""
    if value.tzinfo is None:
        raise WireError(f"the time {value.isoformat()} has no zone")
    return value.astimezone(UTC).isoformat()[:-6] + "Z"


def load_time(data: object) -> datetime:
    """The time *data* spells. Raises WireError."""
    try:
        value = datetime.fromisoformat(_text(data))
    except ValueError:
        raise WireError(f"{data!r} is no time; write it as 2026-11-21T07:12:00Z") from None
    if value.tzinfo is None:
        raise WireError(f"the time {data!r} has no zone; end it with Z")
    return value.astimezone(UTC)


def _text(data: object) -> str:
    if not isinstance(data, str):
        raise WireError(f"{data!r} is no text")
    try:
        data.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair is legal in JSON and in no file: it could be kept nowhere.
        raise WireError(f"{data!r} is no valid Unicode") from None
    return data


def _integer(data: object) -> int:
    if not isinstance(data, int) or isinstance(data, bool):
        raise WireError(f"{data!r} is no whole number")
    return data


def _truth(data: object) -> bool:
    if not isinstance(data, bool):
        raise WireError(f"{data!r} is neither true nor false")
    return data


def _same(value: Any) -> Any:
    return value


@cache
def _dump_of(hint: Any) -> _Convert:
    """How a value of the type *hint* becomes JSON data; made once for each type."""
    if isinstance(hint, NewType):
        return _dump_of(hint.__supertype__)
    if get_origin(hint) in {UnionType, Union}:
        return _dump_union(get_args(hint))
    if get_origin(hint) is tuple:
        return _dump_tuple(get_args(hint))
    if is_dataclass(hint):
        return _dump_record(cast("type", hint))
    if hint is datetime:
        return dump_time
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return str
    return _same


def _dump_union(members: tuple[Any, ...]) -> _Convert:
    rest = tuple(member for member in members if member is not NoneType)
    if len(rest) == 1:
        convert = _dump_of(rest[0])
        return lambda value: None if value is None else convert(value)
    by_class = {member: _dump_of(member) for member in rest}

    def dump(value: Any) -> Json:
        cls = type(value)
        return {_TYPE: cls.__name__, **by_class[cls](value)}

    return dump


def _dump_tuple(members: tuple[Any, ...]) -> _Convert:
    if len(members) == 2 and members[1] is Ellipsis:
        convert = _dump_of(members[0])
        return list if convert is _same else lambda value: [convert(item) for item in value]
    converts = [_dump_of(member) for member in members]
    return lambda value: [convert(item) for convert, item in zip(converts, value, strict=True)]


def _dump_record(cls: type) -> _Convert:
    hints = get_type_hints(cls)
    plan = tuple(
        (field.name, _dump_of(hints[field.name]), field.default if field.default in _EMPTY else MISSING)
        for field in fields(cls)
    )

    def dump(value: Any) -> Json:
        data = {}
        for name, convert, left_out in plan:
            item = getattr(value, name)
            if item != left_out:
                data[name] = item if convert is _same else convert(item)
        return data

    return dump


@cache
def _load_of(hint: Any) -> _Convert:
    """How JSON data becomes a value of the type *hint*; made once for each type."""
    if isinstance(hint, NewType):
        return _load_of(hint.__supertype__)
    if get_origin(hint) in {UnionType, Union}:
        return _load_union(get_args(hint))
    if get_origin(hint) is tuple:
        return _load_tuple(get_args(hint))
    if is_dataclass(hint):
        return _load_record(cast("type", hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _load_word(hint)
    return {str: _text, int: _integer, bool: _truth, datetime: load_time}[hint]


def _load_word(cls: type[StrEnum]) -> _Convert:
    words = {member.value: member for member in cls}

    def load(data: object) -> StrEnum:
        member = words.get(data) if isinstance(data, str) else None
        if member is None:
            raise WireError(f"{data!r} is none of {', '.join(words)}")
        return member

    return load


def _load_union(members: tuple[Any, ...]) -> _Convert:
    rest = tuple(member for member in members if member is not NoneType)
    if len(rest) == 1:
        convert = _load_of(rest[0])
        return lambda data: None if data is None else convert(data)
    by_name = {member.__name__: _load_of(member) for member in rest}

    def load(data: object) -> Any:
        name = data.get(_TYPE) if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(name, str) or name not in by_name:
            raise WireError(f"type {name!r} is not known here")
        return by_name[name]({key: value for key, value in data.items() if key != _TYPE})

    return load


def _load_tuple(members: tuple[Any, ...]) -> _Convert:
    endless = len(members) == 2 and members[1] is Ellipsis
    converts = [_load_of(member) for member in members if member is not Ellipsis]

    def load(data: object) -> tuple[Any, ...]:
        if not isinstance(data, list) or not (endless or len(data) == len(converts)):
            raise WireError(f"{data!r} is no list of the right length")
        each = converts * len(data) if endless else converts
        return tuple(convert(item) for convert, item in zip(each, data, strict=True))

    return load


def _load_record(cls: type) -> _Convert:
    hints = get_type_hints(cls)
    converts = {field.name: _load_of(hints[field.name]) for field in fields(cls)}
    needed = {field.name for field in fields(cls) if field.default is MISSING}

    def load(data: object) -> Any:
        if not isinstance(data, dict):
            raise WireError(f"{cls.__name__}: {data!r} is no object")
        if not (needed <= data.keys() <= converts.keys()):
            wrong = sorted(map(str, (needed - data.keys()) | (data.keys() - converts.keys())))
            raise WireError(f"{cls.__name__}: missing or unknown: {', '.join(wrong)}")
        values = {}
        for name, item in data.items():
            try:
                values[name] = converts[name](item)
            except WireError as error:
                raise WireError(f"{cls.__name__}.{name}: {error}") from None
        return cls(**values)

    return load
