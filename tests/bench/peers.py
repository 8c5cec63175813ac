"""Other trackers of tasks, as they are installed: how each is filled, and which words do the same work in it.

A peer that is not on this machine says so; nothing is installed here (`.ci/peers` does that).
"""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from tests.bench.ground import COMMAND, Ground, daemon, issue_id, issue_text

ACTS: Final = ("create", "list", "filter", "show", "edit")
AREAS: Final = 50
PLACE: Final = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "dispatchd-peers"


class Tool(Protocol):
    """One tracker with its items. `words` are what a person types for an act on the item of that number."""

    name: str

    @property
    def why_not(self) -> str:
        """Why it cannot be measured here; empty where it can."""
        ...

    @property
    def version(self) -> str: ...

    def begin(self, folder: Path, items: int) -> None:
        """Fill it with *items*, the same for all tools, of which a fifth is done."""
        ...

    def words(self, act: str, number: int) -> Sequence[str | Path]: ...

    def run(self, act: str, number: int) -> None:
        """Do it. Raises RuntimeError if that did not succeed."""
        ...

    def end(self) -> None: ...


def title(number: int) -> str:
    return f"The form gives up on slow networks, case {number}"


def body(number: int) -> str:
    """The words of an item, without what dispatchd keeps at its top."""
    return issue_text(number).partition("---\n\n")[2].partition("\n## Acceptance")[0].strip()


def is_done(number: int) -> bool:
    return number % 5 == 3


def version_of(*words: str | Path) -> str:
    """What a program says of its version, on one line; nothing where it cannot be started."""
    try:
        done = subprocess.run([str(each) for each in words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return done.stdout.strip().splitlines()[0]


def run_in(folder: Path, words: Sequence[str | Path], environment: Mapping[str, str]) -> None:
    """Raises RuntimeError unless the command succeeds."""
    typed = [str(each) for each in words]
    done = subprocess.run(
        typed, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{typed} ended with {done.returncode}: {done.stderr.decode()}")


@dataclass(slots=True)
class Ours:
    """dispatchd, with its daemon."""

    ground: Ground
    name: str = "dispatchd"
    running: object = field(default=None)

    @property
    def why_not(self) -> str:
        return ""

    @property
    def version(self) -> str:
        return version_of(COMMAND, "--version").removeprefix("dispatchd ")

    def begin(self, folder: Path, items: int) -> None:  # noqa: ARG002 - its ground has a folder
        self.ground.lay(items)
        self.running = daemon(self.ground)
        self.running.__enter__().wait_until_ready()
        self.ground.run(COMMAND, "sync", "--wait")

    def words(self, act: str, number: int) -> Sequence[str | Path]:
        return {
            "create": (COMMAND, "issue", "new", title(number), "--label", "area-7"),
            "list": (COMMAND, "issue", "list"),
            "filter": (COMMAND, "issue", "list", "--status", "queued", "--label", "area-7"),
            "show": (COMMAND, "issue", "show", issue_id(number)),
            "edit": (COMMAND, "issue", "set", issue_id(number), "priority=critical"),
        }[act]

    def run(self, act: str, number: int) -> None:
        run_in(self.ground.root, self.words(act, number), self.ground.environment)

    def end(self) -> None:
        self.running.__exit__(None, None, None)  # type: ignore[attr-defined]


@dataclass(slots=True)
class Backlog:
    """Backlog.md: a Markdown file a task, as its own `init` sets it up; the tasks are committed."""

    environment: Mapping[str, str]
    name: str = "Backlog.md"
    folder: Path = field(default=Path())
    program: Path = PLACE / "node_modules" / ".bin" / "backlog"

    @property
    def why_not(self) -> str:
        return "" if self.version else "not installed: npm (.ci/peers says more)"

    @property
    def version(self) -> str:
        return version_of(self.program, "--version")

    def begin(self, folder: Path, items: int) -> None:
        self.folder = folder / "backlog"
        self.folder.mkdir()
        for words in (["git", "init", "-q"], ["git", "commit", "-q", "--allow-empty", "-m", "Begin"]):
            run_in(self.folder, words, self.environment)
        run_in(
            self.folder,
            [self.program, "init", "bench", "--defaults", "--agent-instructions", "none"],
            self.environment,
        )
        tasks = self.folder / "backlog" / "tasks"
        tasks.mkdir(exist_ok=True)
        for number in range(1, items + 1):
            (tasks / f"task-{number} - Case-{number}.md").write_text(_backlog_task(number), encoding="utf-8")
        for words in (["git", "add", "-A"], ["git", "commit", "-q", "-m", "Tasks"]):
            run_in(self.folder, words, self.environment)

    def words(self, act: str, number: int) -> Sequence[str | Path]:
        return {
            "create": (self.program, "task", "create", title(number), "-l", "area-7"),
            "list": (self.program, "task", "list", "--exclude-status", "Done", "--plain"),
            "filter": (self.program, "task", "list", "-s", "To Do", "-l", "area-7", "--plain"),
            "show": (self.program, "task", str(number), "--plain"),
            "edit": (self.program, "task", "edit", str(number), "--priority", "high"),
        }[act]

    def run(self, act: str, number: int) -> None:
        run_in(self.folder, self.words(act, number), self.environment)

    def end(self) -> None:
        """Nothing of it stays."""


def _backlog_task(number: int) -> str:
    status = "Done" if is_done(number) else ("To Do", "In Progress")[number % 10 == 4]
    return (
        f"---\nid: TASK-{number}\ntitle: '{title(number)}'\nstatus: {status}\nassignee: []\n"
        f"created_date: '2026-11-21 07:12'\nlabels:\n  - auth\n  - area-{number % AREAS}\ndependencies: []\n"
        f"priority: {('high', 'medium', 'low')[number % 3]}\nordinal: {number * 1000}\n---\n\n"
        f"## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\n{body(number)}\n<!-- SECTION:DESCRIPTION:END -->\n"
    )


@dataclass(slots=True)
class Taskwarrior:
    """taskwarrior: one text file of all tasks; an item's words are an annotation."""

    environment: Mapping[str, str]
    name: str = "taskwarrior"
    folder: Path = field(default=Path())

    @property
    def why_not(self) -> str:
        found = self.version
        if not found:
            return "not installed: apt-get install taskwarrior"
        return (
            "" if found.startswith("2.") else f"{found} keeps its tasks in another way than is written here"
        )

    @property
    def version(self) -> str:
        return version_of("task", "--version") if shutil.which("task") else ""

    def begin(self, folder: Path, items: int) -> None:
        self.folder = folder / "taskwarrior"
        self.folder.mkdir()
        (self.folder / "taskrc").write_text(
            f"data.location={self.folder}\nconfirmation=off\n", encoding="utf-8"
        )
        self.environment = {**self.environment, "TASKRC": str(self.folder / "taskrc")}
        lines = {False: list[str](), True: list[str]()}
        for number in range(items):
            lines[is_done(number)].append(_task_line(number))
        (self.folder / "pending.data").write_text("".join(lines[False]), encoding="utf-8")
        (self.folder / "completed.data").write_text("".join(lines[True]), encoding="utf-8")

    def words(self, act: str, number: int) -> Sequence[str | Path]:
        return {
            "create": ("task", "add", title(number), "+area7"),
            "list": ("task", "list"),
            "filter": ("task", "status:pending", "+area7", "list"),
            "show": ("task", str(number), "info"),
            "edit": ("task", str(number), "modify", "priority:H"),
        }[act]

    def run(self, act: str, number: int) -> None:
        run_in(self.folder, self.words(act, number), self.environment)

    def end(self) -> None:
        """Nothing of it stays."""


def _task_line(number: int) -> str:
    said = " ".join(body(number).split()).replace('"', "'")
    ended = 'end:"1763709000" ' if is_done(number) else ""
    return (
        f'[annotation_1763708400:"{said}" description:"{title(number)}" {ended}entry:"1763708000" '
        f'modified:"1763708400" priority:"{"HML"[number % 3]}" '
        f'status:"{"completed" if is_done(number) else "pending"}" tags:"auth,area{number % AREAS}" '
        f'uuid:"{number:08x}-0000-4000-8000-000000000000"]\n'
    )
