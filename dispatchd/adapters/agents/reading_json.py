"""Lines of JSON from programs that change from release to release: what is not as expected is empty, never an error."""

import json
from collections.abc import Mapping
from math import isfinite
from typing import Any, Final

from dispatchd.application.ports.agent_engine import Decoded
from dispatchd.application.ports.agent_events import Malformed

_SHOWN: Final = 200
Json = Mapping[str, Any]
NOTHING: Final[Json] = {}


def read_object(line: bytes) -> Json | None:
    """The object that *line* spells, or None."""
    try:
        read = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def not_json(line: bytes, memory: str) -> Decoded:
    """What a line comes to that is none of the engine's."""
    beginning = line[:_SHOWN].decode("utf-8", errors="replace")
    return Decoded(events=(Malformed(beginning=beginning, why="it is no JSON object"),), memory=memory)


def part(of: Json, *names: str) -> Json:
    """The object at a path of names; empty where there is none."""
    here: Any = of
    for name in names:
        here = here.get(name) if isinstance(here, dict) else None
    return here if isinstance(here, dict) else NOTHING


def text(of: Json, name: str) -> str:
    """The text of that name; empty where it is none."""
    value = of.get(name)
    return value if isinstance(value, str) else ""


def number(of: Json, name: str) -> int:
    """The whole number of that name; 0 where it is none."""
    value = of.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def objects(of: Json, name: str) -> tuple[Json, ...]:
    """The objects in the list of that name."""
    value = of.get(name)
    return tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def micros(of: Json, name: str) -> int | None:
    """The dollars of that name, in millionths; None where it is no number."""
    value = of.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not isfinite(value):
        return None
    return round(value * 1_000_000)


def line_of(said: Json) -> bytes:
    """*said* as a line."""
    return json.dumps(said).encode() + b"\n"
