"""Starts shims, forked by a nursery where there is one: to begin another Python for each turn costs more than its turn may.

Without a nursery a shim is started by itself. Asked for both ways, it runs once: the second of a folder ends at once.
"""

import contextlib
import logging
import os
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes import run_shim
from dispatchd.adapters.processes.background import spawn_detached
from dispatchd.adapters.processes.environment import inherited
from dispatchd.adapters.processes.process_kin import MARK, NURSERY, TALK

LOG = logging.getLogger(__name__)
_ANSWERS_WITHIN: Final = 10.0
_PASSED: Final = frozenset({"PATH", "LANG", "LC_ALL", TALK, MARK})
"""The last two are there where an agent has started the daemon: its own, who may speak to what it has started."""
_BEGIN: Final = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[3])!r}); "
    "from dispatchd.adapters.processes.shim_nursery import main; sys.exit(main())"
)


class Shims:
    """Starts shims of runs whose folders are in *runs*. Its nursery begins with the first, and ends with this object."""

    def __init__(self, runs: Path) -> None:
        self._runs = runs
        self._nursery: _Nursery | None = None
        self._asking = threading.Lock()

    @property
    def nursery(self) -> int | None:
        """The process id of the nursery; None where there is none now."""
        return None if self._nursery is None else self._nursery.pid

    def start(self, run: Path) -> None:
        """Start the shim of the folder *run*. Raises ProgramMissingError."""
        with self._asking:
            if not self._forked(run):
                spawn_detached(
                    [sys.executable, "-I", "-S", run_shim.__file__, str(run)],
                    env=_environment(),
                    cwd=run,
                    output=run / "shim.txt",
                )

    def _forked(self, run: Path) -> bool:
        """Whether a nursery has done it; one that has ended is followed by another."""
        try:
            if self._nursery is None or self._nursery.is_over:
                self._nursery = _Nursery(self._runs)
            pid = self._nursery.fork(run)
        except OSError as error:
            LOG.warning("a shim is started by itself: %s", error, extra={"action": "no_nursery"})
            self._nursery = None
            return False
        return pid > 0


class _Nursery:
    """The process, and our end of its socket. Raises OSError where it cannot be started."""

    def __init__(self, runs: Path) -> None:
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._socket.settimeout(_ANSWERS_WITHIN)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BEGIN, NURSERY, str(runs)],
                env=_environment(),
                cwd="/",
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        weakref.finalize(self, _end, self._process, self._socket)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_over(self) -> bool:
        return self._process.poll() is not None

    def fork(self, run: Path) -> int:
        """The process id of a new shim of the folder *run*. Raises OSError where there is no answer."""
        # What a shim prints may quote what its owner wrote: nobody else's to read.
        says = os.open(run / "shim.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            socket.send_fds(self._socket, [os.fsencode(run)], [says])
        finally:
            os.close(says)
        return int(self._socket.recv(64) or b"0")


def _end(process: subprocess.Popen[bytes], ours: socket.socket) -> None:
    """It ends by itself when we let go; one that does not is of no use to anybody."""
    ours.close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)
        return
    process.kill()
    process.wait()


def _environment() -> Mapping[str, str]:
    return {name: value for name, value in inherited().items() if name in _PASSED}
