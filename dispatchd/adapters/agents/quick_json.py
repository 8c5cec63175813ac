"""JSON without the module `json`, which loads regular expressions first: that takes longer than Python needs to begin.

Its own scanner and encoder, written in C, need none. Where a Python has them not, or otherwise, `json` does it.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

_SPACE = " \t\n\r"


class _Plain:
    """How the scanner is to read: as `json.loads` does when it is told nothing."""

    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}.__getitem__
    memo: dict[str, str] = {}  # noqa: RUF012 -- the scanner clears it itself


def _made() -> tuple[Callable[[str, int], tuple[Any, int]], Callable[[object, int], tuple[str, ...]]]:
    from _json import encode_basestring, make_encoder, make_scanner  # noqa: PLC0415

    encoder = make_encoder(None, _refuse, encode_basestring, None, ": ", ", ", False, False, True)
    return make_scanner(_Plain()), encoder  # type: ignore[arg-type]


def _refuse(value: object) -> Any:
    raise TypeError(f"{type(value).__name__} is no JSON")


_scan: Callable[[str, int], tuple[Any, int]] | None = None
_encode: Callable[[object, int], tuple[str, ...]] | None = None
try:  # noqa: SIM105 -- what suppresses takes as long to load as what this is there to spare
    _scan, _encode = _made()
except (ImportError, TypeError, AttributeError):
    pass


def loads(text: str) -> Any:
    """What *text* says. Raises ValueError where it is no JSON, or more than one value."""
    if _scan is None:
        import json  # noqa: PLC0415

        return json.loads(text)
    try:
        value, end = _scan(text, len(text) - len(text.lstrip(_SPACE)))
    except StopIteration as nothing:
        raise ValueError(f"no JSON begins at {nothing.value}") from nothing
    if text[end:].strip(_SPACE):
        raise ValueError(f"something follows the JSON, at {end}")
    return value


def dumps(value: object) -> str:
    """*value* as JSON in one line, letters as they are. Raises TypeError for what is none."""
    if _encode is None:
        import json  # noqa: PLC0415

        return json.dumps(value, ensure_ascii=False)
    return "".join(_encode(value, 0))
