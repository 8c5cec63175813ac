"""How much room is left where a folder lies, for whoever is not privileged. Whether that is little is for others to say."""

import os
from pathlib import Path
from typing import NamedTuple


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
