"""A file system of eight megabytes that really fills up: a loop mount where the system grants one, else a tmpfs."""

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

SIZE: Final = 8 * 1024 * 1024
ROOM_AT_LEAST: Final = 4096


def attempt(*words: str | Path) -> bool:
    done = subprocess.run([str(word) for word in words], check=False, capture_output=True)
    return done.returncode == 0


def mount(place: Path) -> bool:
    """Put a disk of eight megabytes at *place*. Whether the system allows that."""
    image = place.with_name(f"{place.name}.img")
    if shutil.which("mkfs.ext4"):
        with image.open("wb") as made:
            made.truncate(SIZE)
        if attempt("mkfs.ext4", "-q", "-m", "0", image) and attempt("mount", "-o", "loop", image, place):
            return True
    return attempt("mount", "-t", "tmpfs", "-o", "size=8m", "none", place)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[Path]:
    """The mounted folder; lazily unmounted, because a process that was just killed may not be gone yet."""
    place.mkdir()
    if not mount(place):
        pytest.skip(
            "mounting is refused here; the full disk is played in memory by the tests of cases 014 to 016"
        )
    try:
        yield place
    finally:
        attempt("umount", "--lazy", place)


class Ballast:
    """What fills the disk to its last block, and goes away again."""

    def __init__(self, disk: Path) -> None:
        self._file = disk / "ballast"

    def fill(self) -> None:
        with self._file.open("ab", buffering=0) as opened:
            size = 1024 * 1024
            while size >= ROOM_AT_LEAST // 8:
                try:
                    opened.write(b"\0" * size)
                except OSError:
                    size //= 2

    def empty(self) -> None:
        self._file.unlink()
