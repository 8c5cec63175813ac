"""Finding and making a workspace, and looking at it: nothing here changes what is in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.application.ports.workspace_lock import LockHolder
    from dispatchd.application.settings import Setting
    from dispatchd.documents.config_values import Config

DAEMON_PURPOSE: Final = "dispatchd run"


@dataclass(frozen=True, slots=True)
class Workspace:
    """The places of a workspace, as commands name them."""

    places: RepositoryPlaces

    @property
    def root(self) -> Path:
        """The repository's worktree that people are in; the git directory where there is none."""
        return self.places.main_worktree or self.places.tree.parent

    @property
    def tree(self) -> Path:
        """The folder of documents."""
        return self.places.tree

    @property
    def private(self) -> Path:
        """What belongs to this machine alone."""
        return self.places.private_dir


@dataclass(frozen=True, slots=True)
class RunningDaemon:
    """The daemon that runs."""

    pid: int
    since: Any


def find_workspace(start: Path) -> Workspace:
    """The workspace around *start*; raises WorkspaceError, whose message names the next command."""
    from dispatchd.adapters.git.repository import locate

    try:
        return Workspace(locate(start))
    except WorkspaceError:
        if not _moved_and_tied_again(start):
            raise
    return Workspace(locate(start))


def _moved_and_tied_again(start: Path) -> bool:
    """Whether the repository was only moved, so that its tree could be tied to it again without a question."""
    from dispatchd.adapters.git.tree_health import GitTreeHealth
    from dispatchd.application.ports.tree_health import TreeFault

    health = GitTreeHealth()
    moved = [each for each in health.findings(start) if each.fault is TreeFault.MOVED and each.is_mendable]
    for each in moved:
        health.mend(start, each.fault)
    return bool(moved)


def init_workspace(start: Path) -> Any:
    """Make a workspace of the repository around *start*, or find it whole."""
    from dispatchd.adapters.assets.packaged_assets import PackagedAssets
    from dispatchd.adapters.git.identity import identity_in
    from dispatchd.adapters.git.repository import checkout_around
    from dispatchd.adapters.git.workspace_setup import GitWorkspaceSetup
    from dispatchd.adapters.system.clone_name import clone_name
    from dispatchd.adapters.system.system_clock import SystemClock
    from dispatchd.application.first_files import first_files

    assets = PackagedAssets()
    common_dir = checkout_around(start).common_dir
    person = identity_in(common_dir)
    files = first_files(assets, person, clone_name(common_dir / "dispatchd"))
    outcome = GitWorkspaceSetup().init(start, files, SystemClock().now())
    status = outcome.places.tree / "STATUS.md"
    if not status.exists():
        status.write_bytes(assets.first_status())
    return outcome


def database_of(workspace: Workspace) -> Path:
    """The database's file."""
    return workspace.private / "state.db"


def daemon_of(workspace: Workspace) -> RunningDaemon | None:
    """The daemon that runs here."""
    holder = _holder(workspace)
    if holder is None or holder.purpose != DAEMON_PURPOSE:
        return None
    return RunningDaemon(pid=holder.process.pid, since=holder.since)


def _holder(workspace: Workspace) -> "LockHolder | None":
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock

    return FlockWorkspaceLock(workspace.private / "lock").holder()


def config_of(workspace: Workspace) -> "Config":
    """The config as its file says now; the defaults where it cannot be read."""
    from dispatchd.documents.config_document import read_config
    from dispatchd.documents.config_values import Config

    try:
        text = (workspace.tree / "config.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return Config()
    return read_config(text).config or Config()


def settings(workspace: Workspace) -> "Sequence[Setting]":
    """Every setting with where its value comes from."""
    from dispatchd.application.settings import settings_in, settings_while_waiting

    try:
        text = (workspace.tree / "config.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"config.toml cannot be read: {error}") from error
    in_force = _kept_in_force(workspace)
    return settings_in(text) if in_force is None else settings_while_waiting(text, in_force)


def _kept_in_force(workspace: Workspace) -> str | None:
    """The settings in force where the file says more, which waits for somebody's word; None where nothing waits."""
    from contextlib import closing

    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import StoreFailure
    from dispatchd.application.ports.unit_of_work import CONFIG_IN_FORCE, CONFIG_KEPT_OUT

    try:
        with closing(open_read_only(database_of(workspace))) as model:
            return model.note(CONFIG_IN_FORCE) if model.note(CONFIG_KEPT_OUT) else None
    except StoreFailure:  # no database yet, or none that reads: then nothing is known to wait
        return None


def refuse_other_home(workspace: Workspace) -> None:
    """Raise WorkspaceError in a clone that is not the one that decides."""
    from dispatchd.adapters.system.clone_name import clone_name

    home = config_of(workspace).workspace.home
    here = clone_name(workspace.private)
    if home and home != here:
        raise WorkspaceError(
            f'this clone is "{here}", and "{home}" is the one that decides (config.toml, [workspace] home). '
            "Edit and commit in .dispatch here, and push: it takes effect there. To let this clone decide, "
            f'write home = "{here}"'
        )
