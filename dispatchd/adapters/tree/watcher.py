"""The watcher for local mounts: watchdog's events, turned into hints and passed on at once.

Saves are heard of when the writer closes the file; one that keeps it open is left to the scan. Where the kernel
gives no watches (any more), it ticks like the polling watcher besides. Believing a hint is the caller's business.
"""

import errno
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)

from dispatchd.adapters.tree import cookies
from dispatchd.adapters.tree.mounts import is_remote, mount_kind
from dispatchd.adapters.tree.polling_watcher import PollingWatcher
from dispatchd.adapters.tree.tree_observer import TreeObserver
from dispatchd.application.ports.tree_watcher import (
    CookieSeen,
    GitMoved,
    Hint,
    Rescan,
    RescanReason,
    Touched,
    TreeWatcher,
)
from dispatchd.documents.tree_paths import PathRole, is_nameable, role_of, shown_name

_HEARD: Final[list[type[FileSystemEvent]]] = [
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
]
"""Not opened and not modified: the first would answer our own reads, the second comes for each write of a save."""


def _identity(folder: Path) -> tuple[int, int]:
    found = folder.lstat()
    return found.st_dev, found.st_ino


class WatchdogWatcher:
    """Listens by inotify."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._also: list[Path] = []
        self._observer: TreeObserver | None = None
        self._poller = PollingWatcher()
        self._polls = False
        self._on_hint: Callable[[Hint], None] | None = None
        self._cookies: set[str] = set()
        self._watched: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def start(self, on_hint: Callable[[Hint], None]) -> None:
        self._on_hint = on_hint
        self._polls = False
        try:
            cookies.sweep(self._root)
            self._watched = _identity(self._root)
            events = _TreeEvents(self._root, self._tell)
            self._observer = TreeObserver(self._lost, events.touch)
            self._observer.schedule(events, str(self._root), recursive=True, event_filter=_HEARD)
            self._observer.start()
            for folder in self._also:
                self._watch_git(folder)
        except OSError:
            # No watches left, or no inotify instance: the scans of the poller still find everything.
            self._stop_observer()
            self._poll()

    def watch_also(self, folder: Path) -> None:
        self._also.append(folder)
        if self._observer is not None:
            self._watch_git(folder)

    def drop_cookie(self) -> str:
        if self._polls:
            # A cookie in the root says nothing of a folder that is not watched; a scan before it does.
            return self._poller.drop_cookie()
        if _identity(self._root) != self._watched:
            # What stands there now is not what is watched, and may be nothing of ours: nothing is laid in it.
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), str(self._root))
        with self._lock:
            # Known before the watcher can see it, because its own thread asks.
            name = cookies.drop(self._root)
            self._cookies.add(name)
        return name

    def is_alive(self) -> bool:
        if self._polls and not self._poller.is_alive():
            return False
        return self._polls if self._observer is None else self._observer.is_whole()

    def poll_seconds(self) -> float | None:
        return self._poller.poll_seconds() if self._polls else None

    def stop(self) -> None:
        self._stop_observer()
        self._poller.stop()
        self._polls = False
        self._on_hint = None
        for name in self._cookies:
            cookies.take_away(self._root, name)
        self._cookies.clear()

    def _stop_observer(self) -> None:
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            if observer.is_alive():
                observer.join()

    def _poll(self) -> None:
        if not self._polls:
            self._polls = True
            self._poller.start(self._pass_on)

    def _watch_git(self, folder: Path) -> None:
        if self._observer is None or not folder.is_dir():
            return
        try:
            self._observer.schedule(_GitEvents(folder, self._tell), str(folder), event_filter=_HEARD)
        except OSError:
            self._lost(RescanReason.WATCH_ERROR, str(folder))

    def _tell(self, hint: Hint) -> None:
        if not (isinstance(hint, CookieSeen) and self._is_stale(hint.name)):
            self._pass_on(hint)

    def _is_stale(self, cookie: str) -> bool:
        with self._lock:
            if cookie not in self._cookies:
                return True
            self._cookies.remove(cookie)
        cookies.take_away(self._root, cookie)
        return False

    def _pass_on(self, hint: Hint) -> None:
        if self._on_hint is not None:
            self._on_hint(hint)

    def _lost(self, reason: RescanReason, folder: str) -> None:
        self._tell(Rescan(reason=reason))
        if reason is RescanReason.WATCH_ERROR:
            self._poll()
        elif folder == str(self._root):
            self._drop_again()

    def _drop_again(self) -> None:
        """The events of the cookies on their way were lost with the others."""
        with self._lock:
            for name in self._cookies:
                cookies.take_away(self._root, name)
                (self._root / name).touch(mode=0o600)


class _TreeEvents(FileSystemEventHandler):
    def __init__(self, root: Path, tell: Callable[[Hint], None]) -> None:
        self._prefix = f"{root}/"
        self._cookie = self._prefix + cookies.PREFIX
        self._root = str(root)
        self._tell = tell

    def dispatch(self, event: FileSystemEvent) -> None:
        came, went = _ends_of(event)
        if went:
            self._hint(went, RescanReason.FOLDER_WENT if event.is_directory else None)
        if came:
            self._hint(came, RescanReason.FOLDER_CAME if event.is_directory else None)

    def touch(self, path: str) -> bool:
        """Something happened to the file at *path*; False for a cookie, which comes after all folders before it."""
        if path.startswith(self._cookie):
            return False
        self._hint(path, None)
        return True

    def _hint(self, path: str, folder_reason: RescanReason | None) -> None:
        if path == self._root:
            self._tell(Rescan(reason=RescanReason.FOLDER_WENT))
            return
        name = path.removeprefix(self._prefix)
        inside = shown_name(name)
        if inside.startswith(cookies.PREFIX):
            self._tell(CookieSeen(name=inside))
        elif folder_reason is not None:
            if not any(part.startswith(".") for part in inside.split("/")):
                self._tell(Rescan(reason=folder_reason, under=inside))
        elif role_of(inside) is PathRole.IGNORED:
            return
        elif is_nameable(name):
            self._tell(Touched(path=inside))
        else:
            # There is no such path to look at; a scan says what stands there, and under which name it is told of.
            self._tell(Rescan(reason=RescanReason.BAD_NAME))


class _GitEvents(FileSystemEventHandler):
    def __init__(self, folder: Path, tell: Callable[[Hint], None]) -> None:
        self._folder = folder
        self._tell = tell

    def dispatch(self, event: FileSystemEvent) -> None:
        for path in _ends_of(event):
            if path:
                self._tell(GitMoved(folder=self._folder, name=path.rpartition("/")[2]))


def _ends_of(event: FileSystemEvent) -> tuple[str, str]:
    """The path at which something is now, and the one at which something was; empty where there is none."""
    source, target = str(event.src_path), str(event.dest_path)
    if isinstance(event, FileMovedEvent | DirMovedEvent):
        return target, source
    if isinstance(event, FileDeletedEvent | DirDeletedEvent):
        return "", source
    return source, ""


def open_watcher(root: Path) -> TreeWatcher:
    """The watcher that fits the mount *root* is on."""
    if sys.platform != "linux" or is_remote(mount_kind(root)):
        return PollingWatcher()
    return WatchdogWatcher(root)


_port: type[TreeWatcher] = WatchdogWatcher
