"""What runs on this machine."""

import contextlib
import select
from pathlib import Path


def command_lines() -> list[str]:
    """Of every process that runs, whole: what `ps` prints is cut where COLUMNS says how wide a screen is."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip())
    return found


def says_something(descriptor: int, seconds: float) -> bool:
    """Whether a terminal or pipe has something to read, or is hung up, within so long.

    By poll(2), which knows no highest descriptor: a worker that has run some thousand tests may have passed 1,024.
    """
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(seconds * 1000))
