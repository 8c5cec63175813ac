"""A process that plays a scenario on a real disk until it is killed, and the one beside it that starts it again.

The killed process is this module run as a program: ROOT SCENARIO WHAT CALL. Each kill is SIGKILL, sent by the process to
itself at the call of that number; no signal, no handler, no line of the product takes part in it.
"""

import os
import pickle
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatchd.composition.looking import init_workspace
from tests.crash.calls import Fault
from tests.crash.evidence import Undisturbed, outcome_of
from tests.crash.invariants import check_all
from tests.crash.journal import Journalled
from tests.crash.points import gather
from tests.crash.real_world import KillingCalls, RealWorld, count_git
from tests.crash.scenarios import SCENARIOS

CHECKOUT: Final = Path(__file__).resolve().parents[2]
MOST_STARTS: Final = 4
_CONFIG: Final = b'\n[people]\nalice = ["alice@example.com"]\nbob = ["bob@example.com"]\n'


@dataclass(slots=True)
class Ground:
    """A folder with a workspace that is put back as it was before every run: git's records of it name its path."""

    base: Path
    scenario: str

    @property
    def root(self) -> Path:
        return self.base / "work"

    @property
    def template(self) -> Path:
        return self.base / "template"

    def prepare(self) -> Undisturbed:
        """Make the workspace, keep it, and play the scenario once undisturbed."""
        self.root.mkdir(parents=True)
        for words in (
            ("init", "-q"),
            ("config", "user.name", "Alice Doe"),
            ("config", "user.email", "alice@example.com"),
        ):
            subprocess.run(["git", *words], cwd=self.root, check=True, env=environment())
        shutil.rmtree(self.root / ".git" / "hooks", ignore_errors=True)
        init_workspace(self.root)
        config = self.root / ".dispatch" / "config.toml"
        config.write_bytes(config.read_bytes().partition(b"[people]")[0].rstrip() + b"\n" + _CONFIG)
        self._start("begin", None)
        shutil.copytree(self.root, self.template, symlinks=True)
        ended = self._start("play", None)
        if ended.returncode:
            raise AssertionError(f"{self.scenario} undisturbed: {ended.stderr.decode()[-2000:]}")
        with (self.base / "outcome").open("rb") as file:
            undisturbed: Undisturbed = pickle.load(file)  # noqa: S301 - written by our own process a moment ago
        return undisturbed

    def kill_at(self, *calls: int) -> int:
        """Play it with a kill at the first of *calls*, the next process killed at the second; how many were killed."""
        shutil.rmtree(self.root)
        shutil.copytree(self.template, self.root, symlinks=True)
        (self.base / "journal").unlink(missing_ok=True)
        for kills, number in enumerate([*calls, *[None] * MOST_STARTS]):
            ended = self._start("check", number)
            if ended.returncode == 0:
                return kills
            if ended.returncode != -signal.SIGKILL:
                raise AssertionError(ended.stderr.decode(errors="replace")[-3000:])
        raise AssertionError("it was killed again and again, though nobody asked for that")

    def _start(self, what: str, fatal: int | None) -> subprocess.CompletedProcess[bytes]:
        words = [sys.executable, "-m", "tests.crash.real_process", str(self.base), self.scenario, what]
        return subprocess.run(
            [*words, "" if fatal is None else str(fatal)],
            cwd=CHECKOUT,
            env=environment(),
            capture_output=True,
            check=False,
            timeout=300,
        )


def environment() -> dict[str, str]:
    """This process's own, without a developer's settings of git."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "PYTHONPATH": str(CHECKOUT)}
    return {**kept, **alone}


def play(base: Path, name: str, what: str, fatal: int | None) -> None:
    """What the process does that is to be killed."""
    scenario = SCENARIOS[name]
    calls = KillingCalls()
    count_git(calls)
    world = RealWorld(base / "work", calls)
    if what == "begin":
        world.start()
        for path, text in scenario.begins.items():
            world.save(path, text)
        world.settle()
        return
    stage = Journalled(world, base / "journal")
    calls.arm(fatal, Fault.KILL)
    world.start()
    world.settle()
    for act in scenario.acts:
        act(stage)
        stage.settle()
    made = len(calls.log)
    calls.arm()
    seen = gather(world)
    found = outcome_of(seen)
    if what == "play":
        with (base / "outcome").open("wb") as file:
            pickle.dump(Undisturbed(made, found), file)
    with (base / "outcome").open("rb") as file:
        expected: Undisturbed = pickle.load(file)  # noqa: S301 - written by our own process
    check_all(seen, scenario, expected.outcome)


if __name__ == "__main__":
    try:
        play(Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]) if sys.argv[4] else None)
    except AssertionError as broken:
        sys.exit(str(broken))
