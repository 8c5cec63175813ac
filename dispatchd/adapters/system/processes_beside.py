"""What the kernel tells of other processes: who works in a folder, how many watches are taken.

Only `/proc` is read. Where there is none, or a process belongs to somebody else, nothing is known and nothing is said.
"""

import contextlib
import ctypes
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatchd.adapters.system.lock_holders import Neighbour, neighbour
from dispatchd.domain.dataclass import dataclass

_PROC: Final = Path("/proc")
_IN_CLOEXEC: Final = 0o2000000
_IN_CREATE: Final = 0x100


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchUse:
    """inotify, as far as this user's processes have used it up. A limit of None means that none is known."""

    instances: int
    watches: int
    most_instances: int | None
    most_watches: int | None


def working_in(folders: tuple[Path, ...], command: str) -> tuple[Neighbour, ...]:
    """The processes of the program *command* whose working folder lies in one of *folders*."""
    found = []
    for pid in _pids():
        with contextlib.suppress(OSError):
            place = (_PROC / str(pid) / "cwd").readlink()
            beside = neighbour(pid)
            if beside and beside.command == command and any(place.is_relative_to(each) for each in folders):
                found.append(beside)
    return tuple(found)


def watch_use() -> WatchUse:
    """How much of inotify this user has taken."""
    instances = watches = 0
    for pid in _pids():
        for kind, info in _descriptors(pid):
            if kind == "anon_inode:inotify":
                instances += 1
                watches += sum(1 for line in info.splitlines() if line.startswith("inotify "))
    return WatchUse(
        instances=instances,
        watches=watches,
        most_instances=_least("fs/inotify/max_user_instances", "user/max_inotify_instances"),
        most_watches=_least("fs/inotify/max_user_watches", "user/max_inotify_watches"),
    )


def try_to_watch(folder: Path) -> str | None:
    """Watch *folder* for an instant: which limit is in the way (`instances`, `watches`), or None."""
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "inotify_init1"):
        return None
    descriptor = libc.inotify_init1(_IN_CLOEXEC)
    if descriptor < 0:
        return "instances" if ctypes.get_errno() in {errno.EMFILE, errno.ENOSPC} else None
    try:
        added = libc.inotify_add_watch(descriptor, os.fsencode(folder), _IN_CREATE)
        return "watches" if added < 0 and ctypes.get_errno() == errno.ENOSPC else None
    finally:
        os.close(descriptor)


def _pids() -> Iterator[int]:
    with contextlib.suppress(OSError):
        yield from (int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit())


def _descriptors(pid: int) -> Iterator[tuple[str, str]]:
    """What each descriptor of a process of this user is, and for watchers what the kernel tells of it."""
    folder = _PROC / str(pid)
    with contextlib.suppress(OSError):
        if folder.stat().st_uid != os.geteuid():
            return
        for entry in (folder / "fd").iterdir():
            with contextlib.suppress(OSError):
                kind = str(entry.readlink())
                if kind == "anon_inode:inotify":
                    yield kind, (folder / "fdinfo" / entry.name).read_text("ascii", errors="replace")


def _least(*names: str) -> int | None:
    found = []
    for name in names:
        with contextlib.suppress(OSError, ValueError):
            found.append(int((_PROC / "sys" / name).read_text("ascii")))
    return min(found, default=None)
