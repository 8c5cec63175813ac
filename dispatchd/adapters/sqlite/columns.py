"""How values stand in columns: times as UTC text of one width, structures as JSON, actors read and written once each."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, TypeVar

from dispatchd.application.wire import dump_value, load_value
from dispatchd.domain.actors import Actor, Provenance

to_json: Final[Callable[[Any], str]] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
from_json: Final[Callable[[str], Any]] = json.loads

T = TypeVar("T")
_REMEMBERED: Final = 512
_SHORT: Final = 8192
"""Characters; what is longer is read each time, so that what is remembered stays small."""


def remembering(read: Callable[[str], T]) -> Callable[[str], T]:
    """*read*, which makes a value that never changes of a text alone, and makes it once of the texts that come again.

    What agents' turns are decided by is looked at in each of a turn's transactions, and most of it stands as it did.
    """
    known = lru_cache(maxsize=_REMEMBERED)(read)
    return lambda text: known(text) if len(text) <= _SHORT else read(text)


# All rows of a transaction tend to carry one time.
@lru_cache(maxsize=64)
def time_column(value: datetime) -> str:
    """*value* in UTC with all six digits of its microseconds, so that text sorts as time."""
    if value.tzinfo is None:
        raise ValueError(f"the time {value.isoformat()} has no zone")
    return value.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def time_value(column: str) -> datetime:
    """The time that `time_column` wrote."""
    return datetime.fromisoformat(column)


# A workspace has few actors and thousands of rows that name them.
@lru_cache(maxsize=256)
def actor_column(actor: Actor) -> str:
    """*actor* as JSON."""
    return to_json(dump_value(actor))


@lru_cache(maxsize=256)
def actor_value(column: str) -> Actor:
    """The actor that `actor_column` wrote."""
    return load_value(Actor, from_json(column))


@lru_cache(maxsize=256)
def provenance_column(provenance: Provenance) -> str:
    """*provenance* as JSON."""
    return to_json(dump_value(provenance))


@lru_cache(maxsize=256)
def provenance_value(column: str) -> Provenance:
    """The provenance that `provenance_column` wrote."""
    return load_value(Provenance, from_json(column))
