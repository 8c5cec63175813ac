"""What people decide about agents' work on its way to a branch of theirs, with the real daemon and real git."""

import shutil

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, until

pytestmark = pytest.mark.skipif(shutil.which("bwrap") is None, reason="bubblewrap (bwrap) is not installed")


def turn(*steps: str) -> str:
    return "[[turn]]\nstep = [\n" + "".join(f"  {{ {step} }},\n" for step in steps) + "]\n"


def makes(path: str) -> str:
    """A turn that adds a file and hands it in."""
    return turn(
        f'run = "mkdir -p $(dirname {path}); echo made > {path}; git add -A -f; git commit -qm Made"',
        'submit = "Made."',
    )


TAKES_BACK = turn('run = "git rm -rqf .githooks .dispatch; git commit -qm Back"', 'submit = "Taken back."')
GUARDED = 'run = "mkdir -p .githooks .dispatch/issues; echo x > .githooks/pre-commit; echo y > .dispatch/issues/z.md"'


def test_work_on_protected_paths_is_asked_about_and_lands_without_them_where_a_person_wants_that(
    at_work: AgentDesk,
) -> None:
    at_work.lay("ash")
    planted = turn(
        GUARDED, 'run = "echo ok > ok.txt; git add -A -f; git commit -qm Planted"', 'submit = "All."'
    )
    at_work.queue("plant", planted + TAKES_BACK)
    thread = at_work.thread("may protected paths be changed?")
    assert "- `.githooks/pre-commit`" in thread.read_text(encoding="utf-8")
    at_work.tick(thread, "Have them taken back")
    at_work.until_status("plant", "done")
    listed = at_work.desk.git("ls-tree", "-r", "--name-only", "dispatchd/integration").split()
    assert "ok.txt" in listed
    assert not [path for path in listed if path.startswith(".")]
    assert not (at_work.desk.tree / "issues" / "z.md").exists()


def test_protected_paths_pass_by_a_persons_word_and_by_no_label(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    at_work.queue("ci", makes(".github/ci.yml"), labels="[allows-protected]")
    at_work.tick(at_work.thread("may protected paths be changed?"), "Merge it with them")
    assert "came back" not in at_work.until_status("ci", "done")
    assert at_work.integrated(".github/ci.yml") == "made\n"


def test_what_comes_back_too_often_is_a_question_to_people(at_work: AgentDesk) -> None:
    at_work.lay("ash", checks="! test -e red.txt", settings="bounces = 2\n")
    again = turn('run = "date +%N >> red.txt; git commit -qam Again"', 'submit = "Again."')
    mends = turn('run = "git rm -q red.txt; git commit -qm Mended"', 'submit = "Mended."')
    at_work.queue("red", makes("red.txt") + again + mends)
    thread = at_work.thread("how is it to go on?")
    assert "it came back 2 times, the last time because try failed" in thread.read_text(encoding="utf-8")
    until(
        lambda: "came back (2 of 2): try failed" in at_work.desk.read("issues/red.md"),
        "the issue does not say so",
    )
    at_work.tick(thread, "Try again")
    at_work.until_status("red", "done")
    assert "red.txt" not in at_work.desk.git("ls-tree", "--name-only", "dispatchd/integration").split()


def test_a_check_that_is_no_command_is_a_persons_slip_and_comes_back_to_no_agent(at_work: AgentDesk) -> None:
    at_work.lay("ash", checks="true")
    desk = at_work.desk
    desk.sed('s/^checks = .*/checks = ["tyr"]/', "config.toml")
    at_work.queue("made", makes("made.txt"))
    at_work.until_status("made", "awaiting_review")
    issue = desk.fact("issues/made.md", "id").split()[0]
    slip = 'there is no command "tyr" below [commands] in config.toml'
    until(lambda: slip in desk.dispatchd("why", issue), "why does not name the check")
    (problem,) = [each for each in desk.problems() if "tyr" in each["what"]]
    line = desk.read("config.toml").splitlines().index('checks = ["tyr"]') + 1
    assert (problem["path"], problem["line"]) == ("config.toml", line)
    desk.sed('s/^checks = .*/checks = ["try"]/', "config.toml")
    assert "came back" not in at_work.until_status("made", "done")


def test_a_person_who_has_the_integration_branch_checked_out_loses_nothing_of_it(at_work: AgentDesk) -> None:
    at_work.lay("ash")
    desk = at_work.desk
    main = desk.git("branch", "--show-current").strip()
    desk.git("checkout", "-q", "-b", "dispatchd/integration")
    at_work.queue("made", makes("made.txt"))
    notice = at_work.thread("dispatchd/integration is checked out")
    assert str(desk.root) in notice.read_text(encoding="utf-8")
    waits = f"dispatchd/integration is checked out in {desk.root}; switch to another branch there"
    assert waits in desk.dispatchd("merge", "list")
    assert waits in desk.json("merge", "list")["waits"]
    assert waits in desk.dispatchd("why", desk.fact("issues/made.md", "id").split()[0])
    assert "Merging waits" in desk.dispatchd("status")
    assert desk.git("status", "--porcelain") == ""
    desk.git("checkout", "-q", main)
    assert "came back" not in at_work.until_status("made", "done")
    assert at_work.integrated("made.txt") == "made\n"
    until(lambda: "Merging waits" not in desk.dispatchd("status"), "the notice stays")


def test_held_work_waits_until_it_is_said_and_reaches_a_branch_of_a_person_only_by_their_word(
    at_work: AgentDesk,
) -> None:
    at_work.lay("ash")
    desk = at_work.desk
    main = desk.git("branch", "--show-current").strip()
    asks = turn('ask = "Go on?", options = ["Yes"]')
    at_work.queue("made", asks + makes("made.txt"))
    thread = at_work.thread("Go on?")
    until(lambda: not desk.json("agent", "list")["items"][0]["working_on"], "the turn does not end")
    issue = desk.fact("issues/made.md", "id").split()[0]
    desk.dispatchd("merge", "hold", issue)
    at_work.tick(thread, "Yes")
    until(lambda: "answers" in at_work.log(), "the answer is not taken")
    assert "is held" in desk.dispatchd("why", issue)
    desk.dispatchd("merge", "now", issue)
    at_work.until_status("made", "done")
    before = desk.git("rev-parse", main)
    told = desk.ask("merge", "--into", main)
    assert "git merge --ff-only dispatchd/integration" in told.out + told.err
    assert desk.git("rev-parse", main) == before
    desk.git("branch", "release")
    desk.dispatchd("merge", "--into", "release")
    assert desk.git("rev-parse", "release") == desk.git("rev-parse", "dispatchd/integration")
    assert desk.git("rev-parse", main) == before


def test_the_queue_says_which_check_runs(at_work: AgentDesk) -> None:
    at_work.lay("ash", checks="for i in $(seq 600); do [ -e go ] && exit 0; sleep 0.1; done; exit 1")
    desk = at_work.desk
    at_work.kill(desk.daemons[-1])  # where checkouts stand is read when it starts
    desk.up()
    at_work.queue("one", makes("one.txt"))
    until(lambda: "try runs on it" in desk.dispatchd("merge", "list"), "it does not say that a check runs")
    (only,) = desk.json("merge", "list")["items"]
    assert only["state"] == "try runs on it"
    scratch = desk.root.with_name(f"{desk.root.name}-clones") / ".scratch"
    (scratch / f"check-{only['id']}-try" / "go").touch()
    at_work.until_status("one", "done")
    assert desk.json("merge", "list")["items"] == []


def commit(desk: Desk, path: str, text: str) -> None:
    """A person commits in the checkout."""
    (desk.root / path).write_text(text, encoding="utf-8")
    desk.git("add", path)
    desk.git("commit", "-qm", f"Mine: {path}")


def test_what_a_person_commits_on_main_reaches_the_agents_by_their_word(at_work: AgentDesk) -> None:
    at_work.lay("ash", checks="! test -e red.txt")
    desk = at_work.desk
    main = desk.git("branch", "--show-current").strip()
    at_work.queue("one", makes("one.txt"))
    at_work.until_status("one", "done")
    desk.git("merge", "-q", "--ff-only", "dispatchd/integration")
    assert f"{main} already" in desk.dispatchd("merge", "from", main)
    commit(desk, "mine.txt", "mine\n")
    stands = desk.git("rev-parse", main)
    assert "has what is on" in desk.dispatchd("merge", "from", main)
    assert desk.git("rev-parse", main) == stands
    assert at_work.integrated("mine.txt") == "mine\n"
    at_work.queue("two", turn('run = "test -e mine.txt && echo seen > two.txt"') + makes("two.txt"))
    at_work.until_status("two", "done")
    assert at_work.integrated("mine.txt") == "mine\n"
    desk.git("merge", "-q", "--ff-only", "dispatchd/integration")
    merges = desk.git("log", "--first-parent", "--format=%s", "dispatchd/integration").splitlines()
    assert [line.split(":")[0].split(" i-")[0] for line in merges[:3]] == ["Merge", f"Merge {main}", "Merge"]


def test_what_a_person_commits_and_does_not_merge_or_is_red_moves_nothing(at_work: AgentDesk) -> None:
    at_work.lay("ash", checks="! test -e red.txt")
    desk = at_work.desk
    main = desk.git("branch", "--show-current").strip()
    assert "there is no branch dispatchd/integration yet" in desk.ask("merge", "from", main).err
    at_work.queue("one", makes("one.txt"))
    at_work.until_status("one", "done")
    before = desk.git("rev-parse", "dispatchd/integration")
    commit(desk, "one.txt", "mine\n")
    told = desk.ask("merge", "from", main)
    assert told.code == 1
    assert "conflict in one.txt; nothing was moved" in told.err
    assert f"git checkout {main} && git merge dispatchd/integration" in told.err
    desk.git("merge", "-q", "-s", "ours", "dispatchd/integration")
    commit(desk, "red.txt", "red\n")
    assert "try failed (1) on the merge, and nothing was moved" in desk.ask("merge", "from", main).err
    desk.git("checkout", "-q", "dispatchd/integration")
    assert "is checked out in" in desk.ask("merge", "from", main).err
    desk.git("checkout", "-q", main)
    assert "name a branch of yours" in desk.ask("merge", "from", "dispatchd/integration").err
    assert "there is no branch nowhere" in desk.ask("merge", "from", "nowhere").err
    assert desk.git("rev-parse", "dispatchd/integration") == before
    desk.git("rm", "-q", "red.txt")
    desk.git("commit", "-qm", "Green")
    desk.dispatchd("merge", "from", main)
    assert at_work.integrated("one.txt") == "mine\n"


def test_where_no_cell_holds_a_persons_commits_are_brought_in_without_checks_or_not_at_all(
    at_work: AgentDesk,
) -> None:
    at_work.lay("ash", checks="true")
    desk = at_work.desk
    main = desk.git("branch", "--show-current").strip()
    desk.git("branch", "dispatchd/integration")
    commit(desk, "mine.txt", "mine\n")
    desk.dispatchd("config", "set", "agents.sandbox", "off")
    desk.sync()
    told = desk.ask("merge", "from", main)
    assert told.code == 1
    assert f"git fetch . {main}:dispatchd/integration" in told.err
    assert "mine.txt" not in desk.git("ls-tree", "--name-only", "dispatchd/integration")
    desk.sed("s/^checks = .*/checks = []/", "config.toml")
    desk.sync()
    desk.dispatchd("merge", "from", main)
    assert at_work.integrated("mine.txt") == "mine\n"
    commit(desk, "more.txt", "more\n")
    assert desk.run("git", "fetch", "-q", ".", f"{main}:dispatchd/integration").code != 0
    desk.git("merge", "-q", "--no-edit", "dispatchd/integration")
    desk.git("fetch", "-q", ".", f"{main}:dispatchd/integration")
    assert at_work.integrated("more.txt") == "more\n"


def test_what_is_paused_while_its_check_runs_is_not_merged_before_people_go_on(at_work: AgentDesk) -> None:
    at_work.lay("ash", checks="for i in $(seq 600); do [ -e go ] && exit 0; sleep 0.1; done; exit 1")
    desk = at_work.desk
    at_work.kill(desk.daemons[-1])  # where checkouts stand is read when it starts
    desk.up()
    at_work.queue("one", makes("one.txt"))
    until(lambda: "try runs on it" in desk.dispatchd("merge", "list"), "it does not say that a check runs")
    (only,) = desk.json("merge", "list")["items"]
    scratch = desk.root.with_name(f"{desk.root.name}-clones") / ".scratch" / f"check-{only['id']}-try"
    desk.dispatchd("pause", "Wait")
    (scratch / "go").touch()
    until(lambda: "try runs on it" not in desk.dispatchd("merge", "list"), "the check does not end")
    assert desk.fact("issues/one.md", "status") == "awaiting_review"
    assert "has paused all work" in desk.dispatchd("why", only["id"])
    assert "one.txt" not in desk.git("ls-tree", "--name-only", "dispatchd/integration").split()
    desk.dispatchd("resume")
    until(lambda: "try runs on it" in desk.dispatchd("merge", "list"), "it is not taken up again")
    (scratch / "go").touch()
    at_work.until_status("one", "done")
