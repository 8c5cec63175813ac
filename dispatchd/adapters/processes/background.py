"""Starts a program that outlives us: a session of its own, no terminal, its words going to a file.

What it is and whether it came up well is left to the caller.
"""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.runner import ProgramMissingError

# A Popen that is collected while its process lives warns of it; these are meant to live on.
_started: Final[list[subprocess.Popen[bytes]]] = []


class DetachedProcess:
    """A program left running."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def exit_code(self) -> int | None:
        """None while it runs; how it ended, where it ended early."""
        return self._process.poll()

    def wait(self, timeout: float) -> int | None:
        """How it ended, waiting *timeout* seconds at most; None if it still runs then."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None


def spawn_detached(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, output: Path
) -> DetachedProcess:
    """Start *command* in the background, appending what it prints to *output*."""
    try:
        output.parent.mkdir(exist_ok=True)
        # What a daemon prints may quote what its owner wrote: nobody else's to read.
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "ab") as log:
            process = subprocess.Popen(
                command,
                env=env,
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
    except OSError as error:
        raise ProgramMissingError(f"{command[0]} could not be started: {error.strerror}") from error
    _started[:] = [each for each in _started if each.poll() is None]  # what has ended is no zombie of ours
    _started.append(process)
    return DetachedProcess(process)
