"""Lines of JSON from programs that change from release to release: what is not as expected is empty, never an error."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from dispatchd.application.ports.agent_engine import Decoded
from dispatchd.application.ports.agent_events import Malformed

_SHOWN: Final = 200
_DEEPEST: Final = 100
"""Nothing an agent says is nested deeper; what is could be read, and then not be written again."""
_LARGEST: Final = 2**53
_LONGEST_NAME: Final = 100
SESSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_-]{0,99}")
"""A conversation's name that may stand on a command line by itself: no option, no path."""
Json = Mapping[str, Any]
NOTHING: Final[Json] = {}


def read_object(line: bytes) -> Json | None:
    """The object that *line* spells, or None."""
    try:
        read = json.loads(line)
        if b"\\ud" in line or b"\\uD" in line:
            # Half a character, which no file and no commit could hold.
            read = json.loads(json.dumps(read, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) and not _is_too_deep(line, read) else None


def _is_too_deep(line: bytes, read: Any) -> bool:
    if line.count(b"[") + line.count(b"{") <= _DEEPEST:
        return False
    level: list[Any] = [read]
    for _ in range(_DEEPEST):
        level = [
            inner
            for each in level
            for inner in (each.values() if isinstance(each, dict) else each)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return False
    return True


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
    """The whole number of that name; 0 where it is none, or none that anybody counts."""
    value = of.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        return 0
    return value


def objects(of: Json, name: str) -> tuple[Json, ...]:
    """The objects in the list of that name."""
    value = of.get(name)
    return tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()


def micros(of: Json, name: str) -> int | None:
    """The dollars of that name, in millionths; None where it is no number, or none that anything costs."""
    value = of.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return None
    if not math.isfinite(value) or not 0 <= value <= _LARGEST / 1_000_000:
        return None
    return round(value * 1_000_000)


def moment(of: Json, name: str) -> datetime | None:
    """The moment of that name, in seconds since 1970; None where it is none."""
    try:
        return datetime.fromtimestamp(number(of, name), tz=UTC) if number(of, name) else None
    except (ValueError, OverflowError, OSError):
        return None


def name_of(value: object) -> str:
    """What a line calls itself, or what stands in that place."""
    return value[:_LONGEST_NAME] if isinstance(value, str) else type(value).__name__


def line_of(said: Json) -> bytes:
    """*said* as a line."""
    return json.dumps(said).encode() + b"\n"
