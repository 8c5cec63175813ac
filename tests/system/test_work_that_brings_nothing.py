"""Agents that would have their work called merged without it, or keep others waiting: real daemon, real git."""

import shutil

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import until
from tests.system.test_merging_what_agents_made import makes, turn

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
INTO = "dispatchd/integration"


def test_what_another_agent_merged_and_kept_nothing_of_is_not_merged(at_work: AgentDesk) -> None:
    at_work.lay("ash", "birch", settings="bounces = 2\n")
    planted = makes(".github/w.yml").replace("git add", "echo real > real.txt; git add")
    again = turn('run = "echo more > more.txt; git add -A; git commit -qm More"', 'submit = "More."')
    at_work.queue("plant", planted + again, assignee="ash")
    thread = at_work.thread("may protected paths be changed?")
    desk = at_work.desk
    branch = next(each for each in desk.git("branch", "--format=%(refname:short)").split() if "plant" in each)
    hides = (
        f'run = "git merge -q -s ours -m Hidden $(cat {desk.root}/.git/refs/heads/{branch})"',
        'run = "echo own > own.txt; git add -A; git commit -qm Own"',
    )
    at_work.queue("hide", turn(*hides, 'submit = "Own."'), assignee="birch")
    at_work.until_status("hide", "done")
    at_work.tick(thread, "Have them taken back")
    until(lambda: "came back (1 of 2)" in desk.read("issues/plant.md"), "it did not come back")
    at_work.until_status("plant", "done")
    listed = desk.git("ls-tree", "-r", "--name-only", INTO).split()
    assert {"own.txt", "more.txt"} <= set(listed)
    assert ".github/w.yml" not in listed


def test_the_work_of_others_is_nobodys_own(at_work: AgentDesk) -> None:
    at_work.lay("ash", "birch")
    desk = at_work.desk
    head = f"$(cat {desk.root}/.git/refs/heads/{INTO})"
    takes = turn(f'run = "git reset -q --hard {head}"', 'submit = "All of it."')
    at_work.queue(
        "idle", turn('ask = "Shall I?", options = ["Yes"]') + takes + makes("mine.txt"), assignee="ash"
    )
    thread = at_work.thread("Shall I?")
    at_work.queue("made", makes("made.txt"), assignee="birch")
    at_work.until_status("made", "done")
    at_work.tick(thread, "Yes")
    told = at_work.until_status("idle", "done")
    assert f"came back (1 of 3): merging it would change nothing on {INTO}" in told
    assert at_work.integrated("mine.txt") == "made\n"


def test_a_history_that_shares_nothing_comes_back_and_keeps_nobody_waiting(at_work: AgentDesk) -> None:
    at_work.lay("ash", "birch", settings="bounces = 2\n")
    desk = at_work.desk
    strays = turn(
        f'run = "git reset -q --hard $(cat {desk.root}/.git/refs/heads/dispatch); date +%N > n; git add n; git commit -qm N"',
        'submit = "There."',
    )
    at_work.queue("stray", strays + strays + makes("own.txt"), assignee="ash")
    thread = at_work.thread("how is it to go on?")
    assert "it came back 2 times" in thread.read_text(encoding="utf-8")
    at_work.queue("made", makes("made.txt"), assignee="birch")
    at_work.until_status("made", "done")
    at_work.tick(thread, "Leave it to me")
    issue = desk.fact("issues/stray.md", "id").split()[0]
    until(lambda: "is held" in desk.dispatchd("why", issue), "it is not held")
    assert not [each for each in desk.json("waiting")["items"] if "go on" in str(each)]
