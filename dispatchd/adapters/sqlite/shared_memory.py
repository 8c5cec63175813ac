"""Room for the file that SQLite's processes map together (`-shm`), so that a full disk is an error and not a signal.

SQLite makes that file larger by writing one byte a page. Where a file system's blocks are smaller than a page, holes
are left between those bytes; the first touch of one on a full disk ends the process with SIGBUS. So the daemon gives
the whole file its blocks, and whoever finds it with holes and no room does not open the database.
"""

import errno
import os
from pathlib import Path
from typing import Final

from dispatchd.application.ports.store_failures import StoreUnavailable

LEAST_ROOM: Final = 64 * 1024
"""Bytes: what the first opener maps, twice."""
RESERVED: Final = 64 * 1024
"""Bytes: enough for a log of 8,000 pages, which is eight times what is left between two checkpoints."""
_FULL: Final = "the disk is full"
_PAGE: Final = os.sysconf("SC_PAGESIZE")
_BLOCK: Final = 512
"""Bytes that `st_blocks` counts in, on every file system."""


def refuse_full_disk(path: Path) -> None:
    """Raise StoreUnavailable where the shared memory of the database at *path* could be mapped with holes in it."""
    try:
        told = os.statvfs(path.parent)
    except OSError:
        return
    is_full = told.f_blocks and told.f_bavail * told.f_frsize < LEAST_ROOM
    if is_full and told.f_frsize < _PAGE and not _is_whole(path):
        raise StoreUnavailable(path, _FULL)


def reserve(path: Path) -> int | None:
    """Give the open database's shared memory all its blocks, where it can have holes. Raises StoreUnavailable.

    Returns a descriptor to be closed after the connection: closing it drops the locks this process holds on that file.
    """
    if os.statvfs(path.parent).f_frsize >= _PAGE:
        return None
    descriptor = os.open(_shared(path), os.O_RDWR | os.O_CLOEXEC)
    try:
        os.posix_fallocate(descriptor, 0, RESERVED)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StoreUnavailable(path, _FULL) from error
    return descriptor


def _is_whole(path: Path) -> bool:
    try:
        told = _shared(path).stat()
    except OSError:
        return False
    return told.st_size >= RESERVED and told.st_blocks * _BLOCK >= told.st_size


def _shared(path: Path) -> Path:
    return Path(f"{path}-shm")
