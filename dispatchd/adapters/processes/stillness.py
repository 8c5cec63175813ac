"""Tells a program that is slow from one that waits for ever: by whether anything moves in it.

What works takes processor time or waits for the disk. What sleeps, with everything that it has started, and is not woken
for many seconds, waits for something that does not come: the other end of a pipe, a lock, somebody at a terminal.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

LOOK_EVERY: Final = 1.0
"""Seconds between two looks at a program."""
_ASLEEP: Final = frozenset("SZX")
"""The kernel's letters for what does nothing and does not wait for the disk."""
_STATUS: Final = re.compile(rb"^(?:State:\s+(\S)|(?:non)?voluntary_ctxt_switches:\s+(\d+))", re.MULTILINE)
_PROC: Final = Path("/proc")


class Stillness:
    """How long nothing has moved in the process *leader* and what it has started, as far as looks have told."""

    def __init__(self, leader: int, now: Callable[[], float] = time.monotonic) -> None:
        self._leader = leader
        self._now = now
        self._found: Mapping[str, int] | None = None
        self._since = now()

    def seconds(self) -> float:
        """Take a look; since when the looks have found the same. 0 where something moves, or nobody can tell."""
        found = _rest_of(self._leader)
        if found is None or found != self._found:
            self._found, self._since = found, self._now()
        return self._now() - self._since


def _rest_of(leader: int) -> Mapping[str, int] | None:
    """How often each thread of the program was woken so far; None where one is at work, or the kernel does not say."""
    woken: dict[str, int] = {}
    try:
        for thread in _threads_of(leader):
            said = _STATUS.findall((thread / "status").read_bytes())
            if {state.decode() for state, _ in said if state} - _ASLEEP:
                return None
            woken[thread.name] = sum(int(times) for _, times in said if times)
    except OSError:  # one has just ended, or this kernel has no such files
        return None
    return woken


def _threads_of(leader: int) -> Iterator[Path]:
    pending = [str(leader)]
    while pending:
        for thread in (_PROC / pending.pop() / "task").iterdir():
            yield thread
            pending += (thread / "children").read_text("ascii").split()
