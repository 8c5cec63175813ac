"""Programs that a daemon has started and that outlive it, because it was killed: the next daemon ends them.

Each carries a mark in its environment, which says for which workspace and by which process it was begun. That costs
nothing where it is begun, and holds whatever ends the daemon; what else the program has started has the mark as well.
"""

import contextlib
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

OWNER: Final = "DISPATCHD_OWNER"
GRACE: Final = 1.0
"""Seconds for the last words of a program that is told to end: git puts away its locks."""
_LAST: Final = 5.0
"""Seconds in which the kernel lets go of one that is killed; whoever waits for a disk longer than that is not waited for."""
_AGAIN: Final = 0.01
"""Seconds between two looks."""


@dataclass(slots=True)
class _Owner:
    mark: str = ""


_owner: Final = _Owner()


def own_programs(private: Path) -> None:
    """From now on this process owns what it starts for the workspace whose own folder is *private*; what an earlier owner
    has left is ended. Only who holds the workspace's lock may do so.
    """
    if not _owner.mark.startswith(f"{private}:"):
        _owner.mark = f"{private}:{os.getpid()}.{os.urandom(4).hex()}"
    _end(os.fsencode(f"{OWNER}={private}:"), os.fsencode(f"{OWNER}={_owner.mark}"))


def owners_mark() -> dict[str, str]:
    """What goes into the environment of a program that is to end with its owner; nothing where this process owns none."""
    return {OWNER: _owner.mark} if _owner.mark else {}


def _end(marks: bytes, but: bytes) -> None:
    for word, patience in ((signal.SIGTERM, GRACE), (signal.SIGKILL, _LAST)):
        told: set[int] = set()
        until = time.monotonic() + patience
        while left := set(_marked(marks, but)):
            for pid in left - told:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, word)
            told |= left
            if time.monotonic() > until:
                break
            time.sleep(_AGAIN)


def _marked(marks: bytes, but: bytes) -> Iterator[int]:
    """The processes with such a mark, besides those with the mark *but*; one that is over has no environment any more."""
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():  # noqa: PTH112, PTH208 -- asked of every process
        if not name.isdigit():
            continue
        with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:  # noqa: PTH123
            said = file.read()
            if marks in said and any(each.startswith(marks) and each != but for each in said.split(b"\0")):
                yield int(name)
