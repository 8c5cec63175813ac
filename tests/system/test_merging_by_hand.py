"""Two clones both moved on, and a person joins them with git: with our driver, without it, with markers left in."""

import pytest

from tests.system.desk import Desk
from tests.system.standing_still import standing_still
from tests.system.test_git_beside_it import PATH, Phone, assert_level

SCRIPT = "s/^labels: .*/labels: [{}]/; s/^priority: .*/priority: {}/; s/First.*/First, {}./; s/Second.*/Second, {}./"


@pytest.fixture
def issue(desk: Desk) -> str:
    desk.dispatchd("config", "set", "people.bob", "bob@example.com")
    desk.save(PATH, "---\nlabels: [auth]\n---\n\nFirst.\n\nSecond.\n\nThird.\n")
    desk.sync()
    return desk.fact(PATH, "id")


@pytest.fixture
def phone(desk: Desk, issue: str) -> Phone:
    """Bob's clone, which has no driver; what he pushes is fetched into the desk's tree."""
    return Phone(desk)


def here(desk: Desk) -> None:
    desk.sed(SCRIPT.format("auth, here", "high", "here", "here"), PATH)
    desk.sed("s/Third/Third, here/", PATH)
    desk.sync()
    desk.git("push", "-q", "origin", "dispatch")


def there(phone: Phone) -> None:
    phone.desk.do("sed", "-i", SCRIPT.format("auth, there", "low", "there", "there"), PATH, cwd=phone.folder)
    phone.git("commit", "-qam", "There")


def settled(text: str, *, takes: int) -> str:
    """*text* with, of each conflict, the first side (0) or the second (1)."""
    lines: list[str] = []
    side = None
    for line in text.splitlines(keepends=True):
        if line.startswith("<<<<<<<"):
            side = 0
        elif line.startswith("=======") and side == 0:
            side = 1
        elif line.startswith(">>>>>>>"):
            side = None
        elif side in (None, takes):
            lines.append(line)
    return "".join(lines)


@pytest.mark.parametrize(("takes", "word", "priority"), [(0, "there", "low"), (1, "here", "high")])
def test_088_a_text_merge_settled_without_the_driver_loses_no_label(
    desk: Desk, phone: Phone, issue: str, takes: int, word: str, priority: str
) -> None:
    there(phone)
    here(desk)
    said = desk.run("git", "-c", "user.name=Bob Roe", "-c", "user.email=bob@example.com", "pull", "-q",
                    "--no-rebase", "--no-edit", "origin", "dispatch", cwd=phone.folder)  # fmt: skip
    assert said.code != 0
    marked = (phone.folder / PATH).read_text()
    assert "<<<<<<<" in marked
    (phone.folder / PATH).write_text(settled(marked, takes=takes))
    phone.git("commit", "-qam", "Settled on the train")
    phone.git("push", "-q", "origin", "dispatch")
    desk.tree_git("pull", "-q", "--ff-only", "origin", "dispatch")
    desk.sync()
    facts = desk.issues()[issue]
    assert sorted(facts["labels"]) == ["auth", "here", "there"]
    assert facts["priority"] == desk.fact(PATH, "priority") == priority
    for line in (f"First, {word}.", f"Second, {word}.", "Third, here."):
        assert f"{line}\n" in desk.read(PATH)
    assert desk.problems() == []
    assert not list(desk.tree.glob("inbox/t-*.md"))
    assert_level(desk)


@pytest.mark.parametrize("has_driver", [True, False], ids=["with the driver", "without it"])
def test_088_a_pull_at_home_that_contradicts_is_settled_by_who_commits_it(
    desk: Desk, phone: Phone, issue: str, *, has_driver: bool
) -> None:
    there(phone)
    phone.git("push", "-q", "origin", "dispatch")
    desk.sed(SCRIPT.format("auth, here", "high", "here", "here"), PATH)
    desk.sync()
    if not has_driver:
        desk.git("config", "--remove-section", "merge.dispatchd")
    desk.run("git", "pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch", cwd=desk.tree)
    marked = desk.read(PATH)
    assert marked.count("<<<<<<<") == (3 if has_driver else 2), marked
    assert ("labels: [auth, here, there]" in marked) is has_driver
    desk.save(PATH, settled(marked, takes=1).replace("Second, there.", "Second, of both."))
    desk.tree_git("commit", "-qam", "Settled")
    desk.sync()
    facts = desk.issues()[issue]
    assert sorted(facts["labels"]) == ["auth", "here", "there"]
    assert facts["priority"] == desk.fact(PATH, "priority") == "low"
    assert "First, there.\n" in desk.read(PATH)
    assert "Second, of both.\n" in desk.read(PATH)
    assert desk.problems() == []
    assert_level(desk)


def test_069_markers_committed_by_mistake_park_the_file_and_taking_them_out_settles_it(
    desk: Desk, phone: Phone, issue: str
) -> None:
    there(phone)
    phone.git("push", "-q", "origin", "dispatch")
    desk.sed(SCRIPT.format("auth, here", "high", "here", "here"), PATH)
    desk.sync()
    desk.run("git", "pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch", cwd=desk.tree)
    desk.tree_git("commit", "-qam", "Oh, the markers")
    desk.sync()
    marked = desk.read(PATH)
    assert "<<<<<<<" in marked
    (problem,) = desk.problems()
    assert "conflict markers" in problem["what"]
    desk.save(PATH, settled(marked, takes=0))
    desk.sync()
    assert desk.problems() == []
    assert desk.issues()[issue]["priority"] == desk.fact(PATH, "priority") == "high"
    for line in ("First, here.", "Second, here."):
        assert f"{line}\n" in desk.read(PATH)
    assert sorted(desk.issues()[issue]["labels"]) == ["auth", "here", "there"]


@pytest.mark.parametrize("at_home", [True, False], ids=["here", "elsewhere"])
def test_086_a_rebase_keeps_what_both_said(desk: Desk, phone: Phone, issue: str, *, at_home: bool) -> None:
    phone.desk.do(
        "sed", "-i", "s/^priority: .*/priority: low/; s/First/First, there/", PATH, cwd=phone.folder
    )
    phone.git("commit", "-qam", "There")
    desk.sed("s/^labels: .*/labels: [auth, here]/; s/Third/Third, here/; s/^status: .*/status: queued/", PATH)
    desk.sync()
    if at_home:
        phone.git("push", "-q", "origin", "dispatch")
        desk.tree_git("pull", "-q", "--rebase", "origin", "dispatch")
    else:
        desk.git("push", "-q", "origin", "dispatch")
        settings = ("-c", "merge.dispatchd.driver=git merge-file --union %A %O %B")
        phone.git(*settings, "pull", "-q", "--rebase", "origin", "dispatch")
        phone.git("push", "-q", "origin", "dispatch")
        desk.tree_git("pull", "-q", "--ff-only", "origin", "dispatch")
    desk.sync()
    facts = desk.issues()[issue]
    assert (facts["status"], facts["labels"]) == ("queued", ["auth", "here"])
    assert desk.event_types(issue).count("IssueMoved") == 1
    assert "First, there." in desk.read(PATH)
    assert "Third, here." in desk.read(PATH)
    assert "<<<<" not in desk.read(PATH)
    assert "Traceback" not in desk.logs()


def test_087_a_stash_that_contradicts_when_it_returns_is_settled_by_hand(desk: Desk, issue: str) -> None:
    with standing_still(desk):  # or the save is taken in before it is put away, where git is slow
        desk.sed("s/Second.*/Second, stashed./", PATH)
        desk.tree_git("stash", "-q")
    desk.sync()
    desk.sed("s/Second.*/Second, since then./", PATH)
    desk.sync()
    desk.run("git", "stash", "pop", "-q", cwd=desk.tree)
    marked = desk.read(PATH)
    assert "<<<<<<<" in marked
    desk.sync()
    assert desk.read(PATH) == marked
    desk.save(PATH, settled(marked, takes=1))
    desk.tree_git("reset", "-q")
    desk.sync()
    assert "Second, stashed.\n" in desk.read(PATH)
    assert "since then" not in desk.read(PATH)
    assert desk.problems() == []


@pytest.mark.parametrize("taken", ["rm", "add"])
def test_an_edit_outlives_a_deletion_however_the_merge_was_settled(
    desk: Desk, phone: Phone, issue: str, taken: str
) -> None:
    phone.git("rm", "-q", PATH)
    phone.git("commit", "-qm", "Away with it")
    phone.git("push", "-q", "origin", "dispatch")
    desk.sed("s/Second.*/Second, longer./", PATH)
    desk.sync()
    said = desk.run("git", "pull", "-q", "--no-rebase", "--no-edit", "origin", "dispatch", cwd=desk.tree)
    assert said.code != 0
    desk.tree_git(taken, *(["-q"] if taken == "rm" else []), PATH)
    desk.tree_git("commit", "-qm", "Settled")
    desk.sync()
    assert "Second, longer.\n" in desk.read(PATH)
    assert desk.issues()[issue]["status"] == "unassigned"
    assert "EntityRemoved" not in desk.event_types(issue)
    assert_level(desk)
