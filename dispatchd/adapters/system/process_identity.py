"""Telling processes apart by more than their pid, which is given out again.

It reads `/proc`. Where there is none, a process is known by its pid alone, and `is_running` answers from that.
"""

import contextlib
import os
from pathlib import Path

from dispatchd.application.ports.workspace_lock import ProcessIdentity

_PROC = Path("/proc")
_DEAD_STATES = frozenset("ZX")
_HALTED_STATES = frozenset("Tt")


def boot_id() -> str:
    """What names this start of the machine; empty where the system does not tell."""
    with contextlib.suppress(OSError):
        return (_PROC / "sys/kernel/random/boot_id").read_text("ascii").strip()
    return ""


def identify(pid: int) -> ProcessIdentity | None:
    """The identity of the process that has *pid* now; None if none has, or only the remains of one."""
    if not _PROC.joinpath("self/stat").exists():
        return ProcessIdentity(pid=pid) if _answers(pid) else None
    state, started = _state(pid)
    if not state or state in _DEAD_STATES:
        return None
    return ProcessIdentity(pid=pid, started=started, boot_id=boot_id())


def _state(pid: int) -> tuple[str, str]:
    """The state of the process that has *pid*, and when it was started; empty where none has."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", errors="replace")
    except OSError:
        return "", ""
    # The command's name stands in parentheses and may hold spaces and parentheses itself: count from the last one.
    fields = stat.rpartition(")")[2].split()
    return fields[0], fields[19]


def identify_self() -> ProcessIdentity:
    """The identity of this process."""
    return identify(os.getpid()) or ProcessIdentity(pid=os.getpid())


def is_running(identity: ProcessIdentity) -> bool:
    """Whether that very process is alive, and not another that was given its pid later."""
    found = identify(identity.pid)
    if found is None:
        return False
    return _same(identity.started, found.started) and _same(identity.boot_id, found.boot_id)


def is_ending(identity: ProcessIdentity) -> bool:
    """Whether that very process was ended and is not gone yet: a thread of it that waits for a disk holds its locks."""
    state, started = _state(identity.pid)
    return bool(state) and state in _DEAD_STATES and _same(identity.started, started)


def is_halted(identity: ProcessIdentity) -> bool:
    """Whether that very process was halted by a signal, or a debugger, and does nothing until it is let go on."""
    state, started = _state(identity.pid)
    return state in _HALTED_STATES and _same(identity.started, started)


def _same(recorded: str, found: str) -> bool:
    return not recorded or not found or recorded == found


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
