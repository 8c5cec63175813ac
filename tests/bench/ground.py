"""What benchmarks stand on: a repository outside /tmp with a workspace of generated issues, and real daemons in it."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from dispatchd.adapters.system.control_client import call
from dispatchd.composition.looking import Workspace, find_workspace
from dispatchd.documents.front_matter_edit import stamp_rev
from dispatchd.domain.errors import WorkspaceError

CHECKOUT: Final = Path(__file__).resolve().parents[2]
COMMAND: Final = Path(sys.executable).with_name("dispatchd")
PATIENCE_SECONDS: Final = 3600.0
BYTES: Final = 2048
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_PROSE: Final = (
    "the form gives up after two seconds on slow networks and nobody is told why it did so because "
    "errors of the lower layer are swallowed where they should have been shown to whoever waits for an answer"
)
_BEGAN: Final = datetime(2026, 1, 1, tzinfo=UTC)
T = TypeVar("T")


@contextmanager
def scratch(prefix: str) -> Iterator[Path]:
    """A folder of our own outside /tmp, which may be in memory; it is gone afterwards."""
    base = CHECKOUT / ".tmp-tests"
    base.mkdir(mode=0o700, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=base))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def pass_time(seconds: float) -> None:
    """Do nothing for a while: what is measured here is time itself."""
    threading.Event().wait(seconds)


def until(find: Callable[[], T], what: str, every: float = 0.002) -> T:
    """The first true value of *find*."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (found := find()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come about in {PATIENCE_SECONDS:.0f} s")
        pass_time(every)
    return found


def issue_id(number: int) -> str:
    """An id for the issue of that number, as long as a large workspace has them."""
    return "i-" + "".join(_ALPHABET[(mixed(number) >> (5 * place)) & 31] for place in range(8))


def mixed(number: int) -> int:
    """A number of 40 bits that looks like none before it."""
    return (number * 0x9E3779B1) % (1 << 40)


def issue_text(number: int, *, adopted: bool = True) -> str:
    """An issue of 2 KB with 17 keys; without its id and `rev` if it is yet to be adopted."""
    chance = random.Random(number)  # noqa: S311 - text, no secret
    words = _PROSE.split()
    status = ("unassigned", "queued", "queued", "done", "blocked")[number % 5]
    lines = [
        f"title: The form gives up on slow networks, case {number}",
        f"type: {('bug', 'feature', 'docs')[number % 3]}",
        f"status: {status}",
        f"priority: {('high', 'medium', 'low')[number % 3]}",
        f"labels: [auth, area-{number % 50}]",
        "role: coder",
        f"depends_on: [{issue_id(number - 1)}]" if number % 10 == 9 else "depends_on: []",
        f"source: tracker-{number}",
        f"created: {_BEGAN + timedelta(minutes=mixed(number) % 500_000):%Y-%m-%dT%H:%M:%SZ}",
        f"estimate: {number % 8}",
        "customer: Acme and Sons",
        f"component: part-{number % 20}",
        "reviewed: 2026-11-20",
        f"link: https://example.com/{number}",
        "watchers: [ann, ben]",
    ]
    head = [f"id: {issue_id(number)}", *lines] if adopted else lines
    text = "---\n" + "\n".join(head) + "\n---\n\nWhat happens\n\n"
    while len(text) < BYTES - 90:
        text += " ".join(chance.choices(words, k=14)) + ".\n"
    text += "\n## Acceptance\n\n- [ ] waits thirty seconds\n"
    return stamp_rev(text) if adopted else text


@dataclass(slots=True)
class Ground:
    """One repository with its workspace, and the files in it."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def tree(self) -> Path:
        return self.root / ".dispatch"

    @property
    def private(self) -> Path:
        return self.root / ".git" / "dispatchd"

    @property
    def workspace(self) -> Workspace:
        return find_workspace(self.root)

    def run(self, *words: str | Path, cwd: Path | None = None) -> str:
        """The output of a command that has to succeed."""
        done = subprocess.run(
            [str(word) for word in words],
            cwd=cwd or self.root,
            env=self.environment,
            capture_output=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{words} ended with {done.returncode}: {done.stderr.decode()}")
        return done.stdout.decode()

    def issue_path(self, number: int) -> Path:
        """Where the issue of that number is."""
        return self.tree / "issues" / f"{issue_id(number)}-case.md"

    def lay(self, files: int, *, adopted: bool = True) -> None:
        """Generate the issues."""
        (self.tree / "issues").mkdir(exist_ok=True)
        for number in range(files):
            self.issue_path(number).write_text(issue_text(number, adopted=adopted), encoding="utf-8")

    def count(self, query: str, *arguments: object) -> int:
        """A number the database gives; zero before there is a database with that table."""
        path = self.private / "state.db"
        if not path.exists():
            return 0
        try:
            with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
                return int(connection.execute(query, arguments).fetchone()[0])
        except sqlite3.OperationalError:
            return 0


@dataclass(slots=True)
class MeasuredDaemon:
    """A daemon of ours as a child process, with what the kernel counts for it."""

    ground: Ground
    process: subprocess.Popen[bytes]

    @property
    def cpu_seconds(self) -> float:
        """Processor time used, with that of the processes it started and waited for."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return sum(int(each) for each in fields[11:15]) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, name: str) -> float:
        """`VmRSS` or `VmHWM`."""
        line = next(line for line in self._proc("status").splitlines() if line.startswith(name))
        return int(line.split()[1]) / 1024

    def written_bytes(self) -> int:
        """What was handed to the kernel to be written."""
        return int(
            next(line for line in self._proc("io").splitlines() if line.startswith("wchar")).split()[1]
        )

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text(encoding="utf-8")

    def wait_until_ready(self) -> None:
        """Wait until it answers calls."""
        until(self._answers, "an answer of the daemon")

    def _answers(self) -> bool:
        try:
            call(self.ground.private, {"call": "ping"}, timeout=60)
        except (WorkspaceError, FileNotFoundError):
            return False
        return True

    def sync(self) -> None:
        """Wait until all is decided, written and committed."""
        self.ground.run(COMMAND, "sync", "--wait")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(120)


@contextmanager
def daemon(ground: Ground, *words: str | Path) -> Iterator[MeasuredDaemon]:
    """`dispatchd run`, from now until the block ends."""
    command: Sequence[str | Path] = words or (sys.executable, "-m", "dispatchd", "run")
    with (ground.root / "daemon.txt").open("wb") as said:
        process = subprocess.Popen(
            [str(word) for word in command], cwd=ground.root, env=ground.environment, stdout=said, stderr=said
        )
        running = MeasuredDaemon(ground, process)
        try:
            yield running
        finally:
            running.stop()


def new_ground(folder: Path, name: str) -> Ground:
    """A repository that is a workspace, with nothing in it."""
    root = folder / name
    home = folder / "home"
    (home / "run").mkdir(parents=True, exist_ok=True)
    (home / "run").chmod(0o700)
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Alice Doe\n\temail = alice@example.com\n", encoding="utf-8"
    )
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "XDG_", "PYTHON"))}
    # An installed program is compiled once, whatever a developer's shell says about that.
    kept["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")
    kept |= {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home / "run"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
    }
    ground = Ground(root, kept)
    root.mkdir(parents=True)
    ground.run("git", "init", "-q")
    ground.run("git", "commit", "-q", "--allow-empty", "-m", "Begin")
    ground.run(COMMAND, "init")
    return ground
