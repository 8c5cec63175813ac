"""Hints as a test takes them: in order, each waited for until a deadline."""

import queue
from collections.abc import Callable

from dispatchd.application.ports.tree_watcher import CookieSeen, Hint, Touched, TreeWatcher

PATIENCE_SECONDS = 20.0


class HeardHints:
    """A queue to give to a watcher's `start`."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Hint] = queue.SimpleQueue()

    def put(self, hint: Hint) -> None:
        self._queue.put(hint)

    def until(self, is_last: Callable[[Hint], bool]) -> list[Hint]:
        """Everything up to the hint asked for, it included."""
        heard: list[Hint] = []
        while True:
            try:
                heard.append(self._queue.get(timeout=PATIENCE_SECONDS))
            except queue.Empty:
                raise AssertionError(f"did not come; heard only {heard}") from None
            if is_last(heard[-1]):
                return heard

    def through_cookie(self, watcher: TreeWatcher) -> list[Hint]:
        """Everything that was hinted at before a cookie dropped now, the cookie left out."""
        cookie = CookieSeen(name=watcher.drop_cookie())
        return self.until(lambda hint: hint == cookie)[:-1]

    def paths_through_cookie(self, watcher: TreeWatcher) -> set[str]:
        """The paths touched before a cookie dropped now."""
        return {hint.path for hint in self.through_cookie(watcher) if isinstance(hint, Touched)}

    def is_empty(self) -> bool:
        return self._queue.empty()
