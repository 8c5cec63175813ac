"""What agents do to their worktrees, and people to agents' issues and cards: told, and nothing lost."""

import json
import shutil
import sys
from collections.abc import Iterator

import pytest

from tests.system.agent_desk import LONG, AgentDesk
from tests.system.desk import COMMAND, Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")
RESCUE = "refs/dispatchd/rescue/"
COMMITS = (
    'write = "done.txt", text = "done"',
    'run = "git add -A && git commit -qm Done"',
    'submit = "Done."',
)
WAITS = ("say = 'I wait.'", "wait = true")


@pytest.fixture
def wrong(desk: Desk) -> Iterator[AgentDesk]:
    (desk.root / "app.txt").write_text("one\ntwo\nthree\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    agents = AgentDesk(desk)
    agents.lay("ash")
    yield agents
    agents.end_runs()


def turns(*each: tuple[str, ...]) -> str:
    return "".join(
        "[[turn]]\nstep = [\n" + "".join(f"  {{ {step} }},\n" for step in steps) + "]\n" for steps in each
    )


def told(wrong: AgentDesk, name: str, words: str) -> str:
    """The issue's file, once it tells so."""
    file = wrong.desk.tree / "issues" / f"{name}.md"
    until(lambda: words in file.read_text(encoding="utf-8"), f"{name} does not tell {words!r}", LONG)
    return file.read_text(encoding="utf-8")


def identity(wrong: AgentDesk, name: str) -> str:
    return wrong.desk.fact(f"issues/{name}.md", "id").split()[0]


def waits(wrong: AgentDesk) -> None:
    until(lambda: "I wait." in wrong.desk.ask("agent", "logs", "ash").out, "the turn does not begin", LONG)


def test_what_is_left_uncommitted_is_saved_and_said_where(wrong: AgentDesk) -> None:
    wrong.queue("dirty", turns(('write = "draft.txt", text = "half"', "say = 'Enough.'"), COMMITS))
    told(wrong, "dirty", "left outside of")
    ref = f"{RESCUE}{identity(wrong, 'dirty')}.1"
    assert f"is kept in `{ref}`" in told(wrong, "dirty", ref)
    assert wrong.desk.git("show", f"{ref}:draft.txt") == "half"


def test_commits_on_another_branch_are_not_taken_and_are_kept(wrong: AgentDesk) -> None:
    elsewhere = ('run = "git checkout -qb side"', *COMMITS[:2], 'submit = "Done.", may_fail = true')
    wrong.queue(
        "side", turns(elsewhere, ('run = "git checkout -q - && git merge -q side"', 'submit = "Here."'))
    )
    assert wrong.until_status("side", "done")
    ref = f"{RESCUE}{identity(wrong, 'side')}.1-stray"
    assert ref in told(wrong, "side", "left outside of")
    assert wrong.desk.git("show", f"{ref}:done.txt") == "done"
    transcript = next((wrong.desk.private / "runs").glob("*.1/stdout.ndjson"))
    assert "side is checked out" in transcript.read_text(encoding="utf-8")


@pytest.mark.parametrize("loss", ["rm -rf .git", 'rm -rf .git ./* && cd / && rmdir \\"$OLDPWD\\" || true'])
def test_a_worktree_that_its_agent_destroys_is_made_anew(wrong: AgentDesk, loss: str) -> None:
    destroys = ('write = "draft.txt", text = "half"', f'run = "{loss}"')
    wrong.queue("lost", turns(destroys, COMMITS))
    wrong.until_status("lost", "done")
    assert "its worktree is gone or no repository any more" in wrong.log()
    assert wrong.integrated("done.txt") == "done"


def test_a_worktree_that_a_person_takes_away_is_made_anew_with_what_was_committed(wrong: AgentDesk) -> None:
    asks = (
        'write = "one.txt", text = "1"',
        'run = "git add -A && git commit -qm One"',
        'ask = "Go on?", options = ["Yes"]',
    )
    wrong.queue("taken", turns(asks, COMMITS))
    thread = wrong.thread("Go on?")
    until(lambda: "end" in wrong.log().splitlines()[-1] or "turn i-" in wrong.log(), "the turn does not end")
    until(lambda: not wrong.desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    shutil.rmtree(wrong.desk.json("worktree", "list")["items"][0]["folder"])
    wrong.tick(thread, "Yes")
    wrong.until_status("taken", "done")
    assert wrong.integrated("one.txt") == "1"


def test_a_branch_of_that_name_is_nobodys_to_take(wrong: AgentDesk) -> None:
    wrong.save("issues/mine.md", "---\ntitle: mine\n---\n\nDo it.\n")
    wrong.desk.dispatchd("sync", "--wait")
    branch = f"dispatchd/{identity(wrong, 'mine')}-mine"
    wrong.desk.git("branch", branch)
    before = wrong.desk.git("rev-parse", branch)
    file = wrong.desk.tree / "issues" / "mine.md"
    text = file.read_text(encoding="utf-8").replace("status: unassigned", "status: queued")
    file.write_text(text, encoding="utf-8")
    thread = wrong.thread("is there already and nobody here made it")
    assert f"git branch -m {branch}" in thread.read_text(encoding="utf-8")
    assert wrong.desk.git("rev-parse", branch) == before
    assert wrong.status("mine") == "queued"
    assert "it could not begin, and is tried again" in wrong.desk.dispatchd("why", identity(wrong, "mine"))
    wrong.tick(thread, "Leave it to me")
    wrong.until_status("mine", "unassigned")
    wrong.desk.git("branch", "-D", branch)
    wrong.desk.dispatchd("agent", "start", identity(wrong, "mine"))
    until(lambda: "dispatchd starts" in wrong.log(), "no turn begins", LONG)


def test_deleting_the_issue_ends_the_turn_and_keeps_its_work(wrong: AgentDesk) -> None:
    wrong.queue("gone", turns(('write = "draft.txt", text = "half"', *WAITS)))
    waits(wrong)
    issue = identity(wrong, "gone")
    (wrong.desk.tree / "issues" / "gone.md").unlink()
    thread = wrong.thread("Delete gone?")
    option = next(
        line for line in thread.read_text(encoding="utf-8").splitlines() if line.startswith("- [ ] ")
    )
    wrong.tick(thread, option.removeprefix("- [ ] "))
    ends = f"turn {issue}.1 end: cancelled ({issue} was deleted"
    until(lambda: ends in wrong.log(), "the turn goes on", LONG)
    assert wrong.desk.git("show", f"{RESCUE}{issue}.1:draft.txt") == "half"


def test_the_card_of_an_agent_at_work_comes_back(wrong: AgentDesk) -> None:
    wrong.queue("orphan", turns(WAITS))
    waits(wrong)
    shutil.rmtree(wrong.desk.tree / "agents" / "ash")
    wrong.thread("agents/ash/agent.md is back")
    until((wrong.desk.tree / "agents" / "ash" / "agent.md").exists, "the card does not come back")
    assert wrong.desk.json("agent", "list")["items"][0]["working_on"] == [identity(wrong, "orphan")]


def test_reassigning_ends_the_turn_and_the_other_goes_on_with_the_branch(wrong: AgentDesk) -> None:
    wrong.save("agents/birch/agent.md", "---\nname: birch\nrole: coder\nengine: scripted\n---\n\nPlays.\n")
    wrong.queue("moved", turns(WAITS), assignee="ash")
    waits(wrong)
    file = wrong.desk.tree / "issues" / "moved.md"
    text = file.read_text(encoding="utf-8")
    text = text.replace("assignee: ash", "assignee: birch").replace(
        "{ say = 'I wait.' },\n  { wait = true },", "".join(f"{{ {each} }},\n" for each in COMMITS)
    )
    file.write_text(text, encoding="utf-8")
    wrong.until_status("moved", "done")
    assert "birch goes on with the branch" in told(wrong, "moved", "birch")


def test_an_answer_to_a_cancelled_issue_begins_nothing(wrong: AgentDesk) -> None:
    wrong.queue("late", turns(('ask = "Go on?", options = ["Yes"]',), COMMITS))
    thread = wrong.thread("Go on?")
    until(lambda: not wrong.desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    issue = identity(wrong, "late")
    buffer = thread.read_text(encoding="utf-8")
    wrong.desk.dispatchd("issue", "set", issue, "status=cancelled")
    wrong.desk.dispatchd("sync", "--wait")
    assert json.loads(wrong.desk.dispatchd("waiting", "--json"))["items"] == [], "it is not asked any more"
    thread.write_text(buffer.replace("- [ ] Yes", "- [x] Yes"), encoding="utf-8")
    wrong.desk.dispatchd("sync", "--wait")
    assert "cancelled" in wrong.desk.dispatchd("why", issue)
    assert wrong.log().count("dispatchd starts ash") == 1


SAYS = (
    "from dispatchd.adapters.agents.talking import say; import os\n"
    "for n in range(9): say('ask_human', {'question': f'And {n}?'}, os.environ)"
)


def test_an_agent_that_asks_in_a_loop_is_stopped_at_five(wrong: AgentDesk) -> None:
    loop = f"run = '''{sys.executable} -c \"{SAYS}\"''', may_fail = true"
    wrong.queue("loop", turns((loop,)))
    wrong.thread("And 4?")
    until(
        lambda: not wrong.desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end", LONG
    )
    assert len(list((wrong.desk.tree / "inbox").glob("t-*.md"))) == 5
    assert (
        "questions of yours wait for an answer already" in wrong.desk.run(COMMAND, "agent", "logs", "ash").out
    )


def test_a_file_beyond_all_limits_ends_its_command_and_nothing_else(wrong: AgentDesk) -> None:
    fills = ('run = "truncate -s 5G big.bin", may_fail = true', "run = 'rm -f big.bin'", *COMMITS)
    wrong.queue("full", turns(fills))
    wrong.until_status("full", "done")
    run = next((wrong.desk.private / "runs").glob("*/exit.json"))
    assert '"code": 0' in run.read_text(encoding="utf-8")
