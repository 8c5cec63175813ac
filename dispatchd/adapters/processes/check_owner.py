"""Owns the processes of one check: they are all below it, however they fork, and none of them outlives the check.

It is started with the check's own words after CHECKS and the folder of runs, in the environment that the check is to
have. Whoever started it holds the other end of its standard input, a pipe that nothing is written to: it is let go of
where the check is to end, and by the kernel where the daemon dies. It needs nothing but the standard library.
"""

import contextlib
import os
import resource
import select
import signal
import subprocess
import sys
import time

from dispatchd.adapters.processes.process_facts import below
from dispatchd.adapters.processes.run_shim import LIBC, PR_SET_CHILD_SUBREAPER, PR_SET_PDEATHSIG

AGAIN = 0.01
"""Seconds between two looks for what is left."""
NOT_STARTED = 127


def main() -> int:
    """Run the check, and end as it did: with its exit code, or by the signal that ended it."""
    LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        process = subprocess.Popen(
            sys.argv[3:],
            env=_environment(),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_ends_with_us,  # noqa: PLW1509 -- this process has one thread
        )
    except OSError as error:
        sys.stderr.write(f"{sys.argv[3]} could not be started: {os.strerror(error.errno or 0)}\n")
        return NOT_STARTED
    over = os.pidfd_open(process.pid)
    select.select([over, 0], [], [])
    if not select.select([over], [], [], 0)[0]:
        _end_all()
        return -signal.SIGKILL
    code = process.wait()
    _end_all()
    return code


def _environment() -> dict[bytes, bytes]:
    """What we were started with; Python may have set a locale in its own copy."""
    with open("/proc/self/environ", "rb") as file:  # noqa: PTH123 -- this program loads as little as it can
        words = (each.partition(b"=") for each in file.read().split(b"\0") if each)
        return {name: value for name, _, value in words}


def _ends_with_us() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _end_all() -> None:
    """Kill whatever is left below us, also what has a session of its own, until nothing is."""
    while left := list(below(os.getpid())):
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(AGAIN)
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, 0)[0]:
            pass


def end_as(code: int) -> None:
    """End this process with *code*; a negative one is a signal, which is to be what ends it."""
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        with contextlib.suppress(OSError):  # nobody sets what a SIGKILL does
            signal.signal(-code, signal.SIG_DFL)
        os.kill(os.getpid(), -code)
    sys.exit(code)
