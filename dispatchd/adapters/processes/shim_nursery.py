"""Forks shims: a process that has loaded all that a shim needs, so that no turn waits until Python has begun.

It has one thread, needs nothing but the standard library, and keeps nothing. A shim that it has forked is a process like
one that was started by itself: with a session of its own, missing neither this one nor the daemon. Whoever started it
holds the other end of its standard input, a socket; when nobody does any more, it ends.
"""

import contextlib
import gc
import os
import socket
import sys

from dispatchd.adapters.processes import run_shim

LONGEST_PATH = 1 << 14


def main() -> int:
    """Fork a shim for each folder that is named; in a shim, be that shim to its end."""
    with socket.socket(fileno=0) as asked:
        gc.freeze()
        shim = _serve(asked)
        if shim is None:
            return 0
        asked.detach()
    folder, says = shim
    os.setsid()
    _lay_streams(says)
    code = run_shim.main(folder)
    sys.stderr.flush()
    os._exit(code)  # its end needs no more than the kernel does


def _serve(asked: socket.socket) -> tuple[str, int] | None:
    """Answer with the process id of each shim until nobody asks any more. In the shim: its folder, and where its words go."""
    while True:
        folder, descriptors, _, _ = socket.recv_fds(asked, LONGEST_PATH, 1)
        if not folder:
            return None
        _reap()
        pid = os.fork()
        if not pid:
            return os.fsdecode(folder), descriptors[0]
        os.close(descriptors[0])
        asked.send(str(pid).encode())


def _reap() -> None:
    """Those that have ended leave no zombies."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _lay_streams(says: int) -> None:
    """Nothing to read, words going to *says*, and no other descriptor: those of the nursery are not the shim's."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    for descriptor, number in ((nowhere, 0), (says, 1), (says, 2)):
        os.dup2(descriptor, number)
    os.close(nowhere)
    os.close(says)
