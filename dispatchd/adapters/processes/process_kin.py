"""Whether a process was started by an agent at work: then it may speak through its run's own socket, and not as a person.

A shim owns each agent's process and adopts what that leaves behind, so all of an agent's processes are below it. What a
check runs was written by agents, so it is theirs too: below its owner. The variable that every such environment has
tells the same of one whose shim or owner is gone. An agent of another workspace is nobody's person here either, unless
whoever asks is below the same turn or check: a daemon that an agent starts to try something is that agent's own.
Commands ask this before anything is loaded, so it needs nothing but `os`.
"""

import os
from collections.abc import Iterator
from typing import Final

NURSERY: Final = "dispatchd-shims"
"""What the nursery and all that it forks are called in their arguments, before the folder of runs."""
SHIM: Final = "run_shim.py"
CHECKS: Final = "dispatchd-checks"
"""What the owner of a check is called, first of the arguments after its program's text; the folder of runs follows."""
MARK: Final = "DISPATCHD_CHECK"
"""The variable of a check's processes: a name for that check alone, below the folder of runs."""
TALK: Final = "DISPATCHD_TALK"
"""The variable of a run's processes: the socket by which they speak, in the run's folder."""
_OWNER_OF_A_CHECK: Final = slice(5, 6)
_VARIABLES: Final = (os.fsencode(f"{TALK}="), os.fsencode(f"{MARK}="))
UNSEEN: Final = "a process that cannot be seen any more"
ELSEWHERE: Final = "a turn or a check of another workspace"
CHECK: Final = "a check of what agents wrote"


def agent_above(runs: "os.PathLike[str] | str", pid: int) -> str | None:
    """The run, of those whose folders are in *runs*, that the process *pid* belongs to; None where it is nobody's.

    Of a check it says that it is one. Of a run or a check of another workspace it says so in place of its name; so it does
    of a process that is gone already, which may have been anybody's.
    """
    if pid <= 0:  # outside of what this process can see, where no agent of its own is
        return None
    folder = os.fsencode(os.path.realpath(runs))
    above_us = set(_line_of(os.getpid()))
    found: str | None = None
    for each in _line_of(pid):
        arguments = _read(each, "cmdline")
        if arguments is None:
            return UNSEEN if each == pid else found
        run = _of_shim(each, arguments, folder) or _of_environment(_read(each, "environ") or b"", folder)
        if run is not None and run != ELSEWHERE:
            return run
        if run is not None and each not in above_us:
            found = run
    return found


def is_agents(pid: int) -> bool:
    """Whether the process *pid* belongs to a run of any workspace, or cannot be looked at."""
    return pid <= 0 or agent_above(os.devnull, pid) is not None


def run_around(runs: "os.PathLike[str] | str", pid: int) -> str | None:
    """The run, of those in *runs*, whose shim has started the process *pid*; None where it is no run's of these.

    The processes alone tell it, and the outermost that calls itself a shim or an owner: below it anything may call
    itself one, and no variable proves anything. What is above this process itself has started both.
    """
    if pid <= 0:
        return None
    folder = os.fsencode(os.path.realpath(runs))
    above_us = set(_line_of(os.getpid()))
    found: str | None = None
    for each in _line_of(pid):
        arguments = _read(each, "cmdline")
        if arguments is None:
            return None
        if each in above_us:
            break
        of_shim = _of_shim(each, arguments, folder)
        if of_shim not in {None, UNSEEN}:  # the nursery of our shims is in no run's folder
            found = of_shim
    return found if found not in {ELSEWHERE, CHECK} else None


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
    """The run of the shim *pid*: its arguments name it where it was started by itself; a forked one works in its folder.

    So do those of the owner of a check.
    """
    words = arguments.rstrip(b"\0").split(b"\0")
    if len(words) < 2:
        return None
    if words[_OWNER_OF_A_CHECK] == [CHECKS.encode()]:
        return CHECK if os.path.realpath(words[_OWNER_OF_A_CHECK.stop]) == folder else ELSEWHERE
    name = os.fsdecode(words[-2])
    if name == NURSERY:
        # Not where an agent may have moved its folder to, or whether it is there still: a shim is a shim.
        is_ours = os.path.realpath(words[-1]) == folder
        return (os.path.basename(_working_folder(pid)) or UNSEEN) if is_ours else ELSEWHERE
    return _run_in(words[-1], folder) if os.path.basename(name) == SHIM else None


def _working_folder(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd").removesuffix(" (deleted)")
    except OSError:
        return ""


def _of_environment(environment: bytes, folder: bytes) -> str | None:
    found: str | None = None
    for each in environment.split(b"\0"):
        if not each.startswith(_VARIABLES):
            continue
        name, _, value = each.partition(b"=")
        run = _run_in(value, folder)
        if run != ELSEWHERE:
            return run if name == TALK.encode() else CHECK
        # Whoever was begun by an agent has its variable too, and so have those who are meant to speak to it.
        if value != os.environb.get(name):
            found = run
    return found


def _run_in(path: bytes, folder: bytes) -> str:
    place = os.path.realpath(path)
    if not place.startswith(folder + b"/"):
        return ELSEWHERE
    return os.fsdecode(place[len(folder) + 1 :].partition(b"/")[0])


def _read(pid: int, name: str) -> bytes | None:
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read()
    except OSError:
        return None
