"""A composition for tests of the command line: a workspace in a folder, and a record of what was asked."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.clone_status import CloneStatus, HomeMoved, clone_status
from dispatchd.application.forge_pages import Remote
from dispatchd.application.imports.report import ImportOptions, ImportReport, Progress, Tell
from dispatchd.application.ports.branch_names import Behind
from dispatchd.application.requests.request import Request
from dispatchd.application.workflows import KnownWorkflow, known_workflows
from dispatchd.composition.doctoring.finding import Done, Finding, Report, Room, Treatment
from dispatchd.domain.identifiers import DocumentPath


@dataclass(frozen=True, kw_only=True)
class Place:
    root: Path
    tree: Path
    private: Path


@dataclass(frozen=True, kw_only=True)
class Running:
    pid: int = 4711
    since: str = "2026-11-21T07:20:00+00:00"
    is_stopped: bool = False
    version: str = "0.1.0"
    halt: str = ""
    mismatch: str = ""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    created: bool = True
    followed_remote: str | None = None
    notes: tuple[str, ...] = ()


@dataclass
class CompositionDouble:
    """Answers as it is told to, and remembers the requests.

    `run`: the run that its process belongs to, `said_in_run` what was said over that run's socket.
    """

    root: Path
    reply: Callable[[Request], Mapping[str, Any]] = field(
        default=lambda _: {"subject": "i-7k2m", "told": ["done"]}
    )
    running: Running | None = None
    late: str | None = None
    git_is_at: str | None = None
    lacks: Behind | None = None
    problems: tuple[Any, ...] = ()
    findings: tuple[Finding, ...] = ()
    outcome: Outcome = field(default_factory=Outcome)
    report: Mapping[str, Any] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    waited: list[tuple[str, float | None]] = field(default_factory=list)
    run: str | None = None
    said_in_run: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)
    answer: Mapping[str, Any] = field(default_factory=dict)
    mended: tuple[str, ...] = ()
    clones: CloneStatus = field(
        default_factory=lambda: clone_status("desk-7k2m", "desk-7k2m", "", lambda _: None)
    )
    shared: Mapping[str, Any] = field(
        default_factory=lambda: {"remote": "origin", "trouble": "", "words": "", "took": False}
    )
    moved: HomeMoved = field(default_factory=lambda: HomeMoved(""))
    looks: str = "alice"
    said: list[str] = field(default_factory=list)
    settings_found: tuple[Any, ...] = ()
    opened: list[str] = field(default_factory=list)
    has_desktop: bool = False
    remote: Remote | None = None
    brought: ImportReport | None = None
    imports: list[tuple[str, Path, ImportOptions]] = field(default_factory=list)
    made: Any = None
    copies: tuple[Any, ...] = ()
    heard: Callable[[], None] = field(default=lambda: None)

    def leave_to_caller(self) -> None:
        """Nothing is served here."""

    def find_workspace(self, *_: Any) -> Place:
        return Place(root=self.root, tree=self.root / ".dispatch", private=self.root / ".git" / "dispatchd")

    def workflows_of(self, *_: Any) -> Sequence[KnownWorkflow]:
        folder = self.root / ".dispatch" / "workflows"
        files = {DocumentPath(f"workflows/{each.name}"): each.read_bytes() for each in folder.glob("*.toml")}
        return known_workflows(files, PackagedAssets(), {"test": "make test"})

    def init_workspace(self, *_: Any) -> Outcome:
        return self.outcome

    def open_read_model(self, *_: Any, **__: Any) -> Any:
        return open_read_only(self.root / ".git" / "dispatchd" / "state.db")

    def now(self) -> datetime:
        return datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

    def staleness(self, *_: Any) -> str | None:
        return self.late

    def paused(self, *_: Any) -> str | None:
        return self.git_is_at

    def branches_of(self, *_: Any) -> Sequence[str]:
        return ("main", "release/2")

    def behind(self, *_: Any) -> Behind | None:
        return self.lacks

    def untold(self, *_: Any) -> str | None:
        return None

    def daemon_of(self, *_: Any) -> Running | None:
        return self.running

    def perform(self, _: Any, request: Request) -> Mapping[str, Any]:
        self.asked.append(request)
        return self.reply(request)

    def import_from(self, _: Any, tool: str, place: Path, options: ImportOptions, tell: Tell) -> ImportReport:
        self.imports.append((tool, place, options))
        tell(Progress(done=1, total=2))
        assert self.brought is not None
        return self.brought

    def run_daemon(self, *_: Any) -> int:
        return 0

    def serve_language(self) -> None:
        self.heard()

    def serve_tools(self, run_id: str) -> None:
        self.opened.append(run_id)

    def run_here(self) -> str | None:
        return self.run

    def speak_in_run(self, verb: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        self.said_in_run.append((verb, said))
        return self.answer

    def look_at_agents(self, _: Any) -> AbstractContextManager[Any]:
        raise AssertionError("there is no database to look at")

    def merge_into(self, _: Any, branch: str, epic: str | None = None) -> str:
        return " ".join(filter(None, (branch, epic)))

    def merge_from(self, _: Any, branch: str) -> str:
        return branch

    def clean_worktrees(self, _: Any, issues: tuple[str, ...]) -> Sequence[tuple[str, str]]:
        return [(issue, "removed") for issue in issues]

    def open_on_desktop(self, _: Any, what: str) -> bool:
        self.opened.append(what)
        return self.has_desktop

    def remote_of(self, *_: Any) -> Remote | None:
        return self.remote

    def start_daemon(self, *_: Any) -> Running:
        self.running = Running()
        return self.running

    def stop_daemon(self, *_: Any) -> bool:
        was, self.running = self.running, None
        return was is not None

    def sync(self, *_: Any, **__: Any) -> Mapping[str, Any]:
        return self.report

    def awaited(self, *_: Any) -> str:
        return "issues/a.md is still to be written"

    def check_tree(self, *_: Any) -> tuple[Any, ...]:
        return self.problems

    def diagnose(self, start: Path) -> Report:
        return Report(place=start, rooms=(Room(name="tree", fact="whole", findings=self.findings),))

    def treat(self, start: Path, consent: Callable[[Finding], bool]) -> Treatment:
        done = tuple(
            Done(code=each.code, what=each.what, said=each.mend.do(), is_mended=True)
            for each in self.findings
            if each.mend and (not each.mend.asks or consent(each))
        )
        mended = {each.code for each in done}
        self.findings = tuple(each for each in self.findings if each.code not in mended)
        return Treatment(done=done, report=self.diagnose(start))

    def clones_of(self, *_: Any) -> CloneStatus:
        return self.clones

    def home_of(self, *_: Any) -> str:
        return self.clones.home

    def name_of(self, *_: Any) -> str:
        return self.clones.clone

    def wants_pager(self) -> bool:
        return False

    def who_looks(self, *_: Any) -> str:
        return self.looks

    def home_here(self, *_: Any) -> HomeMoved:
        self.clones = self.clones._replace(home=self.clones.clone, is_home=True)
        return self.moved._replace(name=self.clones.clone)

    def share_workspace(self, _: Any, word: str = "") -> Mapping[str, Any]:
        self.said.append(word)
        return self.shared

    def settings(self, *_: Any) -> tuple[Any, ...]:
        return self.settings_found

    def wait_for_answer(self, _: Any, thread: str, timeout: float | None) -> Mapping[str, Any] | None:
        self.waited.append((thread, timeout))
        self.heard()
        return None

    def restore_tree(self, *_: Any) -> tuple[str, ...]:
        return self.mended

    def merge_documents(self, *_: Any) -> int:
        return 0

    def rebuild(self, *_: Any) -> Any:
        return self.made

    def backup_now(self, *_: Any) -> Any:
        return self.copies[0]

    def backups(self, *_: Any) -> tuple[Any, ...]:
        return self.copies

    def restore_backup(self, _: Any, name: str | None) -> tuple[Any, Any]:
        self.said.append(name or "")
        return self.copies[0], self.made
