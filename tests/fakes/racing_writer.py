"""A person who saves one file as fast as the machine allows, in a process of its own, and says what each save replaced.

Run as a script: PATH STYLE SEED. It saves until its standard input ends, then prints one line a save: the number it
saved and the first line of what that save destroyed, so that a test can follow every text to its end.
"""

import os
import random
import select
import sys
from pathlib import Path
from typing import Final

from dispatchd.adapters.tree.linux_calls import LinuxCalls

STYLES: Final = ("in place", "by rename", "like vim", "mixed")
_SYSTEM: Final = LinuxCalls()


def text_of(number: int) -> bytes:
    """What save *number* puts into the file; long enough that a torn write shows."""
    return b"person %d\n" % number + b"%d " % number * 500 + b"\nend of %d\n" % number


def save_in_place(path: Path, content: bytes) -> bytes:
    """Truncate and write, as VS Code, nano and the shell do."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        replaced = os.pread(descriptor, 1 << 20, 0)
        os.ftruncate(descriptor, 0)
        half = len(content) // 2
        os.pwrite(descriptor, content[:half], 0)
        os.pwrite(descriptor, content[half:], half)
    finally:
        os.close(descriptor)
    return replaced


def save_by_rename(path: Path, content: bytes) -> bytes:
    """Write beside it and swap, as most careful programs do; swapped rather than renamed to see what was replaced."""
    new = path.with_name(f".{path.name}.racing~")
    with new.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _SYSTEM.exchange(folder, new.name, folder, path.name)
    finally:
        os.close(folder)
    replaced = new.read_bytes()
    new.unlink()
    return replaced


def save_like_vim(path: Path, content: bytes) -> bytes:
    """Rename the old file to a backup, write a new one, drop the backup."""
    backup = path.with_name(path.name + "~")
    path.rename(backup)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        os.write(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    replaced = backup.read_bytes()
    backup.unlink()
    return replaced


_WAYS: Final = {"in place": save_in_place, "by rename": save_by_rename, "like vim": save_like_vim}


def race(path: Path, style: str, seed: int) -> list[tuple[int, bytes]]:
    """Save until standard input ends."""
    dice = random.Random(seed)  # noqa: S311 - a seed reproduces the run
    saves: list[tuple[int, bytes]] = []
    while not select.select([sys.stdin], [], [], 0)[0]:
        way = _WAYS[dice.choice(sorted(_WAYS)) if style == "mixed" else style]
        number = len(saves) + 1
        saves.append((number, way(path, text_of(number)).partition(b"\n")[0]))
    return saves


if __name__ == "__main__":
    for number, replaced in race(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])):
        sys.stdout.write(f"{number} {replaced.decode()}\n")
