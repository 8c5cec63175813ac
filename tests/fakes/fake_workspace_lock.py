"""A workspace's lock in memory: several of them share one `Place`, as processes share one file."""

from dataclasses import dataclass
from datetime import datetime

from dispatchd.application.ports.workspace_lock import (
    LockHolder,
    ProcessIdentity,
    WorkspaceBusy,
    WorkspaceLock,
)
from dispatchd.domain.errors import WorkspaceError


@dataclass(slots=True)
class Place:
    """Where the lock is; `held_by` is which of the locks has it, and under what name."""

    held_by: "tuple[FakeWorkspaceLock, LockHolder] | None" = None

    def kill_holder(self) -> None:
        """What the kernel does when the holder's process ends."""
        self.held_by = None


class FakeWorkspaceLock:
    """One process's view of the lock at *place*."""

    def __init__(self, place: Place, pid: int) -> None:
        self._place = place
        self._process = ProcessIdentity(pid=pid, started=str(pid * 100), boot_id="boot")

    def acquire(self, purpose: str, at: datetime) -> None:
        if self._place.held_by is not None:
            owner, name = self._place.held_by
            if owner is self:
                raise WorkspaceError("This process already holds the lock.")
            raise WorkspaceBusy(f"Process {name.process.pid} holds this workspace as `{name.purpose}`.", name)
        name = LockHolder(process=self._process, host="here", purpose=purpose, since=at)
        self._place.held_by = (self, name)

    def release(self) -> None:
        if self._place.held_by is not None and self._place.held_by[0] is self:
            self._place.held_by = None

    def holder(self) -> LockHolder | None:
        return None if self._place.held_by is None else self._place.held_by[1]


_port: type[WorkspaceLock] = FakeWorkspaceLock
