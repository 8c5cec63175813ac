"""A person commits on the branch of an agent that waits for them: the work holds both, and what cannot is told."""

import shutil
from pathlib import Path

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import until
from tests.system.test_merging_what_agents_made import turn

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
INTO = "dispatchd/integration"


def commits(name: str) -> str:
    return f'run = "echo ash > {name}; git add -A; git commit -qm {name}"'


ASKS = turn(commits("p1.txt"), 'ask = "Go on?", options = ["Yes"]')


def asked(at_work: AgentDesk, then: str) -> tuple[Path, str]:
    """ash has committed and waits for an answer; the question, and the branch."""
    at_work.lay("ash")
    at_work.queue("made", ASKS + then)
    thread = at_work.thread("Go on?")
    desk = at_work.desk
    until(lambda: not desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    named = desk.git("branch", "--format=%(refname:short)").split()
    return thread, next(each for each in named if each.startswith("dispatchd/i-"))


def adds(at_work: AgentDesk, branch: str, name: str) -> str:
    desk = at_work.desk
    desk.git("checkout", "-q", branch)
    (desk.root / name).write_text("alice\n", encoding="utf-8")
    desk.git("add", name)
    desk.git("commit", "-qm", "By hand")
    return desk.git("rev-parse", "HEAD").strip()


def test_what_a_person_committed_is_in_the_worktree_and_in_the_merge_and_their_checkout_stays_as_it_is(
    at_work: AgentDesk,
) -> None:
    more = turn('run = "test -e alice.txt"', commits("p2.txt"), 'submit = "Both."')
    thread, branch = asked(at_work, more)
    by_hand = adds(at_work, branch, "alice.txt")
    at_work.tick(thread, "Yes")
    story = at_work.until_status("made", "done")
    desk = at_work.desk
    listed = desk.git("ls-tree", "-r", "--name-only", INTO).split()
    assert {"p1.txt", "p2.txt", "alice.txt"} <= set(listed)
    assert desk.git("status", "--porcelain") == ""
    assert desk.git("rev-parse", branch).strip() == by_hand
    assert f"`{branch}` is checked out in {desk.root} and was not moved" in story


def test_what_contradicts_the_work_is_kept_and_the_issue_says_where(at_work: AgentDesk) -> None:
    left = turn('run = "echo ash > p2.txt"', 'ask = "Still?", options = ["Yes"]')
    thread, branch = asked(at_work, left + turn(commits("p3.txt"), 'submit = "Mine."'))
    at_work.tick(thread, "Yes")
    again = at_work.thread("Still?")
    desk = at_work.desk
    until(lambda: not desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    main = desk.git("branch", "--show-current").strip()
    by_hand = adds(at_work, branch, "p2.txt")
    desk.git("checkout", "-q", main)
    at_work.tick(again, "Yes")
    at_work.until_status("made", "done")
    kept = desk.git("for-each-ref", "--format=%(refname)", f"--points-at={by_hand}").split()
    (ref,) = [each for each in kept if each.startswith("refs/dispatchd/rescue/")]
    assert desk.read("issues/made.md").count(f"`{ref}` keeps what was committed on `{branch}` besides") == 1


def test_what_a_person_takes_out_while_the_work_is_checked_is_not_merged(at_work: AgentDesk) -> None:
    desk = at_work.desk
    go = desk.root / "go"
    at_work.lay("ash", checks=f"until test -e {go}; do sleep 0.1; done")
    at_work.queue("made", turn(commits("good.txt"), commits("bad.txt"), 'submit = "Both."'))
    at_work.until_status("made", "awaiting_review")
    until(lambda: "try runs on it" in desk.dispatchd("merge", "list"), "the check does not begin")
    main = desk.git("branch", "--show-current").strip()
    branch = desk.fact("issues/made.md", "branch").split()[0]
    desk.git("checkout", "-q", branch)
    desk.git("rm", "-q", "bad.txt")
    desk.git("commit", "-q", "--allow-empty", "--amend", "--no-edit")
    by_hand = desk.git("rev-parse", "HEAD").strip()
    desk.git("checkout", "-q", main)
    go.touch()
    story = at_work.until_status("made", "done")
    listed = desk.git("ls-tree", "-r", "--name-only", INTO).split()
    assert "good.txt" in listed
    assert "bad.txt" not in listed
    assert f"was submitted: `{by_hand[:8]}`, as it stands there, is what will be merged" in story


def test_a_commit_that_a_person_takes_back_while_the_agent_works_on_it_stays_out(at_work: AgentDesk) -> None:
    desk = at_work.desk
    go = desk.root / "go"
    waits = f'run = "echo begun > began.log; until test -e {go}; do sleep 0.1; done"'
    thread, branch = asked(at_work, turn(waits, commits("p2.txt"), 'submit = "Both."'))
    main = desk.git("branch", "--show-current").strip()
    by_hand = adds(at_work, branch, "alice.txt")
    desk.git("checkout", "-q", main)
    at_work.tick(thread, "Yes")
    clones = desk.root.parent / f"{desk.root.name}-clones"
    until(lambda: list(clones.glob("i-*/began.log")), "the turn does not begin")
    desk.git("branch", "-f", branch, f"{branch}~1")
    go.touch()
    story = at_work.until_status("made", "done")
    listed = desk.git("ls-tree", "-r", "--name-only", INTO).split()
    assert {"p1.txt", "p2.txt"} <= set(listed)
    assert "alice.txt" not in listed
    assert desk.git("log", "--format=%s", "--grep=By hand", INTO) == ""
    assert f"-agent-{by_hand[:12]}` keeps what stood on `{branch}` before people wrote it anew" in story


def test_work_that_is_set_back_in_the_queue_is_merged_as_it_stands(at_work: AgentDesk) -> None:
    desk = at_work.desk
    go = desk.root / "go"
    names = ("one", "two", "three")
    at_work.lay("ash", "birch", "cedar", checks=f"until test -e {go}; do sleep 0.1; done")
    for name in names:
        script = turn(commits(f"{name}.txt"), commits(f"{name}-secret.txt"), 'submit = "Both."')
        at_work.queue(name, script)
    for name in names:
        at_work.until_status(name, "awaiting_review")
    until(lambda: "try runs on it" in desk.dispatchd("merge", "list"), "the check does not begin")
    for name in names:
        branch = desk.fact(f"issues/{name}.md", "branch").split()[0]
        desk.git("branch", "-f", branch, f"{branch}~1")
    go.touch()
    for name in names:
        assert "is what will be merged" in at_work.until_status(name, "done")
    listed = desk.git("ls-tree", "-r", "--name-only", INTO).split()
    assert {f"{name}.txt" for name in names} <= set(listed)
    assert not [each for each in listed if "secret" in each]
    assert desk.git("log", "--format=%s", "--grep=secret", INTO) == ""
