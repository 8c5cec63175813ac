"""The workspace that is examined, with what several rooms ask of it, found once."""

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from dispatchd.composition.looking import Workspace, daemon_of, database_of
from dispatchd.composition.running_daemon import RunningDaemon
from dispatchd.domain.errors import WorkspaceError

ANSWERS_WITHIN: Final = 20.0
"""Seconds that a daemon is given to say that it is there."""


class Patient:
    """A workspace whose folder hangs on its repository."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    @property
    def tree(self) -> Path:
        return self.workspace.tree

    @property
    def private(self) -> Path:
        return self.workspace.private

    @property
    def common_dir(self) -> Path:
        return self.workspace.places.common_dir

    @property
    def admin_dir(self) -> Path:
        return self.workspace.places.admin_dir

    @cached_property
    def now(self) -> datetime:
        from dispatchd.adapters.system.system_clock import SystemClock

        return SystemClock().now()

    @cached_property
    def daemon(self) -> RunningDaemon | None:
        return daemon_of(self.workspace)

    @cached_property
    def said(self) -> Mapping[str, Any] | None:
        """What the daemon answers when it is asked whether it is there; None where it does not."""
        from dispatchd.adapters.system.control_client import call
        from dispatchd.application.requests.request import result_of

        if self.daemon is None:
            return None
        with contextlib.suppress(WorkspaceError, TimeoutError, ValueError):
            return result_of(call(self.private, {"call": "ping"}, timeout=ANSWERS_WITHIN))
        return None

    @cached_property
    def database(self) -> Path | None:
        """The database, where there is one of this program's schema that can be asked."""
        from dispatchd.adapters.sqlite.read_only import open_read_only
        from dispatchd.application.ports.store_failures import StoreFailure

        path = database_of(self.workspace)
        try:
            open_read_only(path).close()
        except StoreFailure:
            return None
        return path

    def note(self, key: str) -> str | None:
        """A remembered value of the database."""
        from dispatchd.adapters.sqlite.read_only import open_read_only

        if self.database is None:
            return None
        with contextlib.closing(open_read_only(self.database)) as model:
            return model.note(key)

    @contextlib.contextmanager
    def without_daemon(self) -> Iterator[None]:
        """The daemon is stopped while this runs, and started again if one ran."""
        from dispatchd.composition.running import start_daemon, stop_daemon

        ran = stop_daemon(self.workspace)
        try:
            yield
        finally:
            if ran:
                start_daemon(self.workspace)


def shown(path: Path, near: Path) -> str:
    """*path* as it is typed from the folder *near*, where it lies below it."""
    return str(path.relative_to(near)) if path.is_relative_to(near) else str(path)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 file`, `3 files`."""
    return f"{number} {one if number == 1 else many or f'{one}s'}"


def age(seconds: float) -> str:
    """About how long, in the largest unit that makes sense."""
    for size, name in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            return counted(int(seconds // size), name)
    return counted(max(0, int(seconds)), "second")
