"""How much room is left where a folder lies, for whoever is not privileged, and how much a folder takes.

Whether that is little or much is for others to say.
"""

import contextlib
import os
from pathlib import Path
from typing import Final, NamedTuple

_BLOCK: Final = 512
"""Bytes of what `stat` counts as a block, whatever the file system's are."""


class Room(NamedTuple):
    """What may still be written: bytes, and files (None where the file system does not count them)."""

    bytes: int
    files: int | None


def room_left(folder: Path) -> Room | None:
    """The room where *folder* lies; None where the file system does not tell."""
    try:
        told = os.statvfs(folder)
    except OSError:
        return None
    if not told.f_blocks:
        return None
    # What a file system keeps back for itself or for root is no room, for root neither: ext4 refuses it to everybody.
    return Room(bytes=told.f_bavail * told.f_frsize, files=told.f_favail if told.f_files else None)


def room_taken(folder: Path) -> int:
    """The bytes that everything below *folder* takes on the disk; what has gone meanwhile, or is closed, takes none."""
    taken = 0
    for place, folders, files in os.walk(folder):
        for name in (*folders, *files):
            with contextlib.suppress(OSError):
                taken += Path(place, name).lstat().st_blocks * _BLOCK
    return taken
