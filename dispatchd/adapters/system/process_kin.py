"""Whether a process was started by an agent at work: then it may speak through its run's own socket, and not as a person.

A shim owns each agent's process and adopts what that leaves behind, so all of an agent's processes are below it. The
variable that every agent's environment has tells the same of one whose shim is gone.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes import run_shim
from dispatchd.adapters.processes.shim_nursery import NURSERY

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
        run = _of_shim(each, arguments, folder) or _of_environment(_read(each, "environ") or b"", folder)
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


def _of_shim(pid: int, arguments: bytes, folder: bytes) -> str | None:
    """The run of the shim *pid*: its arguments name it where it was started by itself; a forked one works in its folder."""
    words = arguments.rstrip(b"\0").split(b"\0")
    if len(words) < 2:
        return None
    name = os.fsdecode(words[-2])
    if name == NURSERY and os.path.realpath(words[-1]) == folder:
        # Not where an agent may have moved its folder to, or whether it is there still: a shim is a shim.
        return Path(_working_folder(pid)).name or UNSEEN
    return _run_in(words[-1], folder) if Path(name).name == _SHIM else None


def _working_folder(pid: int) -> str:
    try:
        return str((_PROC / str(pid) / "cwd").readlink()).removesuffix(" (deleted)")
    except OSError:
        return ""


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
