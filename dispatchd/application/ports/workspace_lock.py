"""One process owns a workspace: the lock that says so, and what names its holder.

The lock dies with its holder, however that ends; its file stays. What a process does without the lock is left to
the caller.
"""

from datetime import datetime
from typing import Protocol

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessIdentity:
    """A process as nothing else can be taken for it: a pid alone is given out again.

    `started` is in clock ticks since the machine started and `boot_id` names that start; each is empty where the
    system does not tell, and then proves nothing.
    """

    pid: int
    started: str = ""
    boot_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LockHolder:
    """Who holds a workspace, since when, as what (`dispatchd run`), and of which version; empty where it did not say."""

    process: ProcessIdentity
    host: str
    purpose: str
    since: datetime
    version: str = ""


class WorkspaceBusy(DispatchdError):  # noqa: N818 - named for what happened, as the other failures are
    """Another process holds the workspace; the message names it. `holder` is None where it left no readable name."""

    def __init__(self, message: str, holder: LockHolder | None) -> None:
        super().__init__(message)
        self.holder = holder


class WorkspaceLock(Protocol):
    """The lock of one workspace. An instance is used by one thread; a child process does not inherit it."""

    def acquire(self, purpose: str, at: datetime) -> None:
        """Take the lock and put this process's name on it, or raise WorkspaceBusy. Does not wait for a holder that is there
        to stay.
        """
        ...

    def release(self) -> None:
        """Give it back; harmless when not held. The end of the process does the same."""
        ...

    def holder(self) -> LockHolder | None:
        """Who holds it now, this process included; None if nobody does. Never takes it from anyone.

        A holder that is only just putting its name on the lock counts as none.
        """
        ...
