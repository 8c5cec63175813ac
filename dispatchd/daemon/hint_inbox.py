"""Hints from the watcher's thread to the event loop: gathered, so that ten thousand of them wake it once."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from dispatchd.application.ports.tree_watcher import GitMoved, Hint, Touched


class HintInbox:
    """`put` may be called from any thread; the rest belongs to the event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop, now: Callable[[], float]) -> None:
        """*now* is the monotonic clock that the session waits by."""
        self._loop = loop
        self._now = now
        self._hints: deque[Hint] = deque()
        self._something = asyncio.Event()
        self._urgent = asyncio.Event()
        """Set where whoever waits is to hear at once, and not with all that comes in the same breath."""
        self.came = False
        """Whether the last `wait` ended because somebody put or woke, and not by the clock."""

    def put(self, hint: Hint) -> None:
        """Keep *hint*, with the moment, and wake the loop."""
        self._hints.append(Touched(path=hint.path, heard=self._now()) if isinstance(hint, Touched) else hint)
        if not isinstance(hint, Touched | GitMoved):
            self._loop.call_soon_threadsafe(self.wake)
        elif not self._something.is_set():
            self._loop.call_soon_threadsafe(self._something.set)

    def wake(self) -> None:
        """Make `wait` return, though nothing was hinted at."""
        self._something.set()
        self._urgent.set()

    async def wait(self, seconds: float, breath: float = 0.0) -> Sequence[Hint]:
        """Hints gathered until now, waiting for the first of them *seconds* at most, and a *breath* for more of them.

        A file that was touched can wait for others, because it has to be quiet first, and git moves several files for
        one commit; who dropped a cookie waits for it.
        """
        until = self._loop.time() + seconds
        await self._set_before(self._something, until)
        if self._something.is_set():
            await self._set_before(self._urgent, min(until, self._loop.time() + breath))
        self.came = self._something.is_set()
        self._something.clear()
        self._urgent.clear()
        hints: list[Hint] = []
        while self._hints:
            hints.append(self._hints.popleft())
        return hints

    async def _set_before(self, event: asyncio.Event, moment: float) -> None:
        try:
            async with asyncio.timeout_at(moment):
                await event.wait()
        except TimeoutError:
            pass
