"""What the commands ask of `dispatchd.composition`; tests hand them something else of the same shape."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from dispatchd.application.clone_status import CloneStatus, HomeMoved
    from dispatchd.application.forge_pages import Remote
    from dispatchd.application.imports.report import ImportOptions, ImportReport, Tell
    from dispatchd.application.ports.branch_names import Behind
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.requests.request import Request
    from dispatchd.application.settings import Setting
    from dispatchd.composition.doctoring.finding import Finding, Report, Treatment


class Workspace(Protocol):
    """The places of a workspace."""

    @property
    def root(self) -> Path:
        """The repository's worktree that people are in."""
        ...

    @property
    def tree(self) -> Path:
        """The folder of documents."""
        ...

    @property
    def private(self) -> Path:
        """What belongs to this machine alone."""
        ...


class InitOutcome(Protocol):
    """What `init` made or found."""

    @property
    def created(self) -> bool: ...

    @property
    def followed_remote(self) -> str | None: ...

    @property
    def notes(self) -> Sequence[str]: ...


class RunningDaemon(Protocol):
    """The daemon that runs."""

    @property
    def pid(self) -> int: ...

    @property
    def since(self) -> Any:
        """When it started."""
        ...

    @property
    def is_stopped(self) -> bool:
        """Whether a signal has halted it."""
        ...

    @property
    def version(self) -> str: ...

    @property
    def halt(self) -> str:
        """That a signal has halted it, and how it goes on; empty while it goes on."""
        ...

    @property
    def mismatch(self) -> str:
        """That it is another version than this program, and what to do; empty where both are the same."""
        ...


class Problem(Protocol):
    """What is wrong at a place of a document."""

    @property
    def path(self) -> str: ...

    @property
    def line(self) -> int: ...

    @property
    def what(self) -> str: ...

    @property
    def hint(self) -> str: ...


class Composition(Protocol):
    """The functions that put the program together, each importing what it needs when it is called."""

    def find_workspace(self, start: Path) -> Workspace: ...

    def leave_to_caller(self) -> None:
        """Come here before anything that needs the terminal: a command that another process serves ends here."""
        ...

    def init_workspace(self, start: Path) -> InitOutcome: ...

    def open_read_model(self, workspace: Any, *, make: bool = True) -> "ReadModel": ...

    def now(self) -> datetime:
        """The clock."""
        ...

    def staleness(self, workspace: Any) -> str | None: ...

    def paused(self, workspace: Any) -> str | None: ...

    def behind(self, workspace: Any) -> "Behind | None":
        """What the checked out branch lacks of the one that agents' work comes together on."""
        ...

    def untold(self, workspace: Any) -> str | None:
        """Which notifications could not be sent the last time, and why."""
        ...

    def daemon_of(self, workspace: Any) -> RunningDaemon | None: ...

    def perform(self, workspace: Any, request: "Request") -> Mapping[str, Any]: ...

    def import_from(
        self, workspace: Any, tool: str, place: Path, options: "ImportOptions", tell: "Tell"
    ) -> "ImportReport": ...

    def run_daemon(self, workspace: Any) -> int: ...

    def serve_language(self) -> None: ...

    def serve_tools(self, run_id: str) -> None: ...

    def run_here(self) -> str | None: ...

    def speak_in_run(self, verb: str, said: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def look_at_agents(self, workspace: Any) -> AbstractContextManager[Any]: ...

    def workflows_of(self, workspace: Any) -> Sequence[Any]:
        """The workflows there are, each as it was read."""
        ...

    def merge_into(self, workspace: Any, branch: str, epic: str | None = None) -> str: ...

    def merge_from(self, workspace: Any, branch: str) -> str: ...

    def clean_worktrees(self, workspace: Any, issues: tuple[str, ...]) -> Sequence[tuple[str, str]]: ...

    def open_on_desktop(self, workspace: Any, what: str) -> bool: ...

    def remote_of(self, workspace: Any) -> "Remote | None": ...

    def start_daemon(self, workspace: Any) -> RunningDaemon: ...

    def stop_daemon(self, workspace: Any) -> bool: ...

    def sync(self, workspace: Any, *, wait: bool) -> Mapping[str, Any]: ...

    def awaited(self, workspace: Any) -> str:
        """What is still to be done, for somebody who waits for it."""
        ...

    def check_tree(self, workspace: Any) -> Sequence[Problem]: ...

    def diagnose(self, start: Path) -> "Report": ...

    def treat(self, start: Path, consent: "Callable[[Finding], bool]") -> "Treatment":
        """Mend what can be mended, asking first where the outcome could surprise."""
        ...

    def clones_of(self, workspace: Any, model: "ReadModel") -> "CloneStatus":
        """How it stands between this clone and the others."""
        ...

    def home_of(self, workspace: Any) -> str:
        """The clone that decides; empty where none was ever named."""
        ...

    def name_of(self, workspace: Any) -> str:
        """What this clone is called."""
        ...

    def wants_pager(self) -> bool:
        """Whether whoever sits here lets long lists be paged."""
        ...

    def branches_of(self, workspace: Any) -> Sequence[str]:
        """The user's own branches."""
        ...

    def who_looks(self, workspace: Any) -> str:
        """The handle of whoever sits here."""
        ...

    def home_here(self, workspace: Any) -> "HomeMoved":
        """Make this clone the one that decides; says what it lets go."""
        ...

    def share_workspace(self, workspace: Any, word: str = "") -> Mapping[str, Any]:
        """Fetch and push now; says with which remote, and what was in the way."""
        ...

    def wait_for_answer(
        self, workspace: Any, thread: str, timeout: float | None
    ) -> Mapping[str, Any] | None: ...

    def settings(self, workspace: Any) -> "Sequence[Setting]": ...

    def restore_tree(self, start: Path) -> Sequence[str]:
        """Bring the folder of documents back where it is gone; says in sentences what was done."""
        ...

    def merge_documents(self, base: Path, ours: Path, theirs: Path, marker_size: int, path: str) -> int: ...

    def rebuild(self, workspace: Any) -> Any:
        """Make the database anew; what came of it."""
        ...

    def backup_now(self, workspace: Any) -> Any:
        """Copy the database; the copy."""
        ...

    def backups(self, workspace: Any) -> Sequence[Any]:
        """The copies there are, newest first."""
        ...

    def restore_backup(self, workspace: Any, name: str | None) -> tuple[Any, Any]:
        """Put a copy in the database's place; which, and what came of it."""
        ...
