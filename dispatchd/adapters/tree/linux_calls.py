"""The system calls themselves, and what the standard library has no name for: renameat2, syncfs and file leases.

On a system without one of them the call raises ENOSYS or answers "cannot be told"; what to do then is decided above.
"""

import ctypes
import errno
import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls

_NOREPLACE: Final = 1
_EXCHANGE: Final = 2
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_CREATE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_F_SETLEASE: Final = 1024
_F_SETSIG: Final = 10
_FIRST_READ: Final = 64 * 1024
"""A shorter answer from a regular file means its end."""
_CLOCK_FILE: Final = ".dispatchd-clock"
_REALTIME_COARSE: Final = 5
"""The clock from which Linux stamps files on local file systems."""

_libc: Final = ctypes.CDLL(None, use_errno=True)


def _call(name: str) -> Callable[..., int] | None:
    found: Callable[..., int] | None = getattr(_libc, name, None)
    return found


_renameat2: Final = _call("renameat2")
_syncfs: Final = _call("syncfs")


class LinuxCalls:
    """The kernel, asked plainly."""

    def __init__(self, *, remote: bool = False) -> None:
        """*remote*: the files' times come from another machine, so its clock is read by touching a file."""
        self._remote = remote

    def open_top(self, path: str) -> int:
        return os.open(path, _FOLDER)

    def top_status(self, path: str) -> os.stat_result:
        return os.lstat(path)

    def open_folder(self, folder: int, name: str) -> int:
        return os.open(name, _FOLDER, dir_fd=folder)

    def make_folder(self, folder: int, name: str) -> None:
        os.mkdir(name, dir_fd=folder)

    def entries(self, folder: int) -> Iterator[tuple[str, os.stat_result]]:
        # Not kept together: the statuses of 100,000 files take 60 MB.
        with os.scandir(folder) as listing:
            for entry in listing:
                try:
                    status = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                yield entry.name, status

    def status(self, folder: int, name: str) -> os.stat_result:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def open_file(self, folder: int, name: str) -> int:
        return os.open(name, _READ, dir_fd=folder)

    def file_status(self, descriptor: int) -> os.stat_result:
        return os.fstat(descriptor)

    def read(self, descriptor: int, limit: int) -> bytes:
        content = os.pread(descriptor, min(limit, _FIRST_READ), 0)
        while len(content) >= _FIRST_READ and len(content) < limit:
            piece = os.pread(descriptor, limit - len(content), len(content))
            if not piece:
                break
            content += piece
        return content

    def create(self, folder: int, name: str) -> int:
        return os.open(name, _CREATE, 0o666, dir_fd=folder)

    def write(self, descriptor: int, content: bytes) -> None:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]

    def set_mode(self, descriptor: int, permissions: int) -> None:
        os.fchmod(descriptor, permissions)

    def flush(self, descriptor: int) -> None:
        os.fsync(descriptor)

    def flush_all(self, descriptor: int) -> None:
        if _syncfs is None:
            os.sync()
        elif _syncfs(descriptor) != 0:
            raise _last_error()

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def rename(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        os.rename(name, to_name, src_dir_fd=folder, dst_dir_fd=to_folder)

    def rename_new(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        _rename_with(_NOREPLACE, folder, name, to_folder, to_name)

    def exchange(self, folder: int, name: str, other_folder: int, other_name: str) -> None:
        _rename_with(_EXCHANGE, folder, name, other_folder, other_name)

    def link(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        os.link(name, to_name, src_dir_fd=folder, dst_dir_fd=to_folder, follow_symlinks=False)

    def read_link(self, folder: int, name: str) -> str:
        return os.readlink(name, dir_fd=folder)

    def unlink(self, folder: int, name: str) -> None:
        os.unlink(name, dir_fd=folder)

    def is_open_for_writing(self, descriptor: int) -> bool | None:
        try:
            # A writer who opens the file in the instant the lease stands breaks it, and the kernel tells us so by
            # SIGIO, which would end the process. SIGURG is dropped unless somebody asked for it.
            fcntl.fcntl(descriptor, _F_SETSIG, signal.SIGURG)
            fcntl.fcntl(descriptor, _F_SETLEASE, fcntl.F_RDLCK)
        except BlockingIOError:
            return True
        except OSError:
            return None
        fcntl.fcntl(descriptor, _F_SETLEASE, fcntl.F_UNLCK)
        return False

    def clock_ns(self, folder: int) -> int:
        if not self._remote:
            return time.clock_gettime_ns(_REALTIME_COARSE)
        descriptor = os.open(_CLOCK_FILE, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600, dir_fd=folder)
        try:
            os.utime(descriptor)
            return os.fstat(descriptor).st_mtime_ns
        finally:
            os.close(descriptor)

    def process_number(self) -> int:
        return os.getpid()

    def process_runs(self, pid: int) -> bool:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except (PermissionError, OverflowError):
            return True
        return True

    def host_name(self) -> str:
        return os.uname().nodename


def _rename_with(flag: int, folder: int, name: str, to_folder: int, to_name: str) -> None:
    if _renameat2 is None:
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS), name)
    if _renameat2(folder, os.fsencode(name), to_folder, os.fsencode(to_name), flag) != 0:
        raise _last_error(name, to_name)


def _last_error(name: str = "", to_name: str = "") -> OSError:
    code = ctypes.get_errno()
    return OSError(code, os.strerror(code), name, None, to_name)


_seam: type[SystemCalls] = LinuxCalls
