"""Finding and making a workspace, and looking at it: nothing here changes what is in it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.errors import WorkspaceError

if TYPE_CHECKING:
    from dispatchd.adapters.sqlite.read_only import SqliteReadModel
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
class DaemonInfo:
    """The daemon that runs."""

    pid: int
    since: Any


def find_workspace(start: Path) -> Workspace:
    """The workspace around *start*; raises WorkspaceError, whose message names the next command."""
    from dispatchd.adapters.git.repository import locate

    return Workspace(locate(start))


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


def open_read_model(workspace: Workspace) -> "SqliteReadModel":
    """The workspace as the database last knew it; a missing database is made first, from the tree."""
    from dispatchd.adapters.sqlite.read_only import open_read_only

    path = database_of(workspace)
    if not path.exists():
        from dispatchd.composition.acting import sync

        sync(workspace, wait=True)
    return open_read_only(path)


def database_of(workspace: Workspace) -> Path:
    """The database's file."""
    return workspace.private / "state.db"


def staleness(workspace: Workspace) -> str | None:
    """With no daemon: how many files are newer than the database; None where it is level or a daemon keeps it so."""
    from dispatchd.adapters.tree.local_tree import open_tree

    if daemon_of(workspace) is not None:
        return None
    tree = open_tree(workspace.tree, workspace.private)
    try:
        files = tree.scan().files
    finally:
        tree.close()
    with closing(open_read_model(workspace)) as model:
        known = model.stamps()
    newer = sum(1 for path, stamp in files.items() if _differs(stamp, known.get(path)))
    gone = sum(1 for path in known if path not in files)
    changed = newer + gone
    if not changed:
        return None
    files_are = "1 file is" if changed == 1 else f"{changed} files are"
    return f"{files_are} newer than what is shown; no daemon runs. dispatchd up, or dispatchd sync --wait"


def _differs(stamp: Sequence[object], known: Sequence[object] | None) -> bool:
    return known is None or tuple(stamp)[:6] != tuple(known)[:6]


def daemon_of(workspace: Workspace) -> DaemonInfo | None:
    """The daemon that runs here."""
    holder = _holder(workspace)
    if holder is None or holder.purpose != DAEMON_PURPOSE:
        return None
    return DaemonInfo(pid=holder.process.pid, since=holder.since)


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
    from dispatchd.application.settings import settings_in

    try:
        text = (workspace.tree / "config.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"config.toml cannot be read: {error}") from error
    return settings_in(text)
