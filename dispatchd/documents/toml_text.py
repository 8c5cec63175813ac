"""Reads TOML within bounds: settings arrive by commits too, and nothing that somebody sends may take the time or
the stack of whoever reads it.
"""

import re
import tomllib
from typing import Any, Final

LONGEST: Final = 64 * 1024
_DEEPEST: Final = 32
_DOTS: Final = re.compile(rf"(?:\.[ \t]*[\w-]+[ \t]*){{{_DEEPEST}}}")
"""A key of so many parts is none that anybody writes, and costs its square."""


def load_toml(text: str) -> dict[str, Any]:
    """The tables of *text*. Raises tomllib.TOMLDecodeError, also for what is too long or nested too deeply."""
    if len(text) > LONGEST:
        raise tomllib.TOMLDecodeError(f"it is longer than {LONGEST // 1024} KiB")
    if _DOTS.search(text):
        raise tomllib.TOMLDecodeError(f"a key has more than {_DEEPEST} parts")
    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except RecursionError:
        raise tomllib.TOMLDecodeError("it is nested too deeply") from None
