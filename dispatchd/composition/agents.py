"""Agents at work: the engines, the rooms of their processes, their worktrees and cells, put together for one workspace."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dispatchd.composition.in_force import SettingsInForce, config_in_force
from dispatchd.composition.looking import Workspace
from dispatchd.composition.other_workspaces import kept_by_others
from dispatchd.composition.worktree_places import clones_folder, held_clones_folder

if TYPE_CHECKING:
    from dispatchd.adapters.git.integration import GitIntegration
    from dispatchd.adapters.git.work_clones import GitWorkClones
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.application.agents.desk import AgentPorts, Desk
    from dispatchd.application.ports.agent_engine import AgentEngine
    from dispatchd.application.ports.sandbox import Containment
    from dispatchd.application.session import Session
    from dispatchd.composition.agent_checks import Checks
    from dispatchd.domain.agent_run import RunId

_KEPT: Final = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TERM", "TZ")
_TO_SPEAK: Final = frozenset({"DISPATCHD_TALK", "DISPATCHD_RUN", "DISPATCHD_TOKEN"})
KEY_BYTES: Final = 32


def engines() -> Mapping[str, "AgentEngine"]:
    """Every engine, by the name an agent's card writes."""
    from dispatchd.adapters.agents.acp import AcpEngine
    from dispatchd.adapters.agents.acp_profiles import PROFILES
    from dispatchd.adapters.agents.claude import ClaudeEngine
    from dispatchd.adapters.agents.codex import CodexEngine
    from dispatchd.adapters.agents.command import CommandEngine
    from dispatchd.adapters.agents.scripted import ScriptedEngine

    own: tuple[AgentEngine, ...] = (ScriptedEngine(), ClaudeEngine(), CodexEngine(), CommandEngine())
    made = (*own, *(AcpEngine(profile) for profile in PROFILES))
    return {engine.name: engine for engine in made}


def serve_tools(run_id: str) -> None:
    """Be the MCP server of a run. Raises WorkspaceError where this is no process of that run."""
    from dispatchd.adapters.agents.tools_server import serve
    from dispatchd.adapters.processes.environment import inherited
    from dispatchd.domain.errors import WorkspaceError

    environment = inherited()
    if environment.get("DISPATCHD_RUN") != run_id or "DISPATCHD_TALK" not in environment:
        raise WorkspaceError(f"only the engine of {run_id} starts this, in the environment of that run")
    serve(environment)


def run_here() -> str | None:
    """The run that this process belongs to, where it was started inside a turn with all that it takes to speak there."""
    from dispatchd.adapters.processes.environment import inherited

    environment = inherited()
    return environment.get("DISPATCHD_RUN") if environment.keys() >= _TO_SPEAK else None


def speak_in_run(verb: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say something over the socket of the run that this process belongs to. Raises Rejected, WorkspaceError."""
    from dispatchd.adapters.agents.talking import Refused, say
    from dispatchd.adapters.processes.environment import inherited
    from dispatchd.domain.errors import Rejected, WorkspaceError

    try:
        return say(verb, said, inherited())
    except Refused as refused:
        raise Rejected(str(refused)) from refused
    except OSError as error:
        raise WorkspaceError(f"the daemon cannot be reached from this turn just now: {error}") from error


def open_desk(workspace: Workspace, session: "Session") -> "Desk":
    """What the steps of agents' work need in this workspace."""
    from dispatchd.adapters.runs.bubblewrap import Bubblewrap
    from dispatchd.application.agents.desk import AgentPlaces, Desk

    sandbox = Bubblewrap(Path.home())
    held_clones_folder(workspace)()  # before anything is made there
    containment = containment_of(workspace, sandbox)
    places = AgentPlaces(
        repository=workspace.places.common_dir,
        tree=workspace.tree,
        private=workspace.private,
        homes=workspace.private / "homes",
        user_home=Path.home(),
        readable=toolchain(),
        foreign=lambda: kept_by_others(workspace),
    )
    ports = _ports(workspace, session, sandbox, holds=containment.holds)
    return Desk(session=session, ports=ports, places=places, containment=containment)


def _ports(workspace: Workspace, session: "Session", sandbox: "Bubblewrap", *, holds: bool) -> "AgentPorts":
    import shutil

    from dispatchd.adapters.assets.packaged_assets import PackagedAssets
    from dispatchd.adapters.git.commit_reading import GitCommitReading
    from dispatchd.adapters.git.integration import GitIntegration
    from dispatchd.adapters.git.peoples_work import GitPeoplesWork
    from dispatchd.adapters.runs.folder_run_room import FolderRunRoom
    from dispatchd.adapters.runs.installed_programs import folders_of
    from dispatchd.application.agents.desk import AgentPorts
    from dispatchd.composition.agent_checks import end_what_is_left

    if not holds:  # a killed daemon's: in a cell they end with it
        end_what_is_left(workspace)
    integration = GitIntegration(workspace.places.common_dir, _scratch(workspace))
    key = _key(workspace.private / "agents.key")
    return AgentPorts(
        engines=engines(),
        room=FolderRunRoom(workspace.private / "runs"),
        clones=clones_of(workspace, held=True),
        people=GitPeoplesWork(workspace.places.common_dir),
        integration=integration,
        checks=checks_of(workspace, integration, sandbox if holds else None),
        commits=GitCommitReading(workspace.places.common_dir, _scratch(workspace)),
        sandbox=sandbox,
        assets=PackagedAssets(),
        settings=SettingsInForce(workspace, _changes_of_config(session)),
        missing=lambda programs: next((each for each in programs if shutil.which(each) is None), None),
        installed=lambda programs: folders_of(programs, Path.home()),
        environment=_environment,
        tools=lambda run: (sys.executable, "-I", "-m", "dispatchd", "mcp", "--run", run),
        token=lambda run: _token(key, run),
        random_uuid=lambda run: _uuid(key, run),
    )


def checks_of(workspace: Workspace, integration: "GitIntegration", sandbox: "Bubblewrap | None") -> "Checks":
    """Runs the checks of merges; *sandbox* is None where cells do not hold."""
    from dispatchd.composition.agent_checks import Checks

    return Checks(workspace, integration, sandbox, _environment, toolchain())


def _changes_of_config(session: "Session") -> Callable[[], int] | None:
    """Counts the changes of the settings in force: they come about in this session's store, or nowhere."""
    from dispatchd.adapters.sqlite.store import SqliteStore

    store = session.ports.store
    return (lambda: store.config_changes) if isinstance(store, SqliteStore) else None


def _environment(passes: Sequence[str]) -> Mapping[str, str]:
    """What every agent's environment holds, and of ours what is named. The commands of ours are on its PATH."""
    from dispatchd.adapters.processes.environment import inherited

    given = {name: value for name, value in inherited().items() if name in {*_KEPT, *passes}}
    folders = given.get("PATH", "/usr/bin:/bin").split(":")
    ours = str(Path(sys.executable).parent)
    return {**given, "PATH": ":".join(folders if ours in folders else [*folders, ours])}


def clones_of(workspace: Workspace, *, held: bool = False) -> "GitWorkClones":
    """The agents' worktrees. *held*: their folder is this repository's from now on, as whoever changes them needs it."""
    from dispatchd.adapters.git.work_clones import GitWorkClones

    # Indexes stand apart from the worktrees: where an agent has filled that disk, its work is still to be read.
    scratch = workspace.private / "scratch"
    folder = held_clones_folder(workspace) if held else lambda: clones_folder(workspace)
    return GitWorkClones(workspace.places.common_dir, folder, lambda: scratch)


def toolchain() -> tuple[Path, ...]:
    """What a program of ours needs to run: Python, its environment, and dispatchd itself, wherever they stand."""
    import dispatchd

    package = Path(dispatchd.__file__).resolve().parent.parent
    return tuple(dict.fromkeys((Path(sys.base_prefix), Path(sys.prefix), package)))


def containment_of(workspace: Workspace, sandbox: "Bubblewrap") -> "Containment":
    """Whether agents can be kept in their cells here: tried, unless the settings say that there are to be none."""
    from dispatchd.application.ports.sandbox import Containment

    if config_in_force(workspace).agents.sandbox == "off":
        return Containment(holds=False, why='sandbox = "off" is set below [agents] in config.toml')
    return sandbox.prove(
        workspace.places.common_dir,
        workspace.tree,
        workspace.private,
        clones_folder(workspace) / ".self-test",
    )


def _scratch(workspace: Workspace) -> Path:
    return clones_folder(workspace) / ".scratch"


def _key(path: Path) -> bytes:
    """What tokens are made with: drawn once, for this user alone."""
    import os
    import secrets

    try:
        return path.read_bytes()
    except FileNotFoundError:
        drawn = secrets.token_bytes(KEY_BYTES)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(drawn)
        return drawn


def _token(key: bytes, run: "RunId") -> str:
    import hashlib
    import hmac

    return hmac.new(key, run.encode(), hashlib.sha256).hexdigest()


def _uuid(key: bytes, run: "RunId") -> str:
    import uuid

    return str(uuid.UUID(bytes=bytes.fromhex(_token(key, run))[:16], version=4))
