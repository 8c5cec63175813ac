"""Commands and daemons of ours without the time that Python takes to load them: see `warm_server`.

Not for programs whose start is what a test is about, nor where Python itself is to be set up in another way.
`COLD=1 pytest …` starts every program from nothing, as a person does.
"""

import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

SERVER: Final = Path(__file__).with_name("warm_server.py")
AT_ONCE: Final = 32_000
"""Bytes that a pipe takes while nobody reads it."""
LONGEST: Final = 100_000
SETS_UP_PYTHON: Final = ("PYTHON", "LC_", "LANG", "LD_")


def python_of(environment: Mapping[str, str]) -> dict[str, str]:
    """What of *environment* an interpreter reads when it starts."""
    return {name: value for name, value in environment.items() if name.startswith(SETS_UP_PYTHON)}


class Warm:
    """One server for all tests of this process, started when the first needs it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._address = ""
        self._python: dict[str, str] = {}

    def suits(self, words: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"") -> bool:
        """Whether a program begun here would be no different from one that is started."""
        self._start()
        told = sum(len(word) for word in words) + sum(len(value) for value in environment.values())
        return len(stdin) <= AT_ONCE and told < LONGEST and python_of(environment) == self._python

    def run(
        self, words: Sequence[str], folder: Path, environment: Mapping[str, str], stdin: bytes, seconds: float
    ) -> tuple[int, bytes, bytes]:
        """How a command ended, and what it printed."""
        reads, writes = os.pipe()
        os.write(writes, stdin)
        os.close(writes)
        out, err = os.memfd_create("out"), os.memfd_create("err")
        try:
            with self._order(words, folder, environment, (reads, out, err)) as asking:
                asking.settimeout(seconds)
                pid = _answer(asking)["pid"]
                try:
                    code = _answer(asking)["code"]
                except TimeoutError:
                    os.kill(pid, 9)
                    raise
            return code, _all(out), _all(err)
        finally:
            for descriptor in (reads, out, err):
                os.close(descriptor)

    def spawn(self, words: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path) -> int:
        """Begin a program that goes on in the background, and return its process id."""
        nothing = os.open(os.devnull, os.O_RDONLY)
        said = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with self._order(words, folder, environment, (nothing, said, said), detached=True) as asking:
                return int(_answer(asking)["pid"])
        finally:
            os.close(nothing)
            os.close(said)

    def _order(
        self,
        words: Sequence[str],
        folder: Path,
        environment: Mapping[str, str],
        files: tuple[int, int, int],
        *,
        detached: bool = False,
    ) -> socket.socket:
        self._start()
        order = {
            "words": list(words),
            "folder": str(folder),
            "environment": dict(environment),
            "detached": detached,
        }
        asking = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        asking.connect(self._address)
        socket.send_fds(asking, [json.dumps(order).encode()], files)
        return asking

    def _start(self) -> None:
        with self._lock:
            if self._server is not None:
                return
            self._address = str(Path(tempfile.mkdtemp(prefix="dispatchd-warm-")) / "socket")
            self._python = python_of(os.environ)
            with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
                listener.bind(self._address)
                listener.listen(128)
                self._server = subprocess.Popen(
                    [sys.executable, "-P", SERVER, str(listener.fileno())],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.DEVNULL,
                    pass_fds=(listener.fileno(),),
                )
            atexit.register(self.end)

    def end(self) -> None:
        """Let the server end."""
        if self._server is not None:
            self._server.communicate()
            self._server = None
            with contextlib.suppress(OSError):
                Path(self._address).unlink()
                Path(self._address).parent.rmdir()


def _answer(asking: socket.socket) -> dict[str, Any]:
    told = asking.recv(1 << 12)
    assert told, "the server that begins programs has ended; what it said stands above"
    answer: dict[str, Any] = json.loads(told)
    return answer


def _all(descriptor: int) -> bytes:
    os.lseek(descriptor, 0, os.SEEK_SET)
    with os.fdopen(os.dup(descriptor), "rb") as read:
        return read.read()


WARM: Final = Warm()
