"""The watcher for mounts that send no events: it says "scan" at a steady pace, and at once when a cookie asks.

What a scan finds, and how it is paid for, is the caller's.
"""

import queue
import threading
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

from dispatchd.application.ports.tree_watcher import CookieSeen, Hint, Rescan, RescanReason, TreeWatcher

EVERY_SECONDS: Final = 2.0


class PollingWatcher:
    """Ticks."""

    def __init__(self, every_seconds: float = EVERY_SECONDS) -> None:
        self._every_seconds = every_seconds
        self._asked: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._numbers = count()

    def start(self, on_hint: Callable[[Hint], None]) -> None:
        self._asked = queue.SimpleQueue()
        self._thread = threading.Thread(
            target=self._tick, args=(on_hint, self._asked), name="tree-poll", daemon=True
        )
        self._thread.start()

    def watch_also(self, folder: Path) -> None:
        """Nothing to do: whoever scans looks at git's folders too."""

    def drop_cookie(self) -> str:
        name = f"poll-{next(self._numbers)}"
        self._asked.put(name)
        return name

    def is_alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def poll_seconds(self) -> float | None:
        return self._every_seconds

    def stop(self) -> None:
        if self._thread is not None:
            self._asked.put(None)
            self._thread.join()
            self._thread = None

    def _tick(self, on_hint: Callable[[Hint], None], asked: "queue.SimpleQueue[str | None]") -> None:
        while True:
            try:
                cookie = asked.get(timeout=self._every_seconds)
            except queue.Empty:
                on_hint(Rescan(reason=RescanReason.POLL))
                continue
            if cookie is None:
                return
            on_hint(Rescan(reason=RescanReason.POLL))
            on_hint(CookieSeen(name=cookie))


_port: type[TreeWatcher] = PollingWatcher
