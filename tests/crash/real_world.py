"""The same world on a real disk with real git: the adapters a daemon has, behind counting wrappers.

Time is a clock that the harness moves, so that nothing waits; everything else is real.
"""

import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, cast

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.repository import locate
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.system.random_ids import RandomIds
from dispatchd.adapters.tree.linux_calls import LinuxCalls
from dispatchd.adapters.tree.local_tree import LocalTree
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.application.who_and_what import ALICE
from tests.application.world import BOB
from tests.crash.calls import Calls
from tests.crash.counted_ports import CrashStore
from tests.crash.crash_world import ALTERING, CrashWorld
from tests.fakes.fake_clock import FakeClock
from tests.fakes.instant_store import Steps

COUNTED: Final = ALTERING | {
    "open_top", "top_status", "open_folder", "entries", "status", "open_file", "file_status", "read", "read_link",
    "is_open_for_writing",
}  # fmt: skip


class KillingCalls(Calls):
    """Calls one of which is the last: the process gets SIGKILL."""

    def _end(self, name: str) -> None:  # noqa: ARG002 - nobody is left to hear it
        os.kill(os.getpid(), signal.SIGKILL)


class CountedCalls(LinuxCalls):
    """The kernel, every question to which is a call."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.ahead_ns = 0
        self.before_next: dict[str, list[Callable[[], None]]] = {}
        for name in COUNTED:
            setattr(self, name, self._counted(name, getattr(super(), name), calls))

    def _counted(self, name: str, made: Callable[..., Any], calls: Calls) -> Callable[..., Any]:
        def counted(*arguments: Any) -> Any:
            calls.enter(f"tree.{name}", changes=name in ALTERING)
            if calls.is_counting and self.before_next.get(name):
                self.before_next[name].pop(0)()
            return made(*arguments)

        return counted

    def clock_ns(self, folder: int) -> int:
        return super().clock_ns(folder) + self.ahead_ns


class _RealDisk:
    """What a fake disk is asked for by people's hands; a real one is not asked."""

    def flush_names(self) -> None: ...


class RealTree(LocalTree):
    """The tree on this machine, with people's hands on it."""

    def __init__(self, places: RepositoryPlaces, calls: Calls) -> None:
        self.root, self.private = places.tree, places.private_dir
        self.kernel = CountedCalls(calls)
        self.disk = _RealDisk()
        super().__init__(self.kernel, str(self.root), str(self.private))

    def before_next(self, call: str, action: Callable[[], None]) -> None:
        self.kernel.before_next.setdefault(call, []).append(action)

    def pass_time(self, seconds: float) -> None:
        self.kernel.ahead_ns += int(seconds * 1e9)

    def content(self, path: str) -> bytes | None:
        try:
            return (self.root / path).read_bytes()
        except FileNotFoundError:
            return None

    def save(self, path: str, content: bytes) -> None:
        self._ready(path).write_bytes(content)

    def save_by_rename(self, path: str, content: bytes) -> None:
        new = self._ready(path).with_name(".new~")
        new.write_bytes(content)
        new.replace(self.root / path)

    def delete(self, path: str) -> None:
        (self.root / path).unlink()

    def rename(self, path: str, to_path: str) -> None:
        (self.root / path).rename(self._ready(to_path))

    def private_contents(self, folder: str) -> list[bytes]:
        return [path.read_bytes() for path in (self.private / folder).glob("*")]

    def _ready(self, path: str) -> Path:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


class RealStore(CrashStore):
    """The workspace's own database."""

    def __init__(self, file: Path, calls: Calls) -> None:
        self.folder, self.steps, self.calls = file.parent, Steps(), calls
        self._opened, self.generation = None, 0
        self._open()

    def next_process(self) -> None:
        self._let_go()
        self._open()


class RealWorld(CrashWorld):
    """People and a daemon in the repository at *root*."""

    def __init__(self, root: Path, calls: Calls) -> None:
        self.calls = calls
        self.places = locate(root)
        self.clock = FakeClock(datetime.now(UTC))
        self.ids = cast("Any", RandomIds())
        self.store = RealStore(self.places.private_dir / "state.db", calls)
        self.log = cast(
            "Any", GitAuditLog(self.places, lambda step: calls.enter(f"git.{step}", changes=True))
        )
        self.tree = cast("Any", RealTree(self.places, calls))
        self.begin_unhurt()
        self.standing_saves, self.deleted, self.hints = set(), set(), set()
        self.is_deaf = self.has_travelled = False
        self.swept = 0.0
        self.session = self.new_session()

    def count_tree(self) -> None:
        """It counts by itself."""

    def crash(self, *, power_cut: bool = False) -> None:  # noqa: ARG002 - there is no cutting it here
        """What a start after an orderly end finds; the real ends come by SIGKILL."""
        self.tree.close()
        ahead, waiting = self.tree.kernel.ahead_ns, self.tree.kernel.before_next  # type: ignore[attr-defined]
        self.tree = cast("Any", RealTree(self.places, self.calls))
        self.tree.kernel.ahead_ns, self.tree.kernel.before_next = ahead, waiting  # type: ignore[attr-defined]
        self.store.next_process()
        self.session = self.new_session()

    def _flush(self, path: str) -> None:
        """A person's program flushes what it likes; nobody cuts the power here."""

    def pull(self, changes: Mapping[str, str | None]) -> None:
        for path, text in changes.items():
            if text is not None:
                self.tree.save(path, text.encode())
                self.hint(path)
        self._git_commit(BOB, changes)

    def commit_by_hand(self, path: str) -> None:
        self._git_commit(ALICE, (path,))

    def _git_commit(self, by: tuple[str, str], paths: Any) -> None:
        who = {
            f"GIT_{role}_{what}": value
            for role in ("AUTHOR", "COMMITTER")
            for what, value in zip(("NAME", "EMAIL"), by, strict=True)
        }
        for words in (("add", "--"), ("commit", "-qm", "by hand", "--no-gpg-sign", "--")):
            subprocess.run(
                ["git", *words, *paths], cwd=self.places.tree, env={**os.environ, **who}, check=True
            )


def count_git(calls: Calls) -> None:
    """Make every git process that is started in this one a call."""
    for name in ("ask", "feed"):
        setattr(GitRunner, name, _counted(name, getattr(GitRunner, name), calls))


def _counted(name: str, made: Callable[..., Any], calls: Calls) -> Callable[..., Any]:
    def counted(self: GitRunner, verb: str, *arguments: Any, **named: Any) -> Any:
        calls.enter(f"git.{name}.{verb}", changes=True)
        return made(self, verb, *arguments, **named)

    return counted
