"""What the daemon says to the player of a script: answers to what it asks, and that its turn is to end.

It is heard between the steps, and in them wherever one waits or runs a command. What only waiting needs is loaded by it.
"""

from __future__ import annotations

import os
import time

from dispatchd.adapters.agents.quick_json import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Final

_AT_ONCE: Final = 1 << 16
LISTEN_EVERY: Final = 0.1
"""Seconds between two looks while a command runs;"""
GRACE: Final = 2.0
"""and how long it may go on once the turn is to end: a commit that is cut short leaves git's lock behind."""


STOPPED: Final = "end your turn, which was stopped"
"""What a refusal begins with that is for the turn, and not for the step: it is tried again when the turn goes on."""


class NotYet(Exception):  # noqa: N818 -- nothing is wrong
    """Nobody has answered whether a step may be taken: the turn ends, and the next one begins with it."""


class Interrupted(Exception):  # noqa: N818 -- what it is called everywhere
    """The turn is to end now."""


class Ears:
    """Standard input, a line of JSON at a time. As a context they are open while something else is done."""

    def __init__(self) -> None:
        self._heard = b""
        self._is_open = True
        os.set_blocking(0, False)

    def hear(self) -> None:
        """Raise Interrupted where the turn is to end; other lines stay for `next`."""
        while self._is_open:
            try:
                found = os.read(0, _AT_ONCE)
            except BlockingIOError:
                break
            self._heard, self._is_open = self._heard + found, bool(found)
        if any(loads(line.decode()).get("interrupt") for line in self._heard.split(b"\n")[:-1]):
            raise Interrupted

    def next(self) -> Any:
        """What is said next, waited for; None where nothing more will be. Raises Interrupted."""
        self.hear()
        while b"\n" not in self._heard:
            if not self._is_open:
                return None
            self._wait(None)
        line, _, self._heard = self._heard.partition(b"\n")
        return loads(line.decode())

    def wait_for_the_end(self) -> None:
        """Until the turn is to end, or nobody could say so any more."""
        try:
            while self.next() is not None:
                pass
        except Interrupted:
            return

    def rest(self, seconds: float) -> None:
        """Do nothing for so long. Raises Interrupted."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._wait(left)

    def _wait(self, seconds: float | None) -> None:
        from select import select  # noqa: PLC0415

        select([0] if self._is_open else [], [], [], seconds)
        self.hear()

    def __enter__(self) -> None:
        """From here on Interrupted is raised in the midst of whatever is done, a little after it was said."""
        import signal  # noqa: PLC0415

        said: list[float] = []

        def listen(*_: object) -> None:
            try:
                self.hear()
            except Interrupted:
                said.append(time.monotonic())
                if said[-1] - said[0] < GRACE:
                    return
                signal.setitimer(signal.ITIMER_REAL, 0)
                raise

        signal.signal(signal.SIGALRM, listen)
        signal.setitimer(signal.ITIMER_REAL, LISTEN_EVERY, LISTEN_EVERY)

    def __exit__(self, *_: object) -> None:
        import signal  # noqa: PLC0415

        signal.setitimer(signal.ITIMER_REAL, 0)
