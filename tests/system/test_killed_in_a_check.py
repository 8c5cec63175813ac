"""A daemon that dies while the check of a phase runs: the check is run again, and its phase ends once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")

WORKFLOW = """\
[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "try it"
check = "test"
otherwise = "build"
iterations = 2
"""
CHECK = "touch begun; for i in $(seq 600); do [ -e go ] && exit 0; sleep 0.1; done; exit 1"
SCRIPT = """
[[turn]]
step = [
  { write = "made.txt", text = "made" },
  { run = "git add -A && git commit -qm Made" },
  { submit = "Made." },
]
"""


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


def test_a_daemon_killed_in_a_check_runs_it_again_and_ends_the_phase_once(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    desk = at_work.desk
    config = desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace("[commands]\n", f"[commands]\ntest = '{CHECK}'\n")
    config.write_text(text, encoding="utf-8")
    at_work.save("workflows/tried.toml", WORKFLOW)
    desk.dispatchd("sync", "--wait")
    at_work.kill(desk.daemons[-1])  # where checkouts stand is read when it starts
    desk.up()
    at_work.queue("make", SCRIPT, workflow="tried")
    begun = until(lambda: checkouts_at_work(at_work), "no check begins", LONG)[0]
    at_work.kill(desk.daemons[-1])
    begun.unlink()
    desk.up()
    again = until(lambda: checkouts_at_work(at_work), "the check is not run again", LONG)[0]
    (again.parent / "go").touch()
    told = at_work.until_status("make", "done")
    assert told.count("try it: it passes") == 1
    assert told.count("[evidence]") == 1
    assert len(list((desk.tree / "evidence").rglob("*.md"))) == 1
    assert at_work.integrated("made.txt") == "made"
    assert at_work.log().count("dispatchd ends try it of") == 1
    assert a_room_that_was_left_is_put_away(at_work)


def a_room_that_was_left_is_put_away(at_work: AgentDesk) -> bool:
    """As a daemon leaves it that is killed right after it noted the end of the turn."""
    (transcript,) = (at_work.desk.private / "runs").glob("*/stdout.ndjson")
    at_work.kill(at_work.desk.daemons[-1])
    left = transcript.parent / "work" / "room"
    left.mkdir(parents=True)
    at_work.desk.up()
    until(lambda: not left.parent.exists(), "what the turn left is still there", LONG)
    return transcript.exists()


def checkouts_at_work(at_work: AgentDesk) -> list[Path]:
    """The mark of each check that runs, in its checkout."""
    root = at_work.desk.root
    return list(root.with_name(f"{root.name}-clones").glob(".scratch/check-*/begun"))
