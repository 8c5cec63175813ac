"""How frozen records become plain JSON data and come back: made once for each type, from its annotations.

An object has the fields' names; where one of several types can stand, `type` names it, or `entity` where one of them
has a field of that name; a time is UTC text; a field that holds its empty default is left out. Which records there
are is not known here.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Final, NewType, Union, cast, get_args, get_origin, get_type_hints

from dispatchd.domain.errors import DispatchdError

Json = dict[str, Any]
_Convert = Callable[[Any], Any]
_EMPTY: Final = (None, "", False, ())
_TYPE: Final = "type"
_ENTITY: Final = "entity"


class WireError(DispatchdError):
    """The data is not what it should be; the message names the field."""


def dump_time(value: datetime) -> str:
    """*value* in UTC, as short as it is exact: `2026-11-21T07:12:00Z`."""
    if value.tzinfo is None:
        raise WireError(f"the time {value.isoformat()} has no zone")
    return value.astimezone(UTC).isoformat()[:-6] + "Z"


def load_time(data: object) -> datetime:
    """The time *data* spells. Raises WireError."""
    try:
        value = datetime.fromisoformat(read_text(data))
    except ValueError:
        raise WireError(f"{data!r} is no time; write it as 2026-11-21T07:12:00Z") from None
    if value.tzinfo is None:
        raise WireError(f"the time {data!r} has no zone; end it with Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise WireError(f"the time {data!r} lies outside the calendar") from None


def read_text(data: object) -> str:
    """The text *data* is. Raises WireError."""
    if not isinstance(data, str):
        raise WireError(f"{data!r} is no text")
    try:
        data.encode()
    except UnicodeEncodeError:
        # Half a surrogate pair is legal in JSON and in no file: it could be kept nowhere.
        raise WireError(f"{data!r} is no valid Unicode") from None
    return data


def read_integer(data: object) -> int:
    """The whole number *data* is. Raises WireError."""
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
def dump_of(hint: Any) -> _Convert:
    """How a value of the type *hint* becomes JSON data; made once for each type."""
    if isinstance(hint, NewType):
        return dump_of(hint.__supertype__)
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


def _names(cls: type) -> set[str]:
    return {field.name for field in fields(cls)}


def _tag_of(members: tuple[Any, ...]) -> str:
    # An issue has a fact of the name `type` itself.
    return _ENTITY if any(_TYPE in _names(member) for member in members) else _TYPE


def _dump_union(members: tuple[Any, ...]) -> _Convert:
    rest = tuple(member for member in members if member is not NoneType)
    if len(rest) == 1:
        convert = dump_of(rest[0])
        return lambda value: None if value is None else convert(value)
    tag = _tag_of(rest)
    by_class = {member: dump_of(member) for member in rest}

    def dump(value: Any) -> Json | None:
        cls = type(value)
        return None if value is None else {tag: cls.__name__, **by_class[cls](value)}

    return dump


def _dump_tuple(members: tuple[Any, ...]) -> _Convert:
    if len(members) == 2 and members[1] is Ellipsis:
        convert = dump_of(members[0])
        return list if convert is _same else lambda value: [convert(item) for item in value]
    converts = [dump_of(member) for member in members]
    return lambda value: [convert(item) for convert, item in zip(converts, value, strict=True)]


def _dump_record(cls: type) -> _Convert:
    hints = get_type_hints(cls)
    plan = tuple(
        (field.name, dump_of(hints[field.name]), field.default if field.default in _EMPTY else MISSING)
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
def load_of(hint: Any) -> _Convert:
    """How JSON data becomes a value of the type *hint*; made once for each type."""
    if isinstance(hint, NewType):
        return load_of(hint.__supertype__)
    if get_origin(hint) in {UnionType, Union}:
        return _load_union(get_args(hint))
    if get_origin(hint) is tuple:
        return _load_tuple(get_args(hint))
    if is_dataclass(hint):
        return _load_record(cast("type", hint))
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return _load_word(hint)
    return {str: read_text, int: read_integer, bool: _truth, datetime: load_time}[hint]


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
        convert = load_of(rest[0])
        return lambda data: None if data is None else convert(data)
    tag = _tag_of(rest)
    by_name = {member.__name__: load_of(member) for member in rest}

    def load(data: object) -> Any:
        if data is None and NoneType in members:
            return None
        name = data.get(tag) if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(name, str) or name not in by_name:
            raise WireError(f"{tag} {name!r} is not known here")
        return by_name[name]({key: value for key, value in data.items() if key != tag})

    return load


def _load_tuple(members: tuple[Any, ...]) -> _Convert:
    endless = len(members) == 2 and members[1] is Ellipsis
    converts = [load_of(member) for member in members if member is not Ellipsis]

    def load(data: object) -> tuple[Any, ...]:
        if not isinstance(data, list) or not (endless or len(data) == len(converts)):
            raise WireError(f"{data!r} is no list of the right length")
        each = converts * len(data) if endless else converts
        return tuple(convert(item) for convert, item in zip(each, data, strict=True))

    return load


def _load_record(cls: type) -> _Convert:
    hints = get_type_hints(cls)
    converts = {field.name: load_of(hints[field.name]) for field in fields(cls)}
    needed = {
        field.name for field in fields(cls) if field.default is MISSING and field.default_factory is MISSING
    }

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
