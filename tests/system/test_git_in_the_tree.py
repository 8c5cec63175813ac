"""git used by hand in `.dispatch/` itself: cleaning, staging, amending, rebasing, moving whole repositories."""

import threading

import pytest

from tests.system.desk import Desk, until
from tests.system.theirs_in_git import BOB, Elsewhere, changes_of

PATH = "issues/login timeout.md"
PROPOSAL = "proposals/argon.md"


@pytest.fixture
def issue(desk: Desk) -> str:
    desk.dispatchd("config", "set", "people.bob", "bob@example.com")
    desk.save(PATH, "The form gives up after two seconds.\n\nSecond paragraph.\n")
    desk.sync()
    return desk.fact(PATH, "id")


def test_cleaning_the_tree_takes_no_document_and_the_pages_come_back(desk: Desk, issue: str) -> None:
    text, events = desk.read(PATH), desk.event_types()
    (desk.tree / "scratch.txt").write_text("nobody's\n", encoding="utf-8")
    for how in ("-qfdx", "-qffdx"):
        # Git fails where what it is about to remove has just gone by itself; a person says it again.
        until(lambda how=how: desk.run("git", "clean", how, cwd=desk.tree).code == 0, "git cannot clean")  # type: ignore[misc]
    until(lambda: desk.path("STATUS.md").exists() and desk.path("WAITING.md").exists(), "a page stays away")
    desk.sync()
    assert desk.read(PATH) == text
    assert set(desk.event_types()[len(events) :]) <= {"ThreadOpened"}
    assert all("kind: notice" in notice.read_text() for notice in desk.tree.glob("inbox/t-*.md"))
    assert desk.issues()[issue]["status"] == "unassigned"
    desk.is_level()


def test_092_what_a_person_has_staged_stays_exactly_that_while_the_daemon_commits(
    desk: Desk, issue: str
) -> None:
    (desk.tree / "scratch.txt").write_text("staged\n", encoding="utf-8")
    desk.tree_git("add", "-f", "scratch.txt")
    (desk.tree / "scratch.txt").write_text("changed afterwards\n", encoding="utf-8")
    staged = desk.tree_git("ls-files", "-s", "scratch.txt")
    for number in range(6):
        desk.dispatchd("issue", "set", issue, f"priority={('high', 'low')[number % 2]}")
        desk.save(f"issues/more {number}.md", f"More {number}.\n")
        desk.sync()
        assert desk.tree_git("ls-files", "-s", "scratch.txt") == staged
        assert desk.tree_git("diff", "--cached", "--name-only").split() == ["scratch.txt"]
    desk.tree_git(*BOB, "commit", "-qm", "Only mine")
    desk.sync()
    assert [who for who, paths in changes_of(desk) if "scratch.txt" in paths] == ["Bob Roe"]
    assert desk.tree_git("show", "HEAD:scratch.txt") == "staged\n"


def test_092_no_commit_of_a_person_who_commits_in_a_loop_holds_anything_of_the_daemons(
    desk: Desk, issue: str
) -> None:
    done = threading.Event()
    refused: list[str] = []

    def commit_in_a_loop() -> None:
        number = 0
        while not done.is_set():
            name = f"theirs {number}.txt"
            (desk.tree / name).write_text(f"{number}\n", encoding="utf-8")
            steps = [("add", "-f", name), ("commit", "-qm", f"Theirs {number}")]
            while steps and not done.is_set():
                said = desk.run("git", *BOB, *steps[0], cwd=desk.tree)
                if said.code == 0:
                    steps.pop(0)
                else:
                    refused.append(said.err)
            number += 1

    person = threading.Thread(target=commit_in_a_loop)
    person.start()
    for number in range(12):
        desk.dispatchd("issue", "set", issue, f"priority={('high', 'low')[number % 2]}")
        desk.save(f"issues/more {number}.md", f"More {number}.\n")
    done.set()
    person.join()
    desk.sync()
    by_bob = [paths for who, paths in changes_of(desk) if who == "Bob Roe"]
    print(f"{len(by_bob)} commits by the person, {len(refused)} times they met a lock")
    assert by_bob
    assert all(len(paths) == 1 and paths[0].startswith("theirs ") for paths in by_bob)
    assert not [paths for who, paths in changes_of(desk) if who != "Bob Roe" and "theirs" in " ".join(paths)]
    assert desk.tree_git("diff", "--name-only") == ""
    assert all("lock" in said for said in refused), refused


def test_086_a_vote_whose_commit_is_amended_or_rebased_is_one_vote(desk: Desk, issue: str) -> None:
    desk.save(PROPOSAL, '---\nvoters: ["@alice", "@bob"]\n---\n\n# Use argon2id\n\nWhy not.\n')
    desk.sync()
    subject = desk.fact(PROPOSAL, "id")
    desk.sed("s/^status: .*/status: open/", PROPOSAL)
    desk.sync()
    section = desk.read(PROPOSAL).index("### @bob")
    text = desk.read(PROPOSAL)
    ticked = text[:section] + text[section:].replace("- [ ] Approve", "- [x] Approve", 1)
    desk.down()
    desk.save(PROPOSAL, ticked)
    desk.tree_git(*BOB, "commit", "-qam", "I am for it")
    desk.up()
    desk.sync()
    desk.tree_git(*BOB, "commit", "-q", "--amend", "--no-edit", "--allow-empty", "-m", "I am for it, really")
    desk.sync()
    desk.tree_git(*BOB, "rebase", "-q", "--force-rebase", "HEAD~2")
    desk.sync()
    votes = [event["event"] for event in desk.events(subject) if event["type"] == "VoteCast"]
    assert [vote["voter"] for vote in votes] == ["@bob"]
    assert desk.json("proposal", "show", subject)["status"] == "open"
    assert desk.read(PROPOSAL).count("- [x] Approve") == 1
    assert "Traceback" not in desk.logs(), desk.logs()


def test_a_pull_that_rebases_keeps_every_event_and_both_sides(desk: Desk, issue: str) -> None:
    elsewhere = Elsewhere(desk)
    elsewhere.change(PATH, "s/Second/Changed/", "From the train")
    desk.dispatchd("issue", "set", issue, "labels+=auth")
    desk.sync()
    events = {event["id"] for event in desk.events()}
    desk.tree_git("pull", "-q", "--rebase", "origin", "dispatch")
    desk.sync()
    assert "Changed paragraph." in desk.read(PATH)
    assert desk.fact(PATH, "labels") == "[auth]"
    assert events <= {event["id"] for event in desk.events()}
    assert events <= set(desk.committed_events())
    assert desk.issues()[issue]["labels"] == ["auth"]
    assert desk.problems() == []


def test_084_hundreds_of_files_that_git_exchanges_at_once_reverse_no_state(desk: Desk) -> None:
    names = [f"issues/issue {number:03}.md" for number in range(150)]
    for name in names:
        desk.save(name, f"Text of {name}.\n")
    desk.sync()
    before = desk.tree_git("rev-parse", "HEAD").strip()
    desk.sed("s/^status: .*/status: queued/; s/^Text/Longer text/", *names)
    desk.sync()
    desk.tree_git("checkout", "-q", before, "--", "issues")
    desk.sync()
    assert {issue["status"] for issue in desk.issues().values()} == {"queued"}
    assert {desk.fact(name, "status") for name in names} == {"queued"}
    assert all("\nText of" in desk.read(name) for name in names)
    assert desk.event_types().count("IssueMoved") == len(names)
    assert desk.problems() == []
