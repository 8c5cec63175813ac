"""Runs a program to its end: explicit environment, bytes in, bytes out, and a limit on how long it may take.

It decides how a program is started and stopped. What its exit code means is left to the caller.
"""

import contextlib
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


class ProgramMissingError(Exception):
    """The program is not installed, or may not be run."""


class ProgramTimedOutError(Exception):
    """The program took longer than it was given and was stopped, with everything it had started."""


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
            process.communicate()
            raise ProgramTimedOutError(f"{command[0]} was stopped after {timeout:g} s") from slow
        except BaseException:
            stop_session(process.pid)
            raise
    return Finished(exit_code=process.returncode, stdout=stdout, stderr=stderr)


def stop_session(leader: int) -> None:
    """Kill the process *leader*, which leads a session of its own, and all it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def _start(command: Sequence[str], env: Mapping[str, str], cwd: Path | None) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            env=env,
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramMissingError(f"{command[0]} could not be started: {error.strerror}") from error
