"""A desk with a real repository on it: git, the daemon, and a person who saves files; waiting is by conditions only.

A desk knows which processes it started and ends those alone.
"""

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dispatchd.adapters.system.control_client import call
from dispatchd.adapters.system.workspace_lock import FlockWorkspaceLock
from dispatchd.domain.errors import WorkspaceError
from tests.system.patience import PATIENCE_SECONDS, NotThereError, until
from tests.system.standing_files import NO_COOKIES
from tests.system.warm import WARM

__all__ = ["PATIENCE_SECONDS", "Desk", "Said", "is_running", "new_repository", "until"]

PUBLISHED: Final = ("STATUS.md", "WAITING.md")
COMMAND: Final = Path(sys.executable).with_name("dispatchd")
COMMAND_SECONDS: Final = 300.0
ALL_COLD: Final = bool(os.environ.get("COLD"))
BRISK: Final[Mapping[str, str]] = {
    "settle": "60ms",
    "adopt_after": "300ms",
    "refuse_after": "300ms",
    "vanish_after": "300ms",
    "commit_every": "100ms",
    "render_every": "100ms",
}
"""`[sync]` of a workspace that answers as soon as a slow machine allows; what is not here keeps its default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Desk:
    """One repository with its `.dispatch/`."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    daemons: list[int] = field(default_factory=list)
    cold: bool = ALL_COLD
    """Whether programs of ours are started from nothing: where their start is what the test is about."""

    @property
    def tree(self) -> Path:
        return self.root / ".dispatch"

    @property
    def private(self) -> Path:
        """What belongs to this machine alone."""
        return self.root / ".git" / "dispatchd"

    def run(self, *words: str | Path, cwd: Path | None = None, stdin: str = "") -> Said:
        """What *words* said, however they ended."""
        environment = self._environment()
        told = [str(word) for word in words]
        if words[0] == COMMAND and self._is_warm(told, environment, stdin.encode()):
            code, out, err = WARM.run(told, cwd or self.root, environment, stdin.encode(), COMMAND_SECONDS)
        else:
            done = subprocess.run(
                told,
                cwd=cwd or self.root,
                env=environment,
                input=stdin.encode(),
                capture_output=True,
                check=False,
                timeout=COMMAND_SECONDS,
            )
            code, out, err = done.returncode, done.stdout, done.stderr
        return Said(code=code, out=out.decode(errors="replace"), err=err.decode(errors="replace"))

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        kept["PATH"] = f"{COMMAND.parent}{os.pathsep}{kept.get('PATH', os.defpath)}"
        kept.update({name: value for name, value in os.environ.items() if name.startswith("GIT_CONFIG_")})
        return {**kept, **self.environment}

    def _is_warm(self, words: Sequence[str], environment: Mapping[str, str], stdin: bytes = b"") -> bool:
        return not self.cold and WARM.suits(words, environment, stdin)

    def do(self, *words: str | Path, cwd: Path | None = None, stdin: str = "") -> str:
        """The output of a command that has to succeed."""
        said = self.run(*words, cwd=cwd, stdin=stdin)
        assert said.code == 0, f"`{' '.join(map(str, words))}` ended with {said.code}:\n{said.out}{said.err}"
        return said.out

    def git(self, *words: str | Path) -> str:
        """git in the person's own worktree."""
        return self.do("git", *words)

    def tree_git(self, *words: str | Path) -> str:
        """git as a person runs it in `.dispatch/`."""
        return self.do("git", *words, cwd=self.tree)

    def ask(self, *words: str) -> Said:
        """What a command of ours said, however it ended; a traceback is never an answer."""
        said = self.run(COMMAND, *words)
        assert "Traceback" not in said.err + said.out, said.err
        assert said.code in {0, 1}, f"ended with {said.code}: {said.err}"
        return said

    def dispatchd(self, *words: str) -> str:
        """The output of a command of ours that has to succeed."""
        said = self.ask(*words)
        assert said.code == 0, (
            f"`dispatchd {' '.join(words)}` ended with {said.code}:\n{said.out}{said.err}{self.bugs()}"
        )
        return said.out

    def json(self, *words: str) -> Any:
        """What a command of ours says to programs."""
        return json.loads(self.dispatchd(*words, "--json"))

    def problems(self) -> list[Mapping[str, Any]]:
        """What `check` finds."""
        items: list[Mapping[str, Any]] = json.loads(self.ask("check", "--json").out)["items"]
        return items

    def init(self, sync: Mapping[str, str] = BRISK) -> None:
        """Make the repository a workspace with the times of *sync*."""
        self.dispatchd("init")
        if sync:
            lines = "".join(f'{key} = "{value}"\n' for key, value in sync.items())
            self.add("config.toml", f"\n[sync]\n{lines}")

    def up(self) -> int:
        """Start the daemon; its process id."""
        environment = self._environment()
        if self._is_warm([], environment):
            words = [str(COMMAND), "run"]
            (self.private / "logs").mkdir(mode=0o700, parents=True, exist_ok=True)
            self.daemons.append(
                WARM.spawn(words, self.root, environment, self.private / "logs" / "startup.txt")
            )
            until(lambda: self._listens(self.daemons[-1]), "the daemon does not answer")
        else:
            self.dispatchd("up")
            self.daemons.append(int(self.json("status")["daemon"]["pid"]))
        return self.daemons[-1]

    def _listens(self, pid: int) -> bool:
        """Whether the daemon answers; fails if it has ended."""
        assert is_running(pid), f"the daemon did not start: {self.read_output()}"
        with contextlib.suppress(WorkspaceError):
            call(self.private, {"call": "ping"}, timeout=PATIENCE_SECONDS)
            holder = FlockWorkspaceLock(self.private / "lock").holder()
            return holder is not None and holder.process.pid == pid
        return False

    def read_output(self) -> str:
        """What the daemon printed."""
        return (self.private / "logs" / "startup.txt").read_text(encoding="utf-8")

    def down(self) -> None:
        self.dispatchd("down")

    def sync(self) -> list[str]:
        """Wait until all that was saved is decided, written and committed; the files whose answer a hand holds up."""
        held = self.json("sync", "--wait").get("held", [])
        return [str(path) for path in held]

    def kill(self, pid: int) -> None:
        """`kill -9`, and wait until the process is gone."""
        os.kill(pid, signal.SIGKILL)
        until(lambda: not is_running(pid), f"process {pid} survived SIGKILL")

    def end(self) -> None:
        """End every daemon that was started here."""
        for pid in self.daemons:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def path(self, path: str) -> Path:
        return self.tree / path

    def read(self, path: str) -> str:
        return (self.tree / path).read_text(encoding="utf-8")

    def save(self, path: str, text: str) -> None:
        """Save in place, as the shell does."""
        file = self.tree / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")

    def add(self, path: str, text: str) -> None:
        """`>>`."""
        with (self.tree / path).open("a", encoding="utf-8") as opened:
            opened.write(text)

    def sed(self, script: str, *paths: str | Path) -> None:
        """`sed -i`: a new file under the old name."""
        self.do("sed", "-i", script, *paths, cwd=self.tree)

    def fact(self, path: str, key: str) -> str:
        """The value on the line of *key* in the front matter."""
        hit = re.search(rf"^{key}: *(.*)$", self.read(path), re.MULTILINE)
        if hit is None:
            raise NotThereError(f"there is no `{key}:` in\n{self.read(path)}")
        return hit[1]

    def only(self, pattern: str) -> str:
        """The one path of the tree that matches."""
        found = [file.relative_to(self.tree).as_posix() for file in self.tree.glob(pattern)]
        found = [path for path in found if not Path(path).name.startswith("_")]
        if len(found) != 1:
            raise NotThereError(f"{pattern}: {found}")
        return found[0]

    def issues(self) -> dict[str, Mapping[str, Any]]:
        """Every issue, finished ones too, by id."""
        return {item["id"]: item for item in self.json("issue", "list", "--all")["items"]}

    def events(self, subject: str = "") -> list[Mapping[str, Any]]:
        """The event log, oldest first."""
        words = ["log", *([subject] if subject else []), "-n", "100000"]
        items: list[Mapping[str, Any]] = self.json(*words)["items"]
        return items

    def event_types(self, subject: str = "") -> list[str]:
        return [str(event["type"]) for event in self.events(subject)]

    def commits(self) -> list[str]:
        """Author and subject of every commit on the branch, oldest first."""
        return self.tree_git("log", "--reverse", "--format=%an: %s").splitlines()

    def committed_events(self) -> list[str]:
        """The ids of the events in the trailers of the branch, oldest first."""
        told = self.tree_git("log", "--reverse", "--format=%(trailers:key=Dispatch-Event,valueonly,unfold)")
        return [str(json.loads(line)["id"]) for line in told.splitlines() if line.strip()]

    def logs(self) -> str:
        """What the daemon wrote into its log."""
        return "".join(file.read_text(encoding="utf-8") for file in sorted((self.private / "logs").glob("*")))

    def bugs(self) -> str:
        """The tracebacks that were put away."""
        return "".join(file.read_text(encoding="utf-8") for file in (self.private / "logs").glob("bug-*"))

    def is_level(self) -> None:
        """Nothing is left over: each event in one commit, nothing to commit, and a further look finds nothing."""
        logged = [str(event["id"]) for event in self.events()]
        assert sorted(self.committed_events()) == sorted(logged)
        # Pages are committed once a minute.
        but_pages = ("--", ".", NO_COOKIES, *(f":(exclude){page}" for page in PUBLISHED))
        left = self.tree_git("status", "--porcelain", *but_pages)
        left += self.tree_git("diff", "HEAD", *but_pages)
        assert not left, left
        assert "Traceback" not in self.logs(), self.logs()


def is_running(pid: int) -> bool:
    """Whether *pid* is alive; one that only waits to be buried is not, unless a thread of it has not ended yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        threads = len(list(Path(f"/proc/{pid}/task").iterdir()))
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state.rpartition(")")[2].split()[0] != "Z" or threads > 1


def new_repository(root: Path, settings: Sequence[tuple[str, str]] = ()) -> Desk:
    """A repository with one commit."""
    root.mkdir(parents=True)
    desk = Desk(root)
    desk.git("init", "-q")
    for key, value in settings:
        desk.git("config", key, value)
    (root / "code.py").write_text("print('hello')\n", encoding="utf-8")
    desk.git("add", "code.py")
    desk.git("-c", "commit.gpgSign=false", "commit", "-qm", "Begin")
    return desk
