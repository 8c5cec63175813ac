"""What a command prints, held until it has ended: a command that has to begin anew elsewhere has said nothing then."""

import io
import os
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

OUT: Final = 1
ERR: Final = 2


class HeldOutput:
    """Both streams of a command, in the order in which they were written."""

    def __init__(self, encoding: str, errors: str) -> None:
        self._written: list[tuple[int, bytes]] = []
        self.out = self._stream(OUT, encoding, errors)
        self.err = self._stream(ERR, encoding, "backslashreplace")

    def _stream(self, number: int, encoding: str, errors: str) -> io.TextIOWrapper:
        at_once = number == ERR or os.isatty(number)
        buffered = io.BufferedWriter(_Kept(number, self._written))
        return io.TextIOWrapper(buffered, encoding=encoding, errors=errors, line_buffering=at_once)

    def release(self) -> None:
        """Write all of it. Raises OSError where nobody reads any more, or there is no room."""
        for stream in (self.out, self.err):
            stream.flush()
        for number, content in self._written:
            left = memoryview(content)
            while left:
                left = left[os.write(number, left) :]
        self._written.clear()


class _Kept(io.RawIOBase):
    """Looks like the file *number*, and keeps what is written to it."""

    def __init__(self, number: int, written: list[tuple[int, bytes]]) -> None:
        self._number = number
        self._written = written

    def fileno(self) -> int:
        return self._number

    def isatty(self) -> bool:
        return os.isatty(self._number)

    def writable(self) -> bool:
        return True

    def write(self, content: "ReadableBuffer", /) -> int:
        self._written.append((self._number, bytes(content)))
        return len(self._written[-1][1])
