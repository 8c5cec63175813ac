"""Runs a program to its end: explicit environment, bytes in, bytes out, and limits on how long it may take, and rest.

It decides how a program is started and stopped. What its exit code means is left to the caller.
"""

import contextlib
import math
import os
import selectors
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.stillness import LOOK_EVERY as LOOKED_AT_EVERY
from dispatchd.adapters.processes.stillness import Stillness
from dispatchd.domain.errors import DispatchdError

GRACE: Final = 1.0
"""Seconds for the last words of a program that was told to end, or was killed."""
SHORT_REST: Final = 2.0
"""Seconds that a program may rest, of those that may rest for a limited time, while this process is about to end."""
LOOK_EVERY: Final = 0.1
"""Seconds between two looks whether a program is over that has said nothing."""
ENDLESS: Final = math.inf
"""For a program that waits for another machine: how long it may rest."""
AT_ONCE: Final = 1 << 16
_NO_MEMORY_FILES: Final = not hasattr(os, "memfd_create")


class ProgramMissingError(Exception):
    """The program is not installed, or may not be run."""


class ProgramTimedOutError(Exception):
    """The program took longer than it was given and was stopped, with what it had started in its session.

    *said* is the end of what it printed, where that was kept.
    """

    def __init__(self, what: str, said: bytes = b"") -> None:
        super().__init__(what)
        self.said = said


class ProgramsEndedError(DispatchdError):
    """Our own process ends: the program was not begun, or was ended with it. Nothing follows from that."""

    def __init__(self) -> None:
        super().__init__("what still ran was ended, because dispatchd was told to stop")


@dataclass(slots=True)
class _Haste:
    """How much time is left for programs that run, and for those that would be begun."""

    is_short: bool = False
    is_over: bool = False


_haste: Final = _Haste()


def hurry_programs(at_once: bool) -> None:
    """Wait for none from now on that waits for something itself; those that work are waited for.

    *at_once*: end what runs, with all that it has started, and begin nothing more; who waits meets ProgramsEndedError.
    """
    _haste.is_short = True
    _haste.is_over = _haste.is_over or at_once


def let_programs_run() -> None:
    """Take back that programs are hurried, or ended."""
    _haste.is_short = _haste.is_over = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """What a program left behind; a negative *exit_code* is the signal that ended it."""

    exit_code: int
    stdout: bytes
    stderr: bytes


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path | None = None,
    stdin: bytes = b"",
    timeout: float,
    rest: float = ENDLESS,
) -> Finished:
    """Run *command* in a session of its own, so that a Ctrl-C meant for us does not cut it short.

    *timeout* is in seconds, and so is *rest*: how long nothing at all may move in it. Raises ProgramMissingError,
    ProgramTimedOutError or ProgramsEndedError.
    """
    if _haste.is_over:
        raise ProgramsEndedError
    with _holding(stdin) as given:
        process = _start(command, env, cwd, stdin=given)
    return _finish(process, command[0], timeout=timeout, rest=rest)


@contextlib.contextmanager
def _holding(content: bytes) -> Iterator[int]:
    """A descriptor to read *content* from: what is written into a pipe has to be written while the rest is heard."""
    if not content:
        yield subprocess.DEVNULL
        return
    with tempfile.TemporaryFile() if _NO_MEMORY_FILES else os.fdopen(os.memfd_create("stdin"), "w+b") as file:
        file.write(content)
        file.seek(0)
        yield file.fileno()


def _finish(process: subprocess.Popen[bytes], name: str, *, timeout: float, rest: float) -> Finished:
    """Wait for *process*, which leads a session of its own, as `run` does; *name* is what it is called."""
    with process:
        try:
            stdout, stderr = _hear(process, name, timeout, rest)
        except BaseException:
            _end(process)
            raise
    if process.returncode and _haste.is_over:
        raise ProgramsEndedError
    return Finished(exit_code=process.returncode, stdout=stdout, stderr=stderr)


def _hear(process: subprocess.Popen[bytes], name: str, timeout: float, rest: float) -> tuple[bytes, bytes]:
    """What it says until it is over. Raises ProgramTimedOutError or ProgramsEndedError."""
    until = time.monotonic() + timeout
    stillness = Stillness(process.pid)
    while True:
        left = until - time.monotonic()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=max(0.0, min(left, LOOKED_AT_EVERY)))
        if _haste.is_over:
            raise ProgramsEndedError
        if left <= LOOKED_AT_EVERY:
            raise ProgramTimedOutError(f"{name} was stopped after {timeout:g} s")
        longest = SHORT_REST if _haste.is_short and rest > SHORT_REST and rest != ENDLESS else rest
        if longest != ENDLESS and stillness.seconds() >= longest:
            raise ProgramTimedOutError(f"{name} was stopped: nothing had moved in it for {longest:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it has started in its session: first in words, upon which git puts away its locks."""
    for word in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, word)
        # Who left its session may hold the pipes for ever.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=GRACE)


def _stop(process: subprocess.Popen[bytes]) -> None:
    stop_session(process.pid)


def run_for_tail(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    timeout: float,
    most: int,
    stdin: int = subprocess.DEVNULL,
    stop: Callable[[subprocess.Popen[bytes]], None] = _stop,
) -> Finished:
    """Run *command*, of which nobody knows how much it prints; *stdout* is the last *most* bytes of all it printed.

    It is over when the program is, also where something that left its session still holds the pipe. *stop* ends it
    before that; *stdin* is a descriptor. *timeout* is in seconds. Raises ProgramMissingError, ProgramTimedOutError or
    ProgramsEndedError.
    """
    if _haste.is_over:
        raise ProgramsEndedError
    process = _start(command, env, cwd, stdin=stdin, stderr=subprocess.STDOUT)
    with process:
        try:
            tail = _listen(process, time.monotonic() + timeout, most)
        except BaseException:
            stop(process)
            raise
        if process.poll() is None:
            stop(process)
            if _haste.is_over:
                raise ProgramsEndedError
            raise ProgramTimedOutError(f"{command[0]} was stopped after {timeout:g} s", tail)
    return Finished(exit_code=process.returncode, stdout=tail, stderr=b"")


def _listen(process: subprocess.Popen[bytes], until: float, most: int) -> bytes:
    """The last *most* bytes that come until *process* is over, or the monotonic clock says *until*."""
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    kept, is_open = b"", True
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0 and not _haste.is_over:
            is_over = process.poll() is not None
            if is_open and ready.select(0 if is_over else min(LOOK_EVERY, left)):
                said = os.read(process.stdout.fileno(), AT_ONCE)
                kept, is_open = (kept + said)[-most:], bool(said)
            elif is_over:
                break
            elif not is_open:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(min(LOOK_EVERY, left))
    return kept


def stop_session(leader: int) -> None:
    """Kill the process *leader*, which leads a session of its own, and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _start(
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None,
    stdin: int,
    stderr: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramMissingError(f"{command[0]} could not be started: {error.strerror}") from error
