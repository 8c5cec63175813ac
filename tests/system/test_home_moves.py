"""Home and a replica: what a replica does and refuses, and how home moves from one clone to the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.clones import bare_remote, clone_of, new_home, sync_anew
from tests.system.desk import PUBLISHED, Desk, until

LEAK = "issues/leak.md"


@pytest.fixture
def home(outside_tmp: Path) -> Iterator[Desk]:
    desk = new_home(outside_tmp / "home", bare_remote(outside_tmp / "remote.git"))
    desk.save(LEAK, "A leak in the kitchen\n")
    desk.up()
    desk.sync()
    desk.dispatchd("share", "now")
    yield desk
    desk.end()


@pytest.fixture
def replica(home: Desk) -> Iterator[Desk]:
    desk = clone_of(home.root.parent / "remote.git", home.root.parent / "replica", "bob")
    yield desk
    desk.end()


def level(*desks: Desk) -> bool:
    """Whether all clones have the same branch and nothing uncommitted."""
    heads = {desk.tree_git("rev-parse", "HEAD") for desk in desks}
    pages = [f":(exclude){page}" for page in PUBLISHED]
    return len(heads) == 1 and not any(
        desk.tree_git("status", "--porcelain", "--", ".", *pages) for desk in desks
    )


def has(desk: Desk, path: str, words: str) -> bool:
    return desk.path(path).exists() and words in desk.read(path)


def test_looks_and_commands_work_on_a_replica_without_a_daemon(home: Desk, replica: Desk) -> None:
    (issue,) = replica.issues().values()
    assert issue["path"] == LEAK
    assert replica.ask("check").code == 0
    assert replica.event_types().count("IssueOpened") == 1
    name = (home.private / "clone").read_text().strip()
    said = replica.ask("issue", "set", issue["id"], "priority=high")
    assert said.out.endswith(f"Written to {LEAK}; takes effect when {name} sees its commit.\n")
    assert replica.fact(LEAK, "priority") == "high"
    assert replica.tree_git("log", "-1", "--format=%an|%cn").strip() == "Bob Roe|Bob Roe"
    assert replica.issues()[issue["id"]]["priority"] == "medium"
    replica.dispatchd("share", "now")
    until(lambda: "FactSet" in home.event_types(), "home does not see it")
    assert home.fact(LEAK, "priority") == "high"
    (changed,) = [event for event in home.events() if event["type"] == "FactSet"]
    assert changed["actor"] == "bob"
    said = replica.ask("undo", changed["id"])
    assert (said.code, said.err.startswith(f"dispatchd: {name} decides; undo it there")) == (1, True)
    assert "decides. This clone is" in replica.dispatchd("home")


def test_a_replica_commits_as_its_person_and_home_answers(home: Desk, replica: Desk) -> None:
    replica.up()
    replica.save("issues/from bob.md", "A tap drips\n")
    until(lambda: has(replica, "issues/from bob.md", "\nid: i-"), "home did not answer")
    until(lambda: level(home, replica), "the clones are not level")
    # The replica knows of an event a moment after its branch holds it.
    until(
        lambda: [event["id"] for event in replica.events()] == [event["id"] for event in home.events()],
        "the clones do not know of the same events",
    )
    (opened,) = [e for e in home.events() if e["type"] == "IssueOpened" and e["actor"] == "bob"]
    made = home.tree_git("log", "--format=%an|%cn|%(trailers:key=Dispatch-Clone,valueonly)", "--no-merges")
    assert any(line.startswith("Bob Roe|Bob Roe|") and line.count("-") for line in made.splitlines())
    assert opened["subject"] in replica.issues()
    home.is_level()


def test_home_moves_to_a_clone_that_asks_for_it_and_the_old_one_follows(home: Desk, replica: Desk) -> None:
    replica.up()
    replica.dispatchd("home", "--here")
    until(lambda: "this clone, decides" not in home.dispatchd("home"), "the old home did not step down")
    sync_anew(replica)
    assert [e["actor"] for e in replica.events() if e["type"] == "IssueOpened"] == ["alice"]
    home.sed("s/^priority: medium/priority: high/", LEAK)
    replica.save("issues/later.md", "Found later\n")
    until(lambda: has(home, "issues/later.md", "\nid: i-"), "the old home does not follow")
    until(lambda: [i["priority"] for i in replica.issues().values()].count("high") == 1, "no act of Alice's")
    until(lambda: level(home, replica), "the clones are not level")
    changed = [e for e in replica.events() if e["type"] == "FactSet"]
    assert [e["actor"] for e in changed] == ["alice"]
    replica.is_level()


def test_what_the_old_home_decided_and_never_published_is_decided_once_by_the_new_one(
    home: Desk, replica: Desk
) -> None:
    home.down()
    replica.dispatchd("home", "--here")
    home.save("issues/unseen.md", "---\npriority: high\n---\n\nDecided in the dark\n")
    home.sed("s/^status: unassigned/status: queued/", LEAK)
    home.sync()
    assert "\nid: i-" in home.read("issues/unseen.md")
    assert home.dispatchd("home").endswith("this clone, decides.\n")
    home.up()
    replica.up()
    until(lambda: "this clone, decides" not in home.dispatchd("home"), "the old home did not step down")
    until(lambda: has(home, "issues/unseen.md", "\nid: i-"), "the save was lost")
    until(lambda: "IssueMoved" in replica.event_types(), "the other save was lost")
    until(lambda: level(home, replica), "the clones are not level")
    opened = [e for e in replica.events() if e["type"] == "IssueOpened"]
    assert len(opened) == 2
    assert {e["actor"] for e in opened} == {"alice"}
    assert [e["actor"] for e in replica.events() if e["type"] == "IssueMoved"] == ["alice"]
    assert home.fact("issues/unseen.md", "id") == replica.fact("issues/unseen.md", "id")
    assert replica.problems() == []
    replica.is_level()


def test_inv9_what_home_let_go_of_is_on_the_branch_once_when_home_is_back(home: Desk, replica: Desk) -> None:
    home.down()
    replica.dispatchd("home", "--here")
    home.sed("s/^status: unassigned/status: queued/", LEAK)
    home.sync()
    assert home.event_types().count("IssueMoved") == 1
    home.dispatchd("share", "now")
    assert "IssueMoved" not in home.event_types(), "it stepped down and let go of that"
    home.dispatchd("home", "--here")
    home.dispatchd("share", "now")
    assert home.event_types().count("IssueMoved") == 1
    assert home.tree_git("log", "--format=%B").count('"IssueMoved"') == 1
    late = clone_of(home.root.parent / "remote.git", home.root.parent / "late", "carol")
    assert {event["id"] for event in late.events()} == {event["id"] for event in home.events()}
    assert "It says the same as the old one, in every fact." in home.dispatchd("rebuild")
    home.is_level()
