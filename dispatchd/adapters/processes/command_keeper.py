"""The daemon's side of its command server: listens in its place, and starts it when commands come often.

Who calls while there is no server is turned away at once, and carries out the command by itself.
"""

import contextlib
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from dispatchd.adapters.processes.command_call import SOCKET
from dispatchd.adapters.processes.environment import without_git

LOG = logging.getLogger(__name__)
_OFTEN_SECONDS: Final = 600.0
"""Two commands within this time: then a third is worth a server."""
_ENDS_WITHIN: Final = 2.0
_BACKLOG: Final = 64
_BEGIN: Final = "import sys; from dispatchd.__main__ import serve_commands; serve_commands(*sys.argv[1:])"


class CommandKeeper:
    """Keeps the socket of commands in *private* while its block runs."""

    def __init__(self, private: Path) -> None:
        self._private = private
        self._thread = threading.Thread(target=self._keep, name="commands", daemon=True)
        self._before = -_OFTEN_SECONDS

    def __enter__(self) -> Self:
        self._stops, self._stop = os.pipe()
        self._listener = _listen(self._private)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._stop)
        self._thread.join()
        os.close(self._stops)
        self._listener.close()
        with contextlib.suppress(OSError):
            (self._private / SOCKET).unlink()

    def _keep(self) -> None:
        poll = select.poll()
        poll.register(self._stops, select.POLLHUP)
        poll.register(self._listener, select.POLLIN)
        while True:
            happened = {descriptor for descriptor, _ in poll.poll()}
            if self._stops in happened:
                return
            _turn_away(self._listener)
            now = time.monotonic()
            often, self._before = now - self._before < _OFTEN_SECONDS, now
            if often and self._stopped_while_serving():
                return

    def _stopped_while_serving(self) -> bool:
        """Whether the daemon stopped while there was a server, or where one could not be started: no."""
        try:
            return self._serve()
        except OSError as error:
            LOG.warning(
                "commands load everything themselves: %s", error, extra={"action": "no_command_server"}
            )
            return False

    def _serve(self) -> bool:
        """Have a server until it ends; whether the daemon stops. None that begins is waited for by nobody."""
        with _Server(self._listener, self._private / "runs") as server:
            poll = select.poll()
            poll.register(self._stops, select.POLLHUP)
            poll.register(self._listener, select.POLLIN)
            poll.register(server.ready, select.POLLIN)
            poll.register(server.ends, select.POLLIN)
            while True:
                happened = {descriptor for descriptor, _ in poll.poll()}
                if self._stops in happened:
                    return True
                if server.ends in happened:
                    return False
                if server.ready in happened:
                    poll.unregister(server.ready)
                    poll.unregister(self._listener)
                elif self._listener.fileno() in happened:
                    _turn_away(self._listener)


class _Server:
    """The process, ended with its block: it is told by the end of a pipe."""

    def __init__(self, listener: socket.socket, runs: Path) -> None:
        alive, self._alive = os.pipe()
        self.ready, ready = os.pipe()
        given = (listener.fileno(), alive, ready)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BEGIN, str(runs), *map(str, given)],
                env=without_git(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=given,
                start_new_session=True,
            )
        finally:
            os.close(alive)
            os.close(ready)
        self.ends = os.pidfd_open(self._process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, failure: BaseException | None, trace: TracebackType | None
    ) -> None:
        for descriptor in (self._alive, self.ready, self.ends):
            os.close(descriptor)
        try:
            self._process.wait(_ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _listen(private: Path) -> socket.socket:
    """A socket that only this user reaches; one that a dead daemon left is replaced. The caller holds the lock."""
    (private / SOCKET).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)
    folder = os.open(private, os.O_PATH | os.O_DIRECTORY)
    before = os.umask(0o177)
    try:
        listener.bind(f"/proc/self/fd/{folder}/{SOCKET}")
    finally:
        os.umask(before)
        os.close(folder)
    listener.listen(_BACKLOG)
    return listener


def _turn_away(listener: socket.socket) -> None:
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
