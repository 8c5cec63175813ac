"""Runs a check below an owner of its own, so that whatever it starts is known as the agents' and ends with it."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from dispatchd.adapters.processes.process_kin import CHECKS, MARK
from dispatchd.adapters.processes.runner import Finished, ProgramMissingError, run_for_tail, stop_session

_BEGIN: Final = (
    f"import sys; sys.path.insert(0, {str(Path(__file__).parents[3])!r}); "
    "from dispatchd.adapters.processes.check_owner import end_as, main; end_as(main())"
)
_ENDS_WITHIN: Final = 10.0
_ROUNDS: Final = 200
_AGAIN: Final = 0.01
"""Seconds between two of them."""


def run_owned(
    command: Sequence[str], *, runs: Path, env: Mapping[str, str], cwd: Path, timeout: float, most: int
) -> Finished:
    """Run *command* as `run_for_tail` does; *runs* is the folder of the workspace's runs, by which it is known whose it is.

    Nothing that it has started is left afterwards, as far as its parents or its environment tell of it. *timeout* is in
    seconds. Raises ProgramMissingError or ProgramTimedOutError.
    """
    if shutil.which(command[0], path=env.get("PATH")) is None:
        raise ProgramMissingError(f"{command[0]} could not be started: it is not on PATH")
    mark = f"{runs}/{CHECKS}/{secrets.token_hex(8)}"
    theirs, ours = os.pipe()
    with open(theirs, "rb", buffering=0) as waits, open(ours, "wb", buffering=0) as held:  # noqa: PTH123 -- descriptors

        def stop(owner: "subprocess.Popen[bytes]") -> None:
            held.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                owner.wait(_ENDS_WITHIN)
                return
            stop_session(owner.pid)

        try:
            return run_for_tail(
                [sys.executable, "-I", "-S", "-c", _BEGIN, CHECKS, str(runs), *command],
                env={**env, MARK: mark},
                cwd=cwd,
                timeout=timeout,
                most=most,
                stdin=waits.fileno(),
                stop=stop,
            )
        finally:
            end_marked(mark)


def end_marked(mark: str) -> None:
    """Kill every process whose environment has a mark of checks that begins with *mark*."""
    end_with_variable(f"{MARK}={mark}")


def end_with_variable(beginning: str) -> None:
    """Kill every process whose environment has a `NAME=VALUE` with this *beginning*.

    One that forks meanwhile is found again; one that the kernel does not let go of is not waited for.
    """
    wanted = os.fsencode(beginning)
    for _ in range(_ROUNDS):
        if not sum(_end(int(place.name), wanted) for place in Path("/proc").glob("[0-9]*")):
            return
        time.sleep(_AGAIN)


def _end(pid: int, wanted: bytes) -> bool:
    """Whether *pid* had to be ended; a process that is over has no environment any more."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:  # noqa: PTH123 -- asked of every process there is
            found = any(each.startswith(wanted) for each in file.read().split(b"\0"))
        if not found or pid == os.getpid():
            return False
        os.kill(pid, signal.SIGKILL)
    except OSError:
        return False
    return True
