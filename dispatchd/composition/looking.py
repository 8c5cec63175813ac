"""Finding and making a workspace, and looking at it: nothing here changes what is in it."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.composition.running_daemon import RunningDaemon
from dispatchd.domain.dataclass import dataclass
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
    for path, content in assets.first_pages().items():
        page = outcome.places.tree / path
        if not page.exists():
            page.write_bytes(content)
    return outcome


def database_of(workspace: Workspace) -> Path:
    """The database's file: what was decided here, or, where another clone decides, a copy of what it said.

    Raises DatabaseAway where the repository is moved away while its files are read.
    """
    try:
        return workspace.private / ("state.db" if decides(workspace) else "replica.db")
    except FileNotFoundError as gone:
        if workspace.private.is_dir():
            raise
        from dispatchd.application.ports.store_failures import DatabaseAway

        raise DatabaseAway(workspace.private / "state.db") from gone


def daemon_of(workspace: Workspace) -> RunningDaemon | None:
    """The daemon that runs here."""
    from dispatchd.adapters.system.process_identity import is_ending, is_halted

    holder = _holder(workspace)
    if holder is None or holder.purpose != DAEMON_PURPOSE or is_ending(holder.process):
        return None
    return RunningDaemon(
        pid=holder.process.pid,
        since=holder.since,
        is_stopped=is_halted(holder.process),
        version=holder.version,
    )


def _holder(workspace: Workspace) -> "LockHolder | None":
    from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock

    return FlockWorkspaceLock(workspace.private / "lock").holder()


def config_of(workspace: Workspace) -> "Config":
    """The config as its file says now; the defaults where it cannot be read."""
    from dispatchd.documents.config_values import Config

    try:
        text = (workspace.tree / "config.toml").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return Config()
    return config_in(text) or Config()


def config_in(text: str) -> "Config | None":
    """The config that *text* writes."""
    from dispatchd.documents.config_document import read_config

    return read_config(text).config


def settings(workspace: Workspace) -> "Sequence[Setting]":
    """Every setting with where its value comes from."""
    from dispatchd.application.settings import settings_in, settings_while_waiting

    try:
        text = (workspace.tree / "config.toml").read_text(encoding="utf-8")
    except FileNotFoundError:
        text = ""
    except (OSError, UnicodeDecodeError) as error:
        raise WorkspaceError(f"config.toml cannot be read: {error}") from error
    in_force, waits = _in_force(workspace)
    if waits and in_force is not None:
        return settings_while_waiting(text, in_force)
    return settings_in(text, in_force)


def _in_force(workspace: Workspace) -> tuple[str | None, bool]:
    """The settings in force, as far as that is known; and whether the file says more, which waits for a word."""
    from contextlib import closing

    from dispatchd.adapters.sqlite.read_only import open_read_only
    from dispatchd.application.ports.store_failures import StoreFailure
    from dispatchd.application.ports.unit_of_work import CONFIG_IN_FORCE, CONFIG_KEPT_OUT

    try:
        with closing(open_read_only(database_of(workspace))) as model:
            return model.note(CONFIG_IN_FORCE), model.note(CONFIG_KEPT_OUT) is not None
    except StoreFailure:  # no database yet, or none that reads: then nothing is known to wait
        return None, False


def home_of(workspace: Workspace) -> str:
    """The clone that decides. Where the branch is shared that is what was published last, else what config.toml says."""
    written, remote = _written_home(workspace)
    if written and not remote:
        return written
    return _known_home(workspace) or written


def shared_with(workspace: Workspace) -> str:
    """The remote that the branch is shared through, as config.toml says; empty where it is not shared."""
    return _written_home(workspace)[1]


def _written_home(workspace: Workspace) -> tuple[str, str]:
    """The clone that config.toml names, and the remote it names; nothing where it cannot be read."""
    tables = _written(workspace)
    named, shared = (tables.get(table, {}) for table in ("workspace", "share"))
    home = named.get("home", "") if isinstance(named, dict) else ""
    return str(home), str(shared.get("remote", "")) if isinstance(shared, dict) else ""


def _written(workspace: Workspace) -> Mapping[str, Any]:
    """The tables of config.toml, without more than the standard library; none where it cannot be read."""
    try:
        return _tables_in((workspace.tree / "config.toml").read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError):
        return {}


@lru_cache(maxsize=4)
def _tables_in(text: str) -> Mapping[str, Any]:
    import tomllib

    from dispatchd.documents.toml_text import load_toml

    try:
        return load_toml(text)
    except tomllib.TOMLDecodeError:
        return {}


def _known_home(workspace: Workspace) -> str:
    try:
        return (workspace.private / "home").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return ""


def name_of(workspace: Workspace) -> str:
    """What this clone is called."""
    from dispatchd.adapters.system.clone_name import clone_name

    return clone_name(workspace.private)


def name_to_decide_by(workspace: Workspace) -> str:
    """What this clone is called as home: a new name where it was copied together with its name."""
    from dispatchd.adapters.system.clone_name import fresh_clone_name
    from dispatchd.application.clone_status import nobody

    name = name_of(workspace)
    return fresh_clone_name(workspace.private) if home_of(workspace) == nobody(name, name) else name


def wants_pager() -> bool:
    """Whether whoever sits here lets long lists be paged."""
    from dispatchd.adapters.system.environment import wants_pager as wanted

    return wanted()


def who_looks(workspace: Workspace) -> str:
    """The handle of whoever sits here, as config.toml calls them."""
    from dispatchd.adapters.git.who_looks import person_who_looks
    from dispatchd.application.people import person_by_email

    who = person_who_looks(workspace.places.common_dir)
    return person_by_email(_written_people(workspace), who.name, who.email).handle


def _written_people(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    people = _written(workspace).get("people", {})
    return {name: tuple(map(str, emails)) for name, emails in people.items() if isinstance(emails, list)}


def decides(workspace: Workspace) -> bool:
    """Whether this clone is the one that decides."""
    home = home_of(workspace)
    return not home or home == name_of(workspace)


def who_decides_stands_in(workspace: Workspace) -> tuple[Path, ...]:
    """The files besides config.toml that `decides` looks at."""
    return (workspace.private / "home", workspace.private / "clone")


def remember_home(workspace: Workspace, home: str = "") -> None:
    """Keep who decides: *home*, else what is known or written. A clone that becomes home begins from the branch."""
    before = _known_home(workspace)
    now = home or home_of(workspace)
    if not now or now == before:
        return
    if before and now == name_of(workspace):
        _begin_as_home(workspace)
    workspace.private.mkdir(mode=0o700, exist_ok=True)
    (workspace.private / "home").write_text(f"{now}\n", encoding="utf-8")


def _begin_as_home(workspace: Workspace) -> None:
    """What was decided elsewhere until now is believed; a database from an earlier time as home is set aside."""
    from dispatchd.adapters.git.audit_branch import GitAuditLog

    head = GitAuditLog(workspace.places).head()
    with (workspace.private / "believed").open("a", encoding="utf-8") as believed:
        believed.write(f"{head}\n")
    for file in workspace.private.glob("state.db*"):
        if file.name in {"state.db", "state.db-wal", "state.db-shm"}:
            file.rename(file.with_name(file.name.replace("state.db", f"before-{head[:12]}.db")))
