"""watchdog's observer, made to admit what it lost and not to dawdle.

It adds to watchdog 7.1: a word when the kernel's queue overflowed or a folder could not be watched, which watchdog only
logs or swallows; a short wait for the other half of a rename, because files that leave the tree for good (our
own writes displace one each) would hold up every event behind them for half a second; and a short way for what happens to
files, of which ten thousand may be saved at once: of them only the name matters, so that none has to wait for the other
half of its rename, nor to go through two more threads.
"""

import os
import warnings
from collections.abc import Callable
from dataclasses import field
from typing import Final

from watchdog.events import FileSystemEvent
from watchdog.observers.api import EventQueue, ObservedWatch
from watchdog.observers.inotify import InotifyEmitter, InotifyObserver, InotifyWatchGroup
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD
from watchdog.observers.inotify_move_event_grouper import InotifyMoveEventGrouper

from dispatchd.application.ports.tree_watcher import RescanReason
from dispatchd.domain.dataclass import dataclass

OnLoss = Callable[[RescanReason, str], None]
"""Called with the folder it is about, on watchdog's reading thread."""
OnFile = Callable[[str], bool]
"""Called with the path of a file at which something happened, on watchdog's reading thread. Whether that was all there is
to it; what is not goes on to the handlers, behind what happened to folders before it.
"""

_OF_FILES: Final = (
    InotifyConstants.IN_CREATE
    | InotifyConstants.IN_CLOSE_WRITE
    | InotifyConstants.IN_MOVE
    | InotifyConstants.IN_DELETE
)
_OTHER_HALF_SECONDS: Final = 0.01
"""Both halves of a rename inside the tree stand in the kernel's queue together; a longer wait finds no more of them."""

# A new folder is met twice, in its parent's event and when the parent is walked. The second changes nothing.
warnings.filterwarnings("ignore", "Callback with id", RuntimeWarning)


class _QuickGrouper(InotifyMoveEventGrouper):
    delay = _OTHER_HALF_SECONDS


def _unheard(_reason: RescanReason, _folder: str) -> None:
    return


def _not_all(_path: str) -> bool:
    return False


@dataclass
class _FrankWatchGroup(InotifyWatchGroup):
    _move_event_grouper: InotifyMoveEventGrouper = field(default_factory=_QuickGrouper, init=False)
    on_loss: OnLoss = _unheard
    on_file: OnFile = _not_all

    def on_event(self, event: InotifyEvent) -> None:
        is_file = event.mask & _OF_FILES and not event.mask & InotifyConstants.IN_ISDIR
        if is_file and event.name and self._tell_file(event):
            return
        super().on_event(event)

    def _tell_file(self, event: InotifyEvent) -> bool:
        with self._lock:
            # None: no watch of ours (any more), which is not the place to decide what that means.
            path = self._build_event_source_path(event) if self.is_active else None
        return path is not None and self.on_file(os.fsdecode(path))

    def on_queue_overflow(self) -> None:
        super().on_queue_overflow()
        self.on_loss(RescanReason.OVERFLOW, os.fsdecode(self.path))

    def _add_callback(self, path: bytes) -> None:
        super()._add_callback(path)
        if path not in self._active_callbacks_by_path and os.path.isdir(path):  # noqa: PTH112 - bytes
            self.on_loss(RescanReason.WATCH_ERROR, os.fsdecode(path))


class _FrankEmitter(InotifyEmitter):
    def __init__(
        self,
        event_queue: EventQueue,
        watch: ObservedWatch,
        *,
        timeout: float = 1.0,
        event_filter: list[type[FileSystemEvent]] | None = None,
        inotify_fd: InotifyFD | None = None,
        on_loss: OnLoss = _unheard,
        on_file: OnFile = _not_all,
    ) -> None:
        super().__init__(
            event_queue, watch, timeout=timeout, event_filter=event_filter, inotify_fd=inotify_fd
        )
        self._on_loss = on_loss
        self._on_file = on_file

    def on_thread_start(self) -> None:
        self._inotify = _FrankWatchGroup(
            self._inotify_fd,
            os.fsencode(self.watch.path),
            is_recursive=self.watch.is_recursive,
            event_mask=self.get_event_mask_from_filter(),
            follow_symlink=False,
            on_loss=self._on_loss,
            on_file=self._on_file if self.watch.is_recursive else _not_all,
        )


class TreeObserver(InotifyObserver):
    """An observer whose losses are heard of and whose death shows.

    *on_file* hears of files in folders that are watched with all that is below them.
    """

    def __init__(self, on_loss: OnLoss, on_file: OnFile) -> None:
        super().__init__()
        self._emitter_class = _FrankEmitter
        self._emitter_kwargs["on_loss"] = on_loss
        self._emitter_kwargs["on_file"] = on_file

    def is_whole(self) -> bool:
        """Whether the reading thread, the observer's and every emitter's are alive."""
        threads = (self, self._inotify_fd, *self.emitters)
        return all(thread.is_alive() for thread in threads)
