"""Agents that people tell to stop, with the real daemon: the turn ends soon, and nothing is merged as if nobody had said so."""

import shutil
from collections.abc import Iterator

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
PLAYS = """
[[turn]]
step = [
  { write = "draft.txt", text = "whole" },
  { say = "I look." },
  { run = "while ! test -e draft.go; do sleep 0.1; done; rm draft.go" },
  { run = "git add -A && git commit -qm Whole" },
  { submit = "It is whole." },
]
"""


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    agents.lay("ash")
    yield agents
    agents.end_runs()


def test_a_paused_agent_ends_its_turn_between_its_steps_and_goes_on_there(at_work: AgentDesk) -> None:
    desk = at_work.desk
    at_work.queue("draft", PLAYS)
    until(lambda: "I look." in desk.ask("agent", "logs", "ash").out, "the turn does not begin", LONG)
    issue = desk.fact("issues/draft.md", "id").split()[0]
    desk.dispatchd("agent", "pause", "ash")
    until(lambda: "end: interrupted" in at_work.log(), "the turn does not end", LONG)
    told = until(lambda: line_with(desk, "ash's turn 1 ended, interrupted"), "the issue does not tell it")
    logs = desk.dispatchd("agent", "logs", "ash")
    assert "failed:" not in logs
    assert "= the agent stops, as it was told" in logs
    assert "exit code" not in logs
    assert "signal" not in told
    assert desk.dispatchd("why", issue).endswith("ash is paused\n")
    (worktree,) = (each["folder"] for each in desk.json("worktree", "list")["items"])
    desk.do("touch", f"{worktree}/draft.go")
    desk.dispatchd("agent", "resume", "ash")
    at_work.until_status("draft", "done")
    assert at_work.integrated("draft.txt") == "whole"
    assert "I look." not in desk.dispatchd("agent", "logs", "ash"), "what was done before is not done again"


def line_with(desk: Desk, words: str) -> str:
    """The line of the issue's file that has *words*."""
    return next((line for line in desk.read("issues/draft.md").splitlines() if words in line), "")
