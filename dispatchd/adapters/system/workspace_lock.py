"""The workspace's lock: flock on a file that is never removed, with the holder's name in it.

The kernel decides who holds it and frees it when the holder ends, by kill -9 too. What stands in the file only
names the holder for people; it is never believed against the kernel.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

from dispatchd import __version__
from dispatchd.adapters.system.lock_holders import holders_of, neighbour
from dispatchd.adapters.system.process_identity import identify_self, is_running
from dispatchd.application.ports.workspace_lock import (
    LockHolder,
    ProcessIdentity,
    WorkspaceBusy,
    WorkspaceLock,
)
from dispatchd.domain.errors import WorkspaceError

_PATIENCE: Final = 1.0
"""Seconds for which a refused lock is tried again while its file names no living holder: somebody who only looks
holds it for an instant, and a holder needs one to write its name."""
_PAUSE: Final = 0.01
_LONGEST_NAME: Final = 4096


class FlockWorkspaceLock:
    """Lock of the workspace whose private folder holds *path*.

    *patience* are the seconds to wait for a holder that has put no name on it yet, or whose purpose is *passing*.
    """

    def __init__(self, path: Path, *, patience: float = _PATIENCE, passing: str | None = None) -> None:
        self._path = path
        self._patience = patience
        self._passing = passing
        self._held: int | None = None

    def acquire(self, purpose: str, at: datetime) -> None:
        if self._held is not None:
            raise WorkspaceError(f"This process already holds {self._path}.")
        started = time.monotonic()
        descriptor = self._try()
        while descriptor is None:
            found = self._named_holder()
            if found is not None and _is_alive(found) and found.purpose != self._passing:
                raise WorkspaceBusy(self._told(found), found)
            if time.monotonic() - started > self._patience:
                raise WorkspaceBusy(self._told(found), found)
            time.sleep(_PAUSE)
            descriptor = self._try()
        self._held = descriptor
        _write_name(
            descriptor,
            LockHolder(
                process=identify_self(),
                host=os.uname().nodename,
                purpose=purpose,
                since=at,
                version=__version__,
            ),
        )

    def release(self) -> None:
        if self._held is None:
            return
        with contextlib.suppress(OSError):
            os.ftruncate(self._held, 0)
        os.close(self._held)
        self._held = None

    def holder(self) -> LockHolder | None:
        if self._held is not None:
            return _read_name(self._held)
        if not self._path.exists():
            return None
        with _opened(self._path, os.O_RDONLY) as descriptor:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return _read_name(descriptor)
        return None

    def _try(self) -> int | None:
        """The locked descriptor, or None if another has it."""
        try:
            self._path.parent.mkdir(exist_ok=True)
        except FileNotFoundError as error:
            raise WorkspaceError(f"The repository is gone from {self._path.parent.parent}.") from error
        while True:
            descriptor = _open(self._path, os.O_RDWR | os.O_CREAT)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(descriptor)
                return None
            if _is_still(self._path, descriptor):
                return descriptor
            # Somebody deleted the file between open and lock: a lock on what has no name keeps nobody out.
            os.close(descriptor)

    def _named_holder(self) -> LockHolder | None:
        with contextlib.suppress(OSError, WorkspaceError), _opened(self._path, os.O_RDONLY) as descriptor:
            return _read_name(descriptor)
        return None

    def _told(self, holder: LockHolder | None) -> str:
        others = _told_by_kernel(self._path, holder)
        if holder is None or others:
            who = f": {others}" if others else f"; `fuser {self._path}` shows it"
            return f"Another process holds this workspace and left no name in {self._path}{who}. End it, then try again."
        if holder.purpose == self._passing:
            return (
                f"Other commands have been at work here for {self._patience:.0f} s (now process {holder.process.pid}), so "
                "nothing was done. Try again; where many come at once, let a daemon carry them out: `dispatchd up`."
            )
        unseen = "" if _is_alive(holder) else " (not visible from here: perhaps in a container)"
        return (
            f"Process {holder.process.pid} on {holder.host}{unseen} holds this workspace as `{holder.purpose}` "
            f"since {holder.since:%Y-%m-%d %H:%M:%SZ}. Use it through that one, or stop it with `dispatchd down`."
        )


_port: type[WorkspaceLock] = FlockWorkspaceLock


def _is_alive(holder: LockHolder) -> bool:
    return holder.host == os.uname().nodename and is_running(holder.process)


def _told_by_kernel(path: Path, named: LockHolder | None) -> str:
    """Who holds the lock, in words, where the name on it is none of this machine's processes; empty where nobody is seen."""
    if named is not None and (named.host != os.uname().nodename or is_running(named.process)):
        return ""
    return ", ".join(str(neighbour(pid) or f"pid {pid}") for pid in holders_of(path) if pid)


def _open(path: Path, flags: int) -> int:
    try:
        return os.open(path, flags | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise WorkspaceError(
            f"The lock {path} cannot be opened: {error.strerror}. Make it a plain file of yours, or remove it."
        ) from error


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = _open(path, flags)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _is_still(path: Path, descriptor: int) -> bool:
    try:
        named = path.stat(follow_symlinks=False)
    except FileNotFoundError:
        return False
    return os.path.samestat(named, os.fstat(descriptor))


def _write_name(descriptor: int, holder: LockHolder) -> None:
    text = json.dumps(
        {
            "pid": holder.process.pid,
            "started": holder.process.started,
            "boot_id": holder.process.boot_id,
            "host": holder.host,
            "purpose": holder.purpose,
            "since": holder.since.isoformat(),
            "version": holder.version,
        }
    )
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{text}\n".encode(), 0)


def _read_name(descriptor: int) -> LockHolder | None:
    """The name in the file; None if it is empty or not one of ours."""
    try:
        said = json.loads(os.pread(descriptor, _LONGEST_NAME, 0))
        process = ProcessIdentity(
            pid=int(said["pid"]), started=str(said["started"]), boot_id=str(said["boot_id"])
        )
        since = datetime.fromisoformat(said["since"])
        return LockHolder(
            process=process,
            host=str(said["host"]),
            purpose=str(said["purpose"]),
            since=since,
            version=str(said.get("version", "")),
        )
    except (ValueError, KeyError, TypeError):
        return None
