"""What people type about agents' work from its beginning to its end, with the real daemon."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.composition.health import diagnose
from tests.system.agent_desk import AgentDesk
from tests.system.desk import COMMAND, Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
PLAYS = """
[[turn]]
step = [ { write = "draft.txt", text = "half" }, { say = "I wait." }, { wait = true } ]
[[turn]]
step = [ { run = "git add -A && git commit -qm Whole" }, { submit = "It is whole." } ]
"""


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    agents = AgentDesk(desk)
    agents.lay("ash")
    yield agents
    agents.end_runs()


def test_work_is_looked_at_stopped_let_go_on_told_of_and_cleared_away(at_work: AgentDesk) -> None:
    desk = at_work.desk
    at_work.queue("draft", PLAYS)
    until(lambda: "I wait." in desk.ask("agent", "logs", "ash").out, "the turn does not begin")
    issue = desk.fact("issues/draft.md", "id").split()[0]
    told = desk.dispatchd("agent", "context", issue)
    assert "Do it." in told
    assert "submit" in told
    desk.dispatchd("agent", "stop", issue)
    until(lambda: "is held" in desk.dispatchd("why", issue), "the work is not held")
    until(lambda: not desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    assert "+half" in desk.dispatchd("worktree", "diff", issue)
    desk.dispatchd("worktree", "clean")
    assert len(desk.json("worktree", "list")["items"]) == 1, "work that is not over stays"
    desk.dispatchd("agent", "start", issue)
    at_work.until_status("draft", "done")
    assert "What it changes: git diff " in desk.dispatchd("merge", "show", issue)
    assert f"{issue}  draft: merged into" in desk.dispatchd("report", "--since", "00:00")
    assert "ash" in desk.dispatchd("usage")
    (worktree,) = desk.json("worktree", "list")["items"]
    Path(worktree["folder"], "left.txt").write_text("not committed", encoding="utf-8")
    (_, listed) = desk.dispatchd("worktree", "list").splitlines()[:2]
    assert desk.dispatchd("worktree", "list").splitlines()[0].split()[:4] == [
        "issue",
        "status",
        "branch",
        "uncommitted",
    ]
    assert listed.startswith(issue)
    said_of_a_finished_worktree(desk)
    told = desk.dispatchd("worktree", "clean")
    assert (
        f"{issue}  removed; what was not committed is kept in refs/dispatchd/rescue/{issue}-removed" in told
    )
    assert "no issue or agent is called" in desk.ask("agent", "stop", "nobody").err
    assert desk.json("worktree", "list")["items"] == []
    assert at_work.integrated("draft.txt") == "half"
    said_of_a_branch_without_a_worktree(desk, issue)


def said_of_a_finished_worktree(desk: Desk) -> None:
    hint = desk.ask("worktree", "list").err
    assert "Of a finished issue is 1 (" in hint
    assert "dispatchd worktree clean" in hint
    finding = next(each for _, each in diagnose(desk.root).findings if each.code == "worktrees-finished")
    assert finding.what.startswith("1 worktree of a finished issue stands there still: ")
    assert finding.next_step.startswith("Run: dispatchd worktree clean")


def said_of_a_branch_without_a_worktree(desk: Desk, issue: str) -> None:
    branch = desk.git("for-each-ref", "--format=%(refname:short)", f"refs/heads/dispatchd/{issue}-*").strip()
    cleaned = desk.ask("worktree", "diff", issue)
    assert cleaned.code == 0
    assert "+half" in cleaned.out
    assert f"{issue} has no worktree any more; this is what its branch {branch} changes." in cleaned.err
    assert "No agent has a worktree now." in desk.ask("worktree", "list").err
    assert f"its branch is {branch}" in desk.ask("worktree", "show", issue).err
    assert not [each for _, each in diagnose(desk.root).findings if each.code == "worktrees-finished"]
    desk.git("branch", "-D", branch)
    gone = desk.ask("worktree", "diff", issue)
    assert gone.code == 1
    assert f"its branch {branch} is gone as well" in gone.err


def test_who_starts_an_issue_that_waits_for_an_answer_is_told_which_and_where(at_work: AgentDesk) -> None:
    desk = at_work.desk
    at_work.queue("asks", '[[turn]]\nstep = [ { ask = "Blue?", options = ["Yes"] } ]\n' + PLAYS)
    thread = at_work.thread("Blue?")
    until(lambda: not desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    issue = desk.fact("issues/asks.md", "id").split()[0]
    said = f"Nothing begins before .dispatch/inbox/{thread.name} is answered: tick or write there, or dispatchd answer "
    assert desk.dispatchd("agent", "start", issue).startswith(said)
    desk.dispatchd("agent", "stop", issue)
    told = desk.dispatchd("agent", "start", issue)
    assert "lets the work on " in told
    assert f"\n{said}" in told
    at_work.tick(thread, "Yes")
    until(lambda: "I wait." in desk.ask("agent", "logs", "ash").out, "the turn does not begin")
    assert "Nothing begins before" not in desk.dispatchd("agent", "start", issue)


def test_who_follows_a_turn_reads_each_line_through_a_file_when_it_is_said(
    at_work: AgentDesk, tmp_path: Path
) -> None:
    desk, file = at_work.desk, tmp_path / "followed.txt"
    at_work.queue("draft", PLAYS)
    until(lambda: desk.json("agent", "list")["items"][0]["working_on"], "the turn does not begin")
    with file.open("wb") as out:
        following = subprocess.Popen([COMMAND, "agent", "logs", "ash", "-f"], cwd=desk.root, stdout=out)
    try:
        until(lambda: "I wait." in file.read_text(encoding="utf-8"), "nothing is told while it is at work")
        assert following.poll() is None, "the turn goes on, and so does whoever follows it"
        desk.dispatchd("agent", "stop", "ash")
        assert following.wait(60) == 0
    finally:
        following.kill()
        following.wait()


def test_who_follows_before_the_first_turn_waits_for_it(at_work: AgentDesk, tmp_path: Path) -> None:
    desk, file, errors = at_work.desk, tmp_path / "followed.txt", tmp_path / "errors.txt"
    at_work.save("agents/elm/agent.md", "---\nrole: coder\nengine: scripted\n---\n")
    with file.open("wb") as out, errors.open("wb") as err:
        words = [str(COMMAND), "agent", "logs", "elm", "-f"]
        following = subprocess.Popen(words, cwd=desk.root, stdout=out, stderr=err)
    try:
        until(lambda: "waiting for one" in errors.read_text(encoding="utf-8"), "it does not wait")
        at_work.queue("draft", PLAYS, assignee="elm")
        until(lambda: "I wait." in file.read_text(encoding="utf-8"), "nothing is told while it is at work")
        desk.dispatchd("agent", "stop", "elm")
        assert following.wait(60) == 0
    finally:
        following.kill()
        following.wait()
    assert "nobody" in desk.ask("agent", "logs", "nobody", "--follow").err
    desk.dispatchd("down")
    assert "no turn of ash has begun yet" in desk.ask("agent", "logs", "ash", "--follow").err
