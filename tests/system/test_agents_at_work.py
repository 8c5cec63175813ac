"""Agents at work with the real daemon, real processes in their cells, and real git: from a queued file to a merge."""

import shutil
from collections.abc import Iterator

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, until
from tests.system.running_programs import command_lines

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    (desk.root / "app.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()


ASKS = """
[[turn]]
step = [
  { write = "greet.txt", text = "Hello" },
  { run = "git add -A && git commit -qm Greet" },
  { ask = "Hello or Hi?", options = ["Hello", "Hi"] },
]
[[turn]]
step = [ { submit = "It greets." } ]
"""


def test_a_question_is_answered_in_a_file_and_the_work_lands(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    before = at_work.desk.git("status", "--porcelain")
    at_work.queue("greet", ASKS)
    at_work.tick(at_work.thread("Hello or Hi?"), "Hi")
    text = at_work.until_status("greet", "done")
    assert at_work.integrated("greet.txt") == "Hello"
    assert "ash begins; its work goes to the branch" in text
    assert "merged into `dispatchd/integration`" in text
    assert at_work.desk.git("status", "--porcelain") == before
    log = at_work.log()
    issue = at_work.desk.fact("issues/greet.md", "id").split()[0]
    merge = at_work.desk.git("log", "-1", "--format=%B", "dispatchd/integration")
    assert f"Dispatch-Issue: {issue}\nDispatch-Agent: ash\nDispatch-Turn: {issue}.2\n" in merge
    at_work.desk.dispatchd("sync", "--wait")
    assert f'"run":"{issue}.1"' in at_work.desk.tree_git("log", "--format=%B").replace(" ", "")
    assert log.index("asks: Hello or Hi?") < log.index("answers") < log.index("submits") < log.index("merges")


STRANGE = """
[[turn]]
step = [
  { run = "echo 1 > strange.txt && git add -A && git commit -qm One" },
  { submit = "A \\u0000 NUL and an \\u001b[31m escape." },
]
"""


def test_a_summary_with_characters_that_git_or_a_terminal_would_obey_lands_and_shows_them(
    at_work: AgentDesk,
) -> None:
    at_work.lay("ash")
    at_work.queue("strange", STRANGE)
    at_work.until_status("strange", "done")
    merge = at_work.desk.git("log", "-1", "--format=%B", "dispatchd/integration")
    assert "A ␀ NUL and an ␛[31m escape." in merge


CHANGES = """
[[turn]]
step = [
  { replace = "app.txt", old = "two", new = "%(word)s" },
  { run = "git commit -qam %(word)s" },
  { submit = "%(word)s" },
]
[[turn]]
step = [
  { run = "git merge -q refs/dispatchd/onto; git checkout -q --ours app.txt; git commit -qam again", may_fail = true },
  { submit = "%(word)s, on top" },
]
"""


def test_a_conflict_goes_back_to_whoever_made_it(at_work: AgentDesk) -> None:
    at_work.lay("ash", "birch")
    at_work.queue("first", CHANGES % {"word": "FIRST"}, assignee="ash")
    at_work.queue("second", CHANGES % {"word": "SECOND"}, assignee="birch")
    at_work.until_status("first", "done")
    at_work.until_status("second", "done")
    came_back = [
        line for line in at_work.log().splitlines() if "back (1 of 3): it conflicts in app.txt" in line
    ]
    assert len(came_back) == 1
    assert at_work.integrated("app.txt").splitlines()[1] in {"FIRST", "SECOND"}


BREAKS = """
[[turn]]
step = [
  { write = "state.txt", text = "BROKEN" },
  { run = "git add -A && git commit -qm Broken" },
  { tell = "It is nearly there.", to = "ash" },
  { submit = "Done." },
]
[[turn]]
step = [
  { write = "state.txt", text = "whole" },
  { run = "git commit -qam Mended" },
  { submit = "Mended." },
]
"""


def test_a_red_check_goes_back_and_what_is_mended_lands_whatever_was_told_on_the_way(
    at_work: AgentDesk,
) -> None:
    at_work.lay("ash", checks="! grep -q BROKEN state.txt")
    at_work.queue("state", BREAKS)
    text = at_work.until_status("state", "done")
    assert "came back (1 of 3): try failed" in text
    assert at_work.integrated("state.txt") == "whole"


WAITS_FOR_LEAVE = """
[[turn]]
step = [
  { run = "echo begun >> begun" },
  { run = "touch allowed", ask_first = true },
  { run = "git add -A && git commit -qm A" },
  { submit = "Allowed." },
]
"""


def test_leave_given_later_is_used_in_the_next_turn_which_plays_the_rest(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    at_work.queue("leave", WAITS_FOR_LEAVE)
    file = at_work.thread("touch allowed")
    until(
        lambda: "turn i-" in at_work.log() and "end" in at_work.log(),
        "the turn does not end while a person thinks",
    )
    at_work.tick(file, "Always allow")
    at_work.until_status("leave", "done")
    policies = (at_work.desk.tree / "policies.toml").read_text(encoding="utf-8")
    assert at_work.integrated("begun") == "begun\n"
    assert at_work.log().count("dispatchd starts ash on") == 2
    assert 'command = "touch allowed"' in policies
    assert "allowed it always" in policies


LONG_PLAY = """
[[turn]]
step = [
  { say = "I begin." },
  { run = "until [ -e go ]; do sleep 0.1; done; rm go; echo once >> count.txt; git add count.txt; git commit -qm Count" },
  { submit = "Counted." },
]
"""


def test_a_killed_daemon_loses_no_line_and_starts_nothing_twice(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    at_work.queue("count", LONG_PLAY)
    until(lambda: "I begin." in at_work.desk.ask("agent", "logs", "ash").out, "the turn does not begin")
    at_work.kill(at_work.desk.daemons[-1])
    worktree = at_work.desk.json("worktree", "list")["items"][0]["folder"]
    at_work.desk.do("touch", f"{worktree}/go")
    at_work.desk.up()
    at_work.until_status("count", "done")
    assert at_work.integrated("count.txt") == "once\n"
    assert at_work.log().count("dispatchd starts ash on") == 1


REACHES_OUT = """
[[turn]]
step = [
  { run = "echo bad > %(tree)s/issues/planted.md", may_fail = true },
  { run = "echo bad > %(root)s/.git/hooks/pre-commit", may_fail = true },
  { run = "git --git-dir=%(root)s/.git update-ref refs/heads/dispatch HEAD", may_fail = true },
  { run = "setsid sh -c 'sleep 301' >/dev/null 2>&1 & echo started" },
  { write = "ok.txt", text = "ok" },
  { run = "git add -A && git commit -qm Ok" },
  { submit = "Ok." },
]
"""


def test_nothing_outside_its_clone_can_be_written(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    branch = at_work.desk.tree_git("rev-parse", "dispatch")
    at_work.queue("reach", REACHES_OUT % {"tree": at_work.desk.tree, "root": at_work.desk.root})
    at_work.until_status("reach", "done")
    assert not (at_work.desk.tree / "issues" / "planted.md").exists()
    assert not (at_work.desk.root / ".git" / "hooks" / "pre-commit").exists()
    at_work.desk.tree_git("merge-base", "--is-ancestor", branch.strip(), "dispatch")
    assert not [line for line in command_lines() if "sleep 301" in line]


def test_cancelling_in_the_file_stops_the_turn(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    at_work.queue("endless", "[[turn]]\nstep = [ { say = 'I wait.' }, { wait = true } ]")
    until(lambda: "I wait." in at_work.desk.ask("agent", "logs", "ash").out, "the turn does not begin")
    text = at_work.until_status("endless", "in_progress")
    file = at_work.desk.tree / "issues" / "endless.md"
    file.write_text(text.replace("status: in_progress", "status: cancelled"), encoding="utf-8")
    until(lambda: "end: cancelled" in at_work.log(), "the turn does not stop")
    assert at_work.status("endless") == "cancelled"


def test_an_agent_that_does_nothing_twice_is_a_question_to_people(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    at_work.queue("idle", "[[turn]]\nstep = [ { say = 'Nothing to do.' } ]")
    file = at_work.thread("how is it to go on?")
    assert "end without a question" in file.read_text(encoding="utf-8")
    at_work.tick(file, "Leave it to me")
    until(lambda: "holds the work on" in at_work.log(), "the work is not held")
    issue = at_work.desk.json("issue", "list")["items"][0]["id"]
    assert "is held" in at_work.desk.dispatchd("why", issue)


def test_an_engine_that_is_not_there_is_said(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    at_work.save("agents/elm/agent.md", "---\nname: elm\nrole: security\nengine: nothing\n---\n")
    at_work.queue("unknown", "", role="security")
    card = at_work.desk.path("agents/elm/agent.md")
    until(lambda: '"nothing" is no engine' in card.read_text(encoding="utf-8"), "the line is not answered")
    text = at_work.thread("how is it to go on?").read_text(encoding="utf-8")
    assert "the engine that it names is not known" in text
    assert "agents/elm/agent.md:4: " in text
    assert "Nothing stands yet on the branch" in text
    issue = at_work.desk.fact("issues/unknown.md", "id").split()[0]
    logs = at_work.desk.dispatchd("agent", "logs", f"{issue}.1")
    assert "= the turn ended: failed to start" in logs
    assert "the engine that it names is not known" in logs
    refused = at_work.desk.ask("agent", "logs", "nobody").err
    assert 'no issue, turn or agent is called "nobody"' in refused
    at_work.desk.dispatchd("issue", "set", issue, "status=cancelled")
    until(lambda: not list((at_work.desk.tree / "inbox").glob("t-*.md")), "the question stays")


def test_a_first_turn_that_was_paused_goes_on_and_so_does_who_it_is_given_to(at_work: AgentDesk) -> None:
    at_work.lay("ash", "birch")
    at_work.queue(
        "endless", "[[turn]]\nstep = [ { say = 'I wait.' }, { wait = true } ]\n" * 2, assignee="ash"
    )
    until(lambda: "I wait." in at_work.desk.ask("agent", "logs", "ash").out, "the turn does not begin")
    issue = at_work.desk.json("issue", "list")["items"][0]["id"]
    at_work.desk.dispatchd("agent", "pause", "ash")
    until(lambda: "end: interrupted" in at_work.log(), "the turn does not stop")
    at_work.desk.dispatchd("agent", "resume", "ash")
    until(lambda: f"({issue}.2, again)" in at_work.log(), "the turn does not go on")
    at_work.desk.dispatchd("agent", "reassign", issue, "birch")
    until(lambda: f"starts birch on {issue}" in at_work.log(), "birch does not take it")


CHECKED = """
[[turn]]
step = [
  { write = "app.txt", text = "bad" },
  { run = "git commit -qam Bad" },
  { submit = "Too early.", may_fail = true },
  { write = "app.txt", text = "good" },
  { run = "git commit -qam Good" },
  { submit = "Now it is good." },
]
"""


def test_a_check_at_submission_is_red_in_the_same_turn_and_nothing_was_submitted(at_work: AgentDesk) -> None:
    config = at_work.desk.tree / "config.toml"
    text = config.read_text(encoding="utf-8").replace(
        "[commands]\n", "[commands]\ngood = 'grep good app.txt'\n"
    )
    config.write_text(text, encoding="utf-8")
    at_work.lay("ash", settings='submit_checks = ["good"]\n')
    at_work.queue("checked", CHECKED)
    at_work.until_status("checked", "done")
    log = at_work.log()
    assert log.count("submits") == 1
    assert log.count("dispatchd starts ash") == 1
    assert "on the head of your branch" in at_work.desk.dispatchd("agent", "logs", "ash")
