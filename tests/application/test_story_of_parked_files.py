import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.thread import ThreadStatus
from tests.application.world import World

A = "issues/a.md"
TEXT = "---\nid: i-7k2m\ntitle: A thing\n---\n\nFirst line\n"
MARKERS = "\n<<<<<<< HEAD\nmine\n=======\ntheirs\n>>>>>>> other\n"


@pytest.fixture(autouse=True)
def _an_issue(world: World) -> None:
    world.save(A, TEXT)
    world.settle()


def broken(world: World, how: str) -> bytes:
    content = world.read(A).encode()
    return {
        "markers": content + MARKERS.encode(),
        "markers above": MARKERS.encode() + content,
        "no utf-8": content + b"\xff\xfe",
        "nul": content + b"\0",
        "no end": content.replace(b"---\n\n", b"\n", 1),
    }[how]


@pytest.mark.parametrize("how", ["markers", "markers above", "no utf-8", "nul", "no end"])
def test_055_066_069_a_file_that_cannot_be_read_stays_as_it_is_and_its_last_state_in_force(
    world: World, how: str
) -> None:
    good, bad = world.read(A), broken(world, how)
    world.save(A, bad)
    world.settle()
    assert world.tree.content(A) == bad
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert world.at(A).title == "A thing"
    (path,) = world.paths("inbox/")
    assert A in world.read(path)
    assert [problem.path for problem in world.problems()] == [A]
    world.ask(Verb.SET, id="i-7k2m", changes=("priority=critical",))
    world.settle()
    assert world.tree.content(A) == bad
    world.save(A, good.replace("unassigned", "queued"))
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert world.field(A, "priority") == "critical"
    assert world.paths("inbox/") == []
    assert world.problems() == []


def test_a_new_file_that_cannot_be_read_is_adopted_once_it_can(world: World) -> None:
    world.save("issues/b.md", b"text\xff\n")
    world.settle()
    assert world.tree.content("issues/b.md") == b"text\xff\n"
    (thread,) = world.happened("ThreadOpened")
    world.save("issues/b.md", "text\n")
    world.settle()
    assert world.at("issues/b.md").title == "b"
    assert world.entity(thread.thread.id).status is ThreadStatus.DISMISSED


def test_a_parked_file_that_is_deleted_is_deleted(world: World) -> None:
    world.save(A, broken(world, "markers"))
    world.settle()
    world.delete(A)
    world.settle()
    assert world.entity("i-7k2m").removed
    assert world.paths("inbox/") == []


def test_a_parked_file_that_is_renamed_is_the_same_document(world: World) -> None:
    world.save(A, broken(world, "markers"))
    world.settle()
    bad = world.tree.content(A)
    world.rename(A, "issues/b.md")
    world.settle()
    assert world.tree.content("issues/b.md") == bad
    world.save("issues/b.md", TEXT)
    world.settle()
    assert world.at("issues/b.md").id == "i-7k2m"
    assert not world.entity("i-7k2m").removed


def test_a_restart_keeps_a_file_parked_and_says_so_once(world: World) -> None:
    world.save(A, broken(world, "markers"))
    world.settle()
    world.restart()
    world.settle()
    assert len(world.happened("ThreadOpened")) == 1


def test_markers_in_a_code_block_park_nothing(world: World) -> None:
    world.save(A, world.read(A) + "\n```\n" + MARKERS + "```\n")
    world.settle()
    assert not world.happened("ThreadOpened")


def test_059_a_key_written_twice_keeps_its_last_good_value_and_names_both_lines(world: World) -> None:
    world.edit(A, "status: unassigned", "status: queued\nstatus: done")
    world.settle()
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert "dispatchd:" in world.read(A)
    (problem,) = world.problems()
    assert "4" in problem.what + problem.hint
    assert "5" in problem.what + problem.hint
    world.edit(A, f"status: {world.field(A, 'status')}\nstatus: done", "status: done")
    world.settle()
    assert world.problems() == []
    assert world.field(A, "status") == "done"
    assert world.at(A).status is IssueStatus.DONE


def test_061_a_bad_value_of_an_unknown_key_is_kept_and_parks_nothing(world: World) -> None:
    world.edit(A, "status: unassigned", "status: queued\nmine: *alias [\n")
    world.settle()
    assert world.at(A).status is IssueStatus.QUEUED
    assert "mine: *alias [\n" in world.read(A)
    assert not world.happened("ThreadOpened")


def test_a_save_without_any_front_matter_leaves_the_facts_and_brings_them_back(world: World) -> None:
    world.edit(A, "status: unassigned", "status: queued\nmine: 'yes'  # theirs\n# a comment")
    world.settle()
    world.save(A, "Only text now\n")
    world.settle()
    assert "mine: 'yes'  # theirs\n# a comment\n" in world.read(A)
    assert world.at(A).status is IssueStatus.QUEUED
    assert world.field(A, "id") == "i-7k2m"
    assert world.read(A).endswith("Only text now\n")


def test_018_a_file_that_may_not_be_read_is_reported_and_the_others_go_on(world: World) -> None:
    world.save("issues/b.md", "B\n")
    world.settle()
    world.tree.chmod(A, 0)
    world.hints.add(A)  # type: ignore[arg-type]
    world.edit("issues/b.md", "unassigned", "queued")
    world.settle()
    assert world.at("issues/b.md").status is IssueStatus.QUEUED
    assert A in world.session.observing.refused
    assert not world.entity("i-7k2m").removed
    world.tree.chmod(A, 0o644)
    world.scan()
    world.settle()
    assert A not in world.session.observing.refused


@pytest.mark.parametrize("what", ["symlink", "pipe", "large"])
def test_063_064_078_what_is_no_plain_file_is_reported_and_not_read(world: World, what: str) -> None:
    if what == "symlink":
        world.tree.symlink("issues/x.md", "/etc/passwd")
    elif what == "pipe":
        world.tree.pipe("issues/x.md")
    else:
        world.save("issues/x.md", b"x" * (1024 * 1024 + 1))
    world.scan()
    world.settle()
    assert "issues/x.md" in world.session.observing.refused
    assert len(world.happened("IssueOpened")) == 1
    world.delete("issues/x.md")
    world.settle()


@pytest.mark.parametrize("hint", [True, False])
def test_a_known_file_replaced_by_a_folder_is_reported_and_keeps_its_last_good_state(
    world: World, hint: bool
) -> None:
    world.edit(A, "status: unassigned", "status: queued")
    world.settle()
    text = world.read(A)
    world.is_deaf = not hint
    world.delete(A)
    world.tree.folder(A)
    world.hint(A)
    world.advance(5.0)
    world.is_deaf = False
    world.scan()
    world.advance(30.0)
    assert A in world.session.observing.refused
    assert world.entity("i-7k2m").status is IssueStatus.QUEUED
    assert not world.entity("i-7k2m").removed
    world.delete(A)
    world.save(A, text)
    world.settle()
    assert A not in world.session.observing.refused


def test_081_a_file_with_two_names_is_read_and_not_written(world: World) -> None:
    world.tree.hard_link(A, "issues/_other.md")
    world.ask(Verb.SET, id="i-7k2m", changes=("priority=critical",))
    before = world.read(A)
    world.advance(30.0)
    assert world.read(A) == before
    assert A in world.session.troubles
    world.tree.delete("issues/_other.md")
    world.settle()
    assert world.field(A, "priority") == "critical"


def test_a_document_moved_over_an_unreadable_file_ends_its_problem(world: World) -> None:
    world.save("issues/b.md", MARKERS)
    world.settle()
    (path,) = world.paths("inbox/")
    thread = world.at(path).id
    world.rename(A, "issues/b.md")
    world.settle()
    assert world.at("issues/b.md").id == "i-7k2m"
    assert world.entity(thread).status is ThreadStatus.DISMISSED
    assert world.problems() == []
