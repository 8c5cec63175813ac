"""Who holds a lock, by the kernel's own table, and what that process is. Where there is no `/proc`, nothing is known."""

import contextlib
import os
from pathlib import Path
from typing import Final

from dispatchd.domain.dataclass import dataclass

_PROC: Final = Path("/proc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """Another process."""

    pid: int
    command: str
    is_stopped: bool = False
    """Whether it was halted by a signal and does nothing until it is let go on."""

    def __str__(self) -> str:
        return f"{self.command} (pid {self.pid})"


def neighbour(pid: int) -> Neighbour | None:
    """The process *pid*; None if there is none."""
    with contextlib.suppress(OSError):
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
        name = stat.partition("(")[2].rpartition(")")[0]
        state = stat.rpartition(")")[2].split()[0]
        return Neighbour(pid=pid, command=name, is_stopped=state in {"T", "t"})
    return None


def holders_of(file: Path) -> tuple[int, ...]:
    """The processes that hold a flock on *file*, by the kernel's own table; 0 stands for one that is out of sight."""
    try:
        wanted = file.stat()
        lines = (_PROC / "locks").read_text("ascii", errors="replace").splitlines()
    except OSError:
        return ()
    place = f"{os.major(wanted.st_dev):02x}:{os.minor(wanted.st_dev):02x}:{wanted.st_ino}"
    fields = (line.split() for line in lines)
    return tuple(int(each[4]) for each in fields if len(each) > 5 and each[1] == "FLOCK" and each[5] == place)
