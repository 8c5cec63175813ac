"""JSON that somebody else wrote, taken apart piece by piece, so that each piece knows its line and a broken one costs
only itself.

Values are read by the standard decoder; only the walk through the outermost containers is done here. Depth is bounded
by the decoder's own limit, and a key written twice is told: the last one counts, as everywhere.
"""

import json
import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import field
from typing import Any, Final

from dispatchd.domain.dataclass import dataclass

CUT_OFF: Final = "from here on it is not JSON; what stands before was read"
DOUBLED: Final = "a key stands twice; the last one counts"
_BLANK: Final = re.compile(r"[ \t\r\n]*")


class Unreadable(ValueError):  # noqa: N818 - named for what happened, as other failures here are
    """A piece that is no JSON; `at` is where in the text."""

    def __init__(self, what: str, at: int) -> None:
        super().__init__(what)
        self.at = at


@dataclass(slots=True)
class Lines:
    """Counts lines from offsets that only grow, so that a long text is gone through once."""

    text: str
    _at: int = 0
    _line: int = 1

    def of(self, offset: int) -> int:
        """The line of *offset*."""
        if offset < self._at:
            return self.text.count("\n", 0, offset) + 1
        self._line += self.text.count("\n", self._at, offset)
        self._at = offset
        return self._line


@dataclass(slots=True)
class Decoder:
    """Reads values and notices keys that stand twice in one object."""

    doubled: list[str] = field(default_factory=list)
    _json: json.JSONDecoder = field(init=False)

    def __post_init__(self) -> None:
        self._json = json.JSONDecoder(object_pairs_hook=self._object)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            self.doubled.extend(sorted({key for key in keys if keys.count(key) > 1}))
        return made

    def value(self, text: str, at: int) -> tuple[Any, int]:
        """The value that begins at *at*, and where it ends. Raises Unreadable."""
        try:
            return self._json.raw_decode(text, at)
        except json.JSONDecodeError as error:
            raise Unreadable(error.msg, error.pos) from None
        except RecursionError:
            raise Unreadable("it is nested too deeply", at) from None
        except ValueError as error:  # a number of more digits than Python reads
            raise Unreadable(str(error), at) from None

    def whole(self, text: str) -> Any:
        """The one value that *text* is. Raises Unreadable."""
        found, end = self.value(text, begin(text))
        if begin(text, end) != len(text):
            raise Unreadable("there is more behind the object", end)
        return found

    def take_doubled(self) -> Sequence[str]:
        """The keys that stood twice since this was last asked."""
        found, self.doubled = self.doubled, []
        return found


def begin(text: str, at: int = 0) -> int:
    """Where the next thing begins."""
    found = _BLANK.match(text, at)
    return found.end() if found else at


def elements(text: str, at: int, decoder: Decoder) -> Generator[tuple[int, Any], None, int]:
    """The elements of the array that begins at *at*, each with its place; returns where the array ends."""
    at = begin(text, at + 1)
    while text[at : at + 1] != "]":
        value, end = decoder.value(text, at)
        yield at, value
        at = _next(text, end, "]")
    return at + 1


def flat_elements(text: str, at: int, decoder: Decoder) -> Generator[tuple[int, Any], None, int]:
    """The same; an element that is an array itself gives its own elements."""
    found = elements(text, at, decoder)
    while True:
        try:
            offset, value = next(found)
        except StopIteration as over:
            return int(over.value)
        yield from ((offset, each) for each in value) if isinstance(value, list) else ((offset, value),)


def members(text: str, at: int) -> Iterator[tuple[str, int]]:
    """The keys of the object that begins at *at*, each with the place of its value."""
    decoder = Decoder()
    at = begin(text, at + 1)
    while text[at : at + 1] != "}":
        key, end = decoder.value(text, at)
        colon = begin(text, end)
        if not isinstance(key, str) or text[colon : colon + 1] != ":":
            raise Unreadable("Expecting a key and ':'", colon)
        value_at = begin(text, colon + 1)
        yield key, value_at
        _, end = decoder.value(text, value_at)
        at = _next(text, end, "}")


def _next(text: str, end: int, closing: str) -> int:
    at = begin(text, end)
    if text[at : at + 1] == ",":
        return begin(text, at + 1)
    if text[at : at + 1] != closing:
        raise Unreadable(f"Expecting ',' or '{closing}'", at)
    return at
