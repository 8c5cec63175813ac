"""Hints from the watcher's thread to the event loop: gathered, so that ten thousand of them wake it once."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace

from dispatchd.application.ports.tree_watcher import Hint, Touched


class HintInbox:
    """`put` may be called from any thread; the rest belongs to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float]) -> None:
        """*now* is the monotonic clock that the session waits by."""
        self._loop = loop
        self._now = now
        self._hints: deque[Hint] = deque()
        self._something = asyncio.Event()

    def put(self, hint: Hint) -> None:
        """Keep *hint*, with the moment, and wake the loop."""
        self._hints.append(replace(hint, heard=self._now()) if isinstance(hint, Touched) else hint)
        if not self._something.is_set():
            self._loop.call_soon_threadsafe(self._something.set)

    def wake(self) -> None:
        """Make `wait` return, though nothing was hinted at."""
        self._something.set()

    async def wait(self, seconds: float | None) -> Sequence[Hint]:
        """Hints gathered until now, waiting for the first of them *seconds* at most."""
        try:
            async with asyncio.timeout(seconds):
                await self._something.wait()
        except TimeoutError:
            pass
        self._something.clear()
        hints: list[Hint] = []
        while self._hints:
            hints.append(self._hints.popleft())
        return hints
