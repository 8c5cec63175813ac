"""Whether a process was started by an agent at work: then it may speak through its run's own socket, and not as a person.

A shim owns each agent's process and adopts what that leaves behind, so all of an agent's processes are below it. The
variable that every agent's environment has tells the same of one whose shim is gone.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes import run_shim

_PROC: Final = Path("/proc")
_SHIM: Final = Path(run_shim.__file__).name
_TALK: Final = b"DISPATCHD_TALK="
UNSEEN: Final = "a process that cannot be seen any more"


def agent_above(runs: Path, pid: int) -> str | None:
    """The run, of those whose folders are in *runs*, that the process *pid* belongs to; None where it is nobody's.

    A process that is gone already may have been anybody's: it says so in place of a run.
    """
    if pid <= 0:  # outside of what this process can see, where no agent of its own is
        return None
    folder = os.fsencode(runs.resolve())
    for each in _line_of(pid):
        arguments = _read(each, "cmdline")
        if arguments is None:
            return UNSEEN if each == pid else None
        run = _of_shim(arguments, folder) or _of_environment(_read(each, "environ") or b"", folder)
        if run is not None:
            return run
    return None


def _line_of(pid: int) -> Iterator[int]:
    """The process and those above it."""
    seen: set[int] = set()
    while pid > 0 and pid not in seen:
        seen.add(pid)
        yield pid
        stat = _read(pid, "stat")
        if stat is None:
            return
        pid = int(stat.rpartition(b")")[2].split()[1])


def _of_shim(arguments: bytes, folder: bytes) -> str | None:
    words = arguments.rstrip(b"\0").split(b"\0")
    if len(words) < 2 or Path(os.fsdecode(words[-2])).name != _SHIM:
        return None
    return _run_in(words[-1], folder)


def _of_environment(environment: bytes, folder: bytes) -> str | None:
    found = next((each for each in environment.split(b"\0") if each.startswith(_TALK)), None)
    return _run_in(found.removeprefix(_TALK), folder) if found is not None else None


def _run_in(path: bytes, folder: bytes) -> str | None:
    place = os.path.realpath(path)
    if not place.startswith(folder + b"/"):
        return None
    return os.fsdecode(place[len(folder) + 1 :].partition(b"/")[0])


def _read(pid: int, name: str) -> bytes | None:
    try:
        return (_PROC / str(pid) / name).read_bytes()
    except OSError:
        return None
