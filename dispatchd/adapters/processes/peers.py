"""Who is at the other end of a socket, by the kernel's word alone: what a process says of itself proves nothing.

It is to be asked when somebody has just connected, before anything is read: who connects may end and leave the
connection to others, and a pid is given out again. The kernel tells that from Linux 6.5 on, whenever it is asked.
"""

import errno
import os
import socket
import struct
from typing import Final

from dispatchd.adapters.processes.process_kin import UNSEEN, agent_above, is_agents, run_around

_CREDENTIALS: Final = struct.Struct("3i")
"""A process id, a user and a group."""
_SO_PEERPIDFD: Final = 77
_IS_OVER: Final = frozenset({errno.ESRCH, errno.EINVAL})


def user_at(connection: socket.socket) -> int:
    """The user whose process connected, or began to listen."""
    return _told_of(connection)[1]


def is_near_at(connection: socket.socket) -> bool:
    """Whether whoever connected can be seen by its pid at all."""
    return _told_of(connection)[0] > 0


def agent_at(runs: "os.PathLike[str] | str", connection: socket.socket) -> str | None:
    """Whose process connected, as `agent_above` says; of one that is over that it cannot be seen any more."""
    found = agent_above(runs, _told_of(connection)[0])
    return found or (UNSEEN if _is_over(connection) else None)


def is_agent_at(connection: socket.socket) -> bool:
    """Whether a run of any workspace is at the other end, or who is there cannot be looked at."""
    return is_agents(_told_of(connection)[0]) or _is_over(connection)


def run_at(runs: "os.PathLike[str] | str", connection: socket.socket) -> str | None:
    """The run whose shim started whoever connected, as `run_around` says; None of one that is over."""
    found = run_around(runs, _told_of(connection)[0])
    return None if _is_over(connection) else found


def _told_of(connection: socket.socket) -> tuple[int, int]:
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size)
    pid, user, _ = _CREDENTIALS.unpack(raw)
    return pid, user


def _is_over(connection: socket.socket) -> bool:
    """Whether whoever connected is gone, so that the pid may be another's by now."""
    try:
        process = connection.getsockopt(socket.SOL_SOCKET, _SO_PEERPIDFD)
    except OSError as unknown:  # an older kernel has no word for it
        return unknown.errno in _IS_OVER
    try:
        with open(f"/proc/self/fdinfo/{process}", encoding="ascii") as told:
            return "Pid:\t-1" in told.read().split("\n")
    finally:
        os.close(process)
