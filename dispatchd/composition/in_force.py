"""The settings that are in force, for whoever acts on them: what waits in `config.toml` for somebody's word counts for
nothing, also in the moment before the file was taken in.
"""

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
    from pathlib import Path

    from dispatchd.documents.config_values import Config


class SettingsInForce:
    """Read again when the file or the database has changed, which is looked at, not asked."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: object = None
        self._known: Config | None = None
        self._database: Path | None = None
        self._named: object = None

    def __call__(self) -> "Config":
        """The settings as they are in force now."""
        written = self._workspace.tree / "config.toml"
        named = tuple(_moment(file) for file in (written, *who_decides_stands_in(self._workspace)))
        if self._database is None or named != self._named:
            self._database, self._named = database_of(self._workspace), named
        wal = self._database.with_name(f"{self._database.name}-wal")
        now = (named, _moment(self._database), _moment(wal))
        if self._known is None or now != self._seen:
            self._known, self._seen = config_in_force(self._workspace), now
        return self._known


def _moment(file: "Path") -> tuple[int, int, int] | None:
    try:
        found = file.stat()
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
