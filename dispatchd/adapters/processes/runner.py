"""Runs a program to its end: explicit environment, bytes in, bytes out, and a limit on how long it may take.

It decides how a program is started and stopped. What its exit code means is left to the caller.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

GRACE: Final = 1.0
"""Seconds for the last words of a program that was killed."""
LOOK_EVERY: Final = 0.1
"""Seconds between two looks whether a program is over that has said nothing."""
AT_ONCE: Final = 1 << 16


class ProgramMissingError(Exception):
    """The program is not installed, or may not be run."""


class ProgramTimedOutError(Exception):
    """The program took longer than it was given and was stopped, with what it had started in its session.

    *said* is the end of what it printed, where that was kept.
    """

    def __init__(self, what: str, said: bytes = b"") -> None:
        super().__init__(what)
        self.said = said


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
) -> Finished:
    """Run *command* in a session of its own, so that a Ctrl-C meant for us does not cut it short.

    *timeout* is in seconds. Raises ProgramMissingError or ProgramTimedOutError.
    """
    process = _start(command, env, cwd)
    with process:
        try:
            stdout, stderr = process.communicate(stdin, timeout=timeout)
        except subprocess.TimeoutExpired as slow:
            stop_session(process.pid)
            with contextlib.suppress(
                subprocess.TimeoutExpired
            ):  # who left its session may hold the pipes for ever
                process.communicate(timeout=GRACE)
            raise ProgramTimedOutError(f"{command[0]} was stopped after {timeout:g} s") from slow
        except BaseException:
            stop_session(process.pid)
            raise
    return Finished(exit_code=process.returncode, stdout=stdout, stderr=stderr)


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
    before that; *stdin* is a descriptor. *timeout* is in seconds. Raises ProgramMissingError or ProgramTimedOutError.
    """
    process = _start(command, env, cwd, stdin=stdin, stderr=subprocess.STDOUT)
    with process:
        try:
            tail = _listen(process, time.monotonic() + timeout, most)
        except BaseException:
            stop(process)
            raise
        if process.poll() is None:
            stop(process)
            raise ProgramTimedOutError(f"{command[0]} was stopped after {timeout:g} s", tail)
    return Finished(exit_code=process.returncode, stdout=tail, stderr=b"")


def _listen(process: subprocess.Popen[bytes], until: float, most: int) -> bytes:
    """The last *most* bytes that come until *process* is over, or the monotonic clock says *until*."""
    assert process.stdout is not None  # noqa: S101 -- it was asked for
    kept, is_open = b"", True
    with selectors.DefaultSelector() as ready:
        ready.register(process.stdout, selectors.EVENT_READ)
        while (left := until - time.monotonic()) > 0:
            is_over = process.poll() is not None
            if is_open and ready.select(0 if is_over else min(LOOK_EVERY, left)):
                said = os.read(process.stdout.fileno(), AT_ONCE)
                kept, is_open = (kept + said)[-most:], bool(said)
            elif is_over:
                break
            elif not is_open:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(left)
    return kept


def stop_session(leader: int) -> None:
    """Kill the process *leader*, which leads a session of its own, and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _start(
    command: Sequence[str],
    env: Mapping[str, str],
    cwd: Path | None,
    stdin: int = subprocess.PIPE,
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
