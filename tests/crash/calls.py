"""Every call that a process makes to its files, its database and git, numbered, and one of them made to go wrong.

Numbers begin when `arm` is called and go on through restarts, so that a number names one place in one scenario. `epoch`
counts what has changed outside so far: a process that ends anywhere within one epoch leaves the same behind.
"""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from dispatchd.application.ports.audit_log import AuditError
from tests.fakes.fake_system import Crashed


class Fault(StrEnum):
    """What happens at a call. The last word of a point's name."""

    KILL = "kill"
    POWER = "power"
    """The power fails: what was not flushed is gone, names too."""
    POWER_NAMES = "power-names"
    """The power fails after the names had reached the disk, and before the bytes had."""
    ENOSPC = "ENOSPC"
    EIO = "EIO"
    EACCES = "EACCES"
    EMFILE = "EMFILE"
    LATE = "late"
    """The call takes effect and then says that it failed: a commit of the database, a record of git."""
    SIGKILL = "sigkill"
    """A real process on a real disk kills itself."""
    FULL = "full"
    """From this call on the disk is full, and stays so for a minute."""


ENDS: Final = (Fault.KILL, Fault.POWER, Fault.POWER_NAMES)
ERRNOS: Final = (Fault.ENOSPC, Fault.EIO, Fault.EACCES, Fault.EMFILE)
FULL_FOR: Final = 60.0
_SQLITE: Final = {
    Fault.ENOSPC: (sqlite3.SQLITE_FULL, "database or disk is full"),
    Fault.EIO: (sqlite3.SQLITE_IOERR, "disk I/O error"),
    Fault.EACCES: (sqlite3.SQLITE_READONLY, "attempt to write a readonly database"),
    Fault.EMFILE: (sqlite3.SQLITE_CANTOPEN, "unable to open database file"),
}
_WRITES: Final = ("create", "write", "make_folder", "COMMIT", "record")
"""What a full disk does not take."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was numbered."""

    name: str
    epoch: int

    @property
    def can_be_late(self) -> bool:
        """Whether it may take effect and fail all the same."""
        return self.name in {"db.COMMIT", "git.record"}


@dataclass(slots=True)
class Calls:
    """The numbering of one run, and what goes wrong in it."""

    log: list[Call] = field(default_factory=list)
    fatal: int | None = None
    fault: Fault | None = None
    again: int | None = None
    """So many calls after the process has ended for the first time it ends once more."""
    broken: set[str] = field(default_factory=set)
    """Names of calls that always fail."""
    wanted: str | None = None
    """The name of the call that is to be number `fatal`."""
    epoch: int = 0
    struck: str | None = None
    """The name of the call that went wrong."""
    deaths: int = 0
    is_full: bool = False
    """Whether the disk takes nothing more."""
    is_counting: bool = False
    is_down: bool = False
    recovery: int = 0
    """How many calls the start after the first end made."""
    _died_at: int = 0

    def arm(self, fatal: int | None = None, fault: Fault | None = None, again: int | None = None) -> None:
        """Number calls from here on; number *fatal* goes wrong."""
        self.log.clear()
        self.fatal, self.fault, self.again = fatal, fault, again

    def fail_next(self, name: str, fault: Fault) -> None:
        """The next call of that name goes wrong."""
        self.wanted, self.fault = name, fault

    @contextmanager
    def counting(self) -> Iterator[None]:
        """What the daemon does; calls outside of this are a test's own eyes."""
        before, self.is_counting = self.is_counting, True
        try:
            yield
        finally:
            self.is_counting = before

    def changed(self) -> None:
        """Something outside is not as it was."""
        self.epoch += 1

    def enter(self, name: str, *, changes: bool) -> None:
        """A call is about to be made. Raises what goes wrong at it."""
        if not self.is_counting:
            return
        if self.is_down:
            raise Crashed
        number = len(self.log)
        self.log.append(Call(name, self.epoch))
        if name == self.wanted:
            self.fatal, self.wanted = number, None
        if self.again is not None and self.deaths == 1 and number == self._died_at + self.again:
            self._end(name)
        if number == self.fatal:
            self._strike(name)
        if name in self.broken or (self.is_full and name.partition(".")[2] in _WRITES):
            raise error(name, Fault.ENOSPC)
        if changes:
            self.epoch += 1

    def _strike(self, name: str) -> None:
        if self.fault is None or self.fault is Fault.LATE:
            return
        self.struck = name
        if self.fault in ENDS:
            self._end(name)
        if self.fault is not Fault.FULL:
            raise error(name, self.fault)
        self.is_full = True

    def leave(self, name: str) -> None:
        """The call has taken effect; raises if it is to say otherwise."""
        if self.is_counting and self.fault is Fault.LATE and len(self.log) - 1 == self.fatal:
            self.struck = name
            raise error(name, Fault.EIO)

    def _end(self, name: str) -> None:
        self.struck = self.struck or name
        self.deaths += 1
        self._died_at = len(self.log)
        self.is_down = True
        raise Crashed

    def restart(self) -> None:
        """The next process begins."""
        self.is_down = False

    def is_up(self) -> None:
        """The process that was begun has done what a start does."""
        if self.deaths == 1 and not self.recovery:
            self.recovery = len(self.log) - self._died_at


def error(name: str, fault: Fault) -> Exception:
    """How *fault* looks to whoever made the call *name*."""
    port = name.partition(".")[0]
    if port == "tree":
        code = getattr(errno, fault.value)
        return OSError(code, f"{fault.value} at {name}")
    if port == "git":
        return AuditError(f"git failed: {fault.value} at {name}")
    number, words = _SQLITE[fault]
    failed = sqlite3.OperationalError(f"{words} at {name}")
    failed.sqlite_errorcode = number
    return failed
