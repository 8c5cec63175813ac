"""What git does for one agent may take long: meanwhile people save, ask and stop, and nothing of it waits."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

SLOW_GIT = """\
#!/bin/sh
case " $* " in
  *" checkout --quiet -B "*) step=begin ;;
  *" commit-tree "*) step=end ;;
  *) exec {git} "$@" ;;
esac
touch {held}/$step.waits
while [ ! -e {held}/$step.goes ]; do sleep 0.02; done
exec {git} "$@"
"""
LEAVES = """
[[turn]]
step = [ { write = "left.txt", text = "not committed" }, { blocked = "Which colour?" } ]
"""


class Held:
    """Git stops where a turn's clone is checked out, and where what it left is saved, until it is let go on."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def waits(self, step: str) -> None:
        until((self.folder / f"{step}.waits").exists, f"git never came to the {step} of a turn")

    def goes(self, step: str) -> None:
        (self.folder / f"{step}.goes").touch()


@pytest.fixture
def held(idle_desk: Desk, outside_tmp: Path) -> Held:
    folder = outside_tmp / "held"
    folder.mkdir()
    git = folder / "bin" / "git"
    git.parent.mkdir()
    git.write_text(SLOW_GIT.format(git=shutil.which("git"), held=folder), encoding="utf-8")
    git.chmod(0o755)
    idle_desk.environment = {"PATH": f"{git.parent}:{idle_desk.do('sh', '-c', 'printf %s $PATH')}"}
    return Held(folder)


@pytest.fixture
def at_work(idle_desk: Desk, held: Held) -> Iterator[AgentDesk]:
    idle_desk.up()
    agents = AgentDesk(idle_desk)
    agents.lay("ash")
    yield agents
    held.goes("begin")
    held.goes("end")
    agents.end_runs()


def saves(desk: Desk, name: str) -> None:
    """A person saves a new issue, and it is taken in while git is still at work."""
    desk.save(f"issues/{name}.md", "Something else.\n")
    desk.dispatchd("sync", "--wait")
    assert desk.fact(f"issues/{name}.md", "id")


def test_a_turn_whose_worktree_is_large_keeps_nobody_waiting(at_work: AgentDesk, held: Held) -> None:
    desk = at_work.desk
    at_work.queue("big", LEAVES)
    held.waits("begin")
    saves(desk, "while it begins")
    held.goes("begin")
    held.waits("end")
    saves(desk, "while it ends")
    held.goes("end")
    at_work.thread("Which colour?")
    issue = desk.fact("issues/big.md", "id")
    until(lambda: "RunEnded" in desk.event_types(issue), "the turn never ended")
    assert desk.git("show", f"refs/dispatchd/rescue/{issue}.1:left.txt") == "not committed"


def test_a_turn_that_is_stopped_while_its_worktree_is_made_does_nothing(
    at_work: AgentDesk, held: Held
) -> None:
    desk = at_work.desk
    at_work.queue("big", LEAVES)
    held.waits("begin")
    desk.sed("s/^status: .*/status: cancelled/", "issues/big.md")
    desk.dispatchd("sync", "--wait")
    held.goes("begin")
    held.goes("end")
    issue = desk.fact("issues/big.md", "id")
    until(lambda: "RunEnded" in desk.event_types(issue), "the turn goes on")
    assert "Which colour?" not in desk.read("WAITING.md")
    assert not list((desk.private / "runs").glob("*/begun"))
