"""git used by hand in and around `.dispatch/` while the daemon runs."""

import itertools
import threading

import pytest

from tests.system.desk import Desk, until
from tests.system.standing_files import NO_COOKIES, standing_files
from tests.system.standing_still import standing_still

PATH = "issues/login timeout.md"
BOB = ("-c", "user.name=Bob Roe", "-c", "user.email=bob@example.com")


@pytest.fixture
def issue(desk: Desk) -> str:
    """An issue that has been queued, by a person's save."""
    desk.dispatchd("config", "set", "people.bob", "bob@example.com")
    desk.save(PATH, "The form gives up after two seconds.\n\nSecond paragraph.\n")
    desk.sync()
    desk.sed("s/^status: .*/status: queued/", PATH)
    desk.sync()
    return desk.fact(PATH, "id")


def test_a_persons_own_commit_is_theirs_and_done_once(desk: Desk, issue: str) -> None:
    with standing_still(
        desk
    ):  # or the save is taken for Alice's before Bob has committed it, where git is slow
        desk.sed("s/^priority: .*/priority: high/", PATH)
        desk.tree_git(*BOB, "commit", "-qam", "More urgent")
    desk.sync()
    changes = [event for event in desk.events(issue) if event["type"] == "FactSet"]
    assert [(event["actor"], event["event"]["after"]) for event in changes] == [("bob", "high")]
    assert desk.issues()[issue]["priority"] == "high"
    assert "Bob Roe: More urgent" in desk.commits()
    assert_level(desk)


def assert_level(desk: Desk) -> None:
    """Each event stands in one commit of the daemon's, or in one that a person made."""
    made_by_people = {event["commit"] for event in desk.events()} - {None}
    listed = set(desk.tree_git("log", "--format=%H").split())
    assert made_by_people <= listed
    committed = desk.committed_events()
    assert len(committed) == len(set(committed))
    left = desk.tree_git("status", "--porcelain", "--", ".", NO_COOKIES)
    assert not left, left
    assert "Traceback" not in desk.logs(), desk.logs()
    assert_quiet(desk)


def assert_quiet(desk: Desk) -> None:
    """INV2: a further look plans nothing."""
    head, events = desk.tree_git("rev-parse", "HEAD"), len(desk.events())
    desk.sync()
    assert (desk.tree_git("rev-parse", "HEAD"), len(desk.events())) == (head, events)


class Phone:
    """Another clone, without a daemon, in which Bob edits by hand."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        remote = desk.root.parent / "remote.git"
        desk.do("git", "init", "-q", "--bare", remote)
        desk.git("remote", "add", "origin", remote)
        desk.git("push", "-q", "origin", "dispatch")
        self.folder = desk.root.parent / "phone"
        desk.do("git", "clone", "-q", "-b", "dispatch", remote, self.folder)

    def git(self, *words: str) -> str:
        return self.desk.do("git", *BOB, *words, cwd=self.folder)

    def change(self, script: str, message: str) -> None:
        """A line of `sed`, committed and pushed."""
        self.desk.do("sed", "-i", script, PATH, cwd=self.folder)
        self.git("commit", "-qam", message)
        self.git("push", "-q", "origin", "dispatch")

    def pull(self) -> None:
        self.git("pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch")


def test_a_pull_that_fast_forwards_brings_a_hand_made_edit_by_its_author(desk: Desk, issue: str) -> None:
    phone = Phone(desk)
    phone.change("s/^priority: .*/priority: critical/; s/Second/Changed/", "From the train")
    desk.tree_git("pull", "-q", "--ff-only", "origin", "dispatch")
    desk.sync()
    facts = [event for event in desk.events(issue) if event["type"] == "FactSet"]
    assert [(event["actor"], event["event"]["after"]) for event in facts] == [("bob", "critical")]
    assert desk.fact(PATH, "priority") == "critical"
    assert "Changed paragraph." in desk.read(PATH)
    assert_level(desk)


def test_a_pull_that_merges_keeps_both_sides_by_field_and_by_line(desk: Desk, issue: str) -> None:
    phone = Phone(desk)
    phone.change(
        "s/^priority: .*/priority: critical/; s/Second/Changed/; s/^title: .*/title: Login is slow/", "Phone"
    )
    desk.dispatchd("issue", "set", issue, "labels+=auth")
    desk.sed("s/The form gives up/The login form gives up/", PATH)
    desk.sync()
    desk.tree_git("pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch")
    desk.sync()
    facts = desk.issues()[issue]
    assert (facts["priority"], facts["labels"], facts["status"]) == ("critical", ["auth"], "queued")
    assert facts["title"] == "Login is slow"
    text = desk.read(PATH)
    assert "The login form gives up" in text
    assert "Changed paragraph." in text
    assert "<<<<" not in text
    by_bob = [event["event"]["key"] for event in desk.events(issue) if event["actor"] == "bob"]
    assert sorted(by_bob) == ["priority", "title"]
    assert_level(desk)
    desk.git("push", "-q", "origin", "dispatch")
    phone.pull()
    assert (phone.folder / PATH).read_text() == text


def test_edits_on_both_sides_meet_again_and_again(desk: Desk, issue: str) -> None:
    phone = Phone(desk)
    for number in range(3):
        phone.change(f"s/Second.*/Second paragraph, version {number}./", f"Phone {number}")
        desk.dispatchd("issue", "set", issue, f"priority={('high', 'low', 'critical')[number]}")
        desk.sync()
        desk.tree_git("pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch")
        desk.sync()
        assert desk.fact(PATH, "priority") == ("high", "low", "critical")[number]
        assert f"version {number}." in desk.read(PATH)
        desk.git("push", "-q", "origin", "dispatch")
        phone.pull()
    assert_level(desk)


TRAVELS = {
    "reset --hard": [("reset", "-q", "--hard", "HEAD~2")],
    "checkout of old files": [("checkout", "-q", "HEAD~2", "--", ".")],
    "rebase": [("-c", "sequence.editor=sed -i 1d", "rebase", "-q", "-i", "HEAD~2")],
}


@pytest.mark.parametrize("steps", TRAVELS.values(), ids=TRAVELS)
def test_085_a_journey_through_history_reverses_no_state(
    steps: list[tuple[str, ...]], desk: Desk, issue: str
) -> None:
    desk.add(PATH, "Third paragraph.\n")
    desk.sync()
    for step in steps:
        desk.run("git", *step, cwd=desk.tree)
        desk.sync()
    desk.sync()
    assert desk.issues()[issue]["status"] == "queued"
    assert desk.fact(PATH, "status") == "queued"
    moves = [event["event"]["after"] for event in desk.events(issue) if event["type"] == "IssueMoved"]
    assert moves == ["queued"]
    assert "Traceback" not in desk.logs(), desk.logs()
    assert_quiet(desk)


def test_a_tree_on_no_branch_is_left_alone_and_says_so(desk: Desk, issue: str) -> None:
    desk.tree_git("checkout", "-q", "HEAD~2")
    old = desk.read(PATH)
    waited = desk.ask("sync", "--wait")
    assert waited.code == 1
    assert ".dispatch is on no branch" in waited.err
    assert "switch dispatch" in waited.err
    assert ".dispatch is on no branch" in desk.dispatchd("status")
    assert desk.read(PATH) == old
    desk.tree_git("checkout", "-q", "dispatch")
    desk.sync()
    assert desk.issues()[issue]["status"] == desk.fact(PATH, "status") == "queued"
    assert desk.event_types(issue).count("IssueMoved") == 1
    desk.is_level()


def test_088_an_open_merge_is_waited_for_and_named(desk: Desk, issue: str) -> None:
    phone = Phone(desk)
    phone.change("s/Second.*/Their paragraph./", "Phone")
    desk.sed("s/Second.*/Our paragraph./", PATH)
    desk.sync()
    desk.run("git", "pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch", cwd=desk.tree)
    assert "<<<<<<<" in desk.read(PATH)
    assert "paused: a merge is open in .dispatch" in desk.dispatchd("status")
    assert "a merge is open" in desk.ask("sync", "--wait").err
    conflicted = desk.read(PATH)
    kept = [line for line in conflicted.splitlines() if not line.startswith(("<<<", "===", ">>>", "|||"))]
    assert desk.read(PATH) == conflicted
    desk.save(PATH, "\n".join(kept) + "\n")
    desk.tree_git("commit", "-qam", "Both are right")
    desk.sync()
    assert "Their paragraph." in desk.read(PATH)
    assert "Our paragraph." in desk.read(PATH)
    assert desk.problems() == []
    assert_level(desk)


def test_087_a_stash_and_its_return_reverse_no_state(desk: Desk, issue: str) -> None:
    with standing_still(desk):  # or the save may be committed before it is put away
        desk.sed("s/^priority: .*/priority: high/", PATH)
        desk.tree_git("stash", "-q")
    desk.sync()
    assert desk.issues()[issue]["status"] == "queued"
    desk.run("git", "stash", "pop", "-q", cwd=desk.tree)
    desk.sync()
    assert desk.issues()[issue]["status"] == "queued"
    assert desk.issues()[issue]["priority"] == "high"
    assert desk.fact(PATH, "priority") == "high"
    assert_quiet(desk)


def test_049_cleaning_the_main_worktree_leaves_the_tree_or_halts_the_daemon(desk: Desk, issue: str) -> None:
    text, events = desk.read(PATH), len(desk.events())
    stood = sorted(path for path in standing_files(desk.tree) if path.name != ".git")
    desk.git("clean", "-qfdx")
    desk.sync()
    assert desk.read(PATH) == text
    with standing_still(desk):  # or it writes into the folder, and asks about the files, while git empties it
        desk.git("clean", "-qffdx")
    assert not desk.tree.exists()
    until(lambda: "everything waits" in desk.logs(), "the daemon has not noticed")
    for words in (("sync", "--wait"), ("status",), ("log",), ("issue", "new", "Too early")):
        told = desk.ask(*words)
        assert told.code == 1, words
        assert "restore --all" in told.err
    assert not desk.tree.exists()
    told_back = desk.dispatchd("restore", "--all")
    assert f"{len(stood)} files are back" in told_back
    assert all(path.is_file() for path in stood)
    desk.sync()
    assert desk.read(PATH) == text
    assert desk.issues()[issue]["status"] == "queued"
    # Whatever was asked about the files that went, nothing is decided.
    since = {event["type"] for event in desk.events()[events:]}
    assert since <= {"ThreadOpened", "ThreadDismissed", "ThreadAnswered"}
    desk.is_level()


def test_095_collecting_garbage_all_the_time_breaks_no_commit(desk: Desk, issue: str) -> None:
    done = threading.Event()
    rounds = itertools.count()

    def collect_in_a_loop() -> None:
        while not done.is_set():
            desk.run("git", "gc", "-q", "--prune=now")
            next(rounds)

    collector = threading.Thread(target=collect_in_a_loop)
    collector.start()
    for number in range(12):
        desk.save(f"issues/more {number}.md", f"More {number}.\n")
        desk.dispatchd("issue", "set", issue, f"priority={('high', 'low')[number % 2]}")
    done.set()
    collector.join()
    desk.sync()
    print(f"{next(rounds)} collections beside {len(desk.commits())} commits")
    desk.git("fsck", "--connectivity-only", "--no-dangling")
    desk.git("gc", "-q", "--prune=now")
    assert len(desk.issues()) == 13
    desk.is_level()


def test_092_a_person_who_commits_in_a_loop_and_the_daemon_take_turns(desk: Desk, issue: str) -> None:
    done = threading.Event()
    refused: list[str] = []
    made = itertools.count()

    def commit_in_a_loop() -> None:
        while not done.is_set():
            number = next(made)
            desk.save(f"context/note {number:03}.md", f"Note {number}.\n")
            for words in (
                ("add", "-A", "--", ".", NO_COOKIES),
                ("commit", "-qm", f"Note {number}", "--allow-empty"),
            ):
                said = desk.run("git", *BOB, *words, cwd=desk.tree)
                if said.code != 0:
                    refused.append(said.err.strip())

    person = threading.Thread(target=commit_in_a_loop)
    person.start()
    for number in range(12):
        desk.dispatchd("issue", "set", issue, f"priority={('high', 'low')[number % 2]}")
    done.set()
    person.join()
    desk.sync()
    print(f"{next(made)} rounds of add and commit, {len(refused)} met the daemon's lock")
    assert all("index.lock" in said or "cannot lock ref" in said for said in refused), refused
    changes = [event for event in desk.events(issue) if event["type"] == "FactSet"]
    assert len(changes) == 12
    desk.git("fsck", "--connectivity-only", "--no-dangling")
    assert_level(desk)
