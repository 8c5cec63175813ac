"""What runs on this machine."""

import contextlib
from pathlib import Path


def command_lines() -> list[str]:
    """Of every process that runs, whole: what `ps` prints is cut where COLUMNS says how wide a screen is."""
    found: list[str] = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            found.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip())
    return found
