"""The call that this process serves, where it is a fork of the command server, and what it cannot do for its caller."""

import os
import socket
import sys
from pathlib import Path

from dispatchd.adapters.processes.command_call import CONNECT
from dispatchd.domain.errors import WorkspaceError


class LeftToCaller(BaseException):
    """Nothing was done, and the caller's own process has to do it. Like SystemExit, nobody's to handle on the way."""


class ServedCall:
    """The conversation with the caller."""

    def __init__(self, conversation: socket.socket) -> None:
        self._conversation = conversation
        self.has_called = False
        """Whether the daemon may have been asked for anything: then it is too late to leave it all to the caller."""

    def connect(self, private: Path) -> socket.socket:
        """A connection to the daemon that the caller has made: it is theirs to the daemon. Raises OSError."""
        self._conversation.send(CONNECT + os.fsencode(os.path.realpath(private)))
        told, given, _, _ = socket.recv_fds(self._conversation, 64, 1)
        if not given:
            number = int(told or b"0")
            raise OSError(number, os.strerror(number))
        self.has_called = True
        return socket.socket(fileno=given[0])


_served: list[ServedCall] = []


def serve_here(call: ServedCall) -> None:
    """From now on this process carries out *call*."""
    _served[:] = [call]


def call_served_here() -> ServedCall | None:
    """What this process carries out for another; None in a process that acts for itself."""
    return _served[0] if _served else None


def say_at_once(line: str) -> None:
    """Say *line* on the error stream now, also where what a served command prints is held until it has ended."""
    if call_served_here() is None:
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()
        return
    os.write(2, f"{line}\n".encode("utf-8", "backslashreplace"))


def leave_to_caller() -> None:
    """Come here before anything that needs the caller's own process: its terminal, or its right to act on its own.

    Does nothing in a process that acts for itself. Raises LeftToCaller, or WorkspaceError where that would do twice
    what the daemon may have done already.
    """
    served = call_served_here()
    if served is None:
        return
    if served.has_called:
        raise WorkspaceError(
            "the daemon stopped in the middle of this; what it had been asked before is done, see `dispatchd log`"
        )
    raise LeftToCaller
