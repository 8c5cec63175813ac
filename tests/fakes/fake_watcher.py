"""A watcher whose hints the test gives; a cookie comes back at once unless the test holds it."""

from collections.abc import Callable
from pathlib import Path

from dispatchd.application.ports.tree_watcher import (
    CookieSeen,
    GitMoved,
    Hint,
    Rescan,
    RescanReason,
    Touched,
    TreeWatcher,
)
from dispatchd.domain.identifiers import DocumentPath


class FakeWatcher:
    """Says what it is told to say."""

    def __init__(self) -> None:
        self.also: list[Path] = []
        self.starts = 0
        self.holds_cookies = False
        self.held_cookies: list[str] = []
        self.seconds: float | None = None
        self._on_hint: Callable[[Hint], None] | None = None
        self._is_alive = False
        self._cookies = 0

    def start(self, on_hint: Callable[[Hint], None]) -> None:
        self._on_hint = on_hint
        self._is_alive = True
        self.starts += 1

    def watch_also(self, folder: Path) -> None:
        self.also.append(folder)

    def drop_cookie(self) -> str:
        self._cookies += 1
        name = f"fake-{self._cookies}"
        if self.holds_cookies or not self._is_alive:
            self.held_cookies.append(name)
        else:
            self.say(CookieSeen(name=name))
        return name

    def is_alive(self) -> bool:
        return self._is_alive

    def poll_seconds(self) -> float | None:
        return self.seconds

    def stop(self) -> None:
        self._on_hint = None
        self._is_alive = False

    def say(self, hint: Hint) -> None:
        """Give a hint, if anybody listens."""
        if self._on_hint is not None:
            self._on_hint(hint)

    def touch(self, *paths: str) -> None:
        """Hint at paths."""
        for path in paths:
            self.say(Touched(path=DocumentPath(path)))

    def overflow(self) -> None:
        """Say that events were lost."""
        self.say(Rescan(reason=RescanReason.OVERFLOW))

    def move_git(self, folder: Path, name: str) -> None:
        """Hint at git."""
        self.say(GitMoved(folder=folder, name=name))

    def release_cookies(self) -> None:
        """Let the held ones through."""
        held, self.held_cookies = self.held_cookies, []
        for name in held:
            self.say(CookieSeen(name=name))

    def die(self) -> None:
        """Let a thread of it end."""
        self._is_alive = False


_port: type[TreeWatcher] = FakeWatcher
