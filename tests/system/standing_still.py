"""A daemon that stands still for a moment: what a person does meanwhile comes to it at once, however slow the machine."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.system.desk import Desk
from tests.system.patience import until


@contextmanager
def standing_still(desk: Desk) -> Iterator[None]:
    """The daemon of *desk* does nothing; to be used after `sync`, when it holds no lock that the person needs."""
    pid = desk.daemons[-1]
    os.kill(pid, signal.SIGSTOP)
    try:
        until(lambda: _state(pid) == "T", "the daemon goes on")
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def _state(pid: int) -> str:
    stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    return stat.rpartition(")")[2].split()[0]
