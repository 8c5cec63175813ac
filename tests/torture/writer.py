"""A program that saves one file again and again, in one of the ways in which editors save. Run as: PATH STYLE SEED.

Prints a line a save when standard input ends: its number, and the first line of what it replaced. It pauses between
saves for a moment that the dice choose, so that the daemon gets its turns as well.
"""

import os
import random
import select
import sys
from pathlib import Path
from typing import Final

from tests.fakes import racing_writer

STYLES: Final = ("in place", "by rename", "like vim", "like JetBrains", "append", "mixed")
LONGEST_PAUSE: Final = 0.12
_WHOLE: Final = ("in place", "by rename", "like vim", "like JetBrains")


def save_like_jetbrains(path: Path, content: bytes) -> bytes:
    """Write a new file, rename the old one away, the new one into its place, drop the old one."""
    new, old = (path.with_name(f"{path.name}___jb_{what}___") for what in ("tmp", "old"))
    with new.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    path.rename(old)
    new.rename(path)
    replaced = old.read_bytes()
    old.unlink()
    return replaced


def append(path: Path, number: int) -> bytes:
    """`>>`: nothing is replaced."""
    with path.open("ab") as opened:
        opened.write(b"line %d of this file\n" % number)
    return b""


def save(path: Path, style: str, number: int) -> bytes:
    """Save number *number*; what it replaced."""
    if style == "append":
        return append(path, number)
    if style == "like JetBrains":
        return save_like_jetbrains(path, racing_writer.text_of(number))
    ways = {
        "in place": racing_writer.save_in_place,
        "by rename": racing_writer.save_by_rename,
        "like vim": racing_writer.save_like_vim,
    }
    return ways[style](path, racing_writer.text_of(number))


def work(path: Path, style: str, seed: int) -> None:
    """Save until standard input ends."""
    dice = random.Random(f"{seed} {style}")  # noqa: S311 - a seed repeats what is done
    saves: list[tuple[int, bytes]] = []
    while not select.select([sys.stdin], [], [], dice.uniform(0, LONGEST_PAUSE))[0]:
        number = len(saves) + 1
        replaced = save(path, dice.choice(_WHOLE) if style == "mixed" else style, number)
        saves.append((number, replaced.partition(b"\n")[0]))
    for number, first in saves:
        sys.stdout.write(f"{number} {first.decode()}\n")


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
