"""The settings that are in force, for whoever acts on them: what waits in `config.toml` for somebody's word counts for
nothing, also in the moment before the file was taken in.
"""

import os
from collections.abc import Callable
from contextlib import closing
from typing import TYPE_CHECKING

from dispatchd.composition.looking import (
    Workspace,
    config_in,
    config_of,
    database_of,
    decides,
    who_decides_stands_in,
)

if TYPE_CHECKING:
    from dispatchd.documents.config_values import Config


class SettingsInForce:
    """Read again when the file or the database has changed, which is looked at, not asked.

    *changes* counts the changes of what the database says is in force, for whoever has it open for writing, alone:
    there something is written to it every moment, and all but never that.
    """

    def __init__(self, workspace: Workspace, changes: Callable[[], int] | None = None) -> None:
        self._workspace = workspace
        self._changes = changes
        files = (workspace.tree / "config.toml", *who_decides_stands_in(workspace))
        self._files = tuple(
            map(str, files)
        )  # asked some ten times a turn, and a `Path` takes longer than the disk
        self._seen: object = None
        self._known: Config | None = None
        self._database = ""
        self._named: object = None

    def __call__(self) -> "Config":
        """The settings as they are in force now."""
        named = tuple(map(_moment, self._files))
        if not self._database or named != self._named:
            self._database, self._named = str(database_of(self._workspace)), named
        now = (named, self._of_database())
        if self._known is None or now != self._seen:
            self._known, self._seen = config_in_force(self._workspace), now
        return self._known

    def _of_database(self) -> object:
        """What is another one when what is in force there may be."""
        if self._changes is not None:
            return self._changes()
        return _moment(self._database), _moment(f"{self._database}-wal")


def _moment(file: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(file)  # noqa: PTH116 -- see above
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def config_in_force(workspace: Workspace) -> "Config":
    """The settings in force here; those of the file where nothing is known of them yet, or another clone decides."""
    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import StoreFailure
    from dispatchd.application.ports.unit_of_work import CONFIG_IN_FORCE

    text = None
    if decides(workspace):
        try:
            with closing(open_read_only(database_of(workspace))) as model:
                text = model.note(CONFIG_IN_FORCE)
        except StoreFailure:  # no database yet, or none that reads
            text = None
    found = config_in(text) if text is not None else None
    return found or config_of(workspace)
