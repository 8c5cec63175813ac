import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World

A, B, C = "issues/a.md", "issues/b.md", "issues/c.md"


def issue(number: str, text: str = "Text") -> str:
    return f"---\nid: i-{number}\ntitle: Issue {number}\n---\n\n{text} {number}\n"


@pytest.fixture(autouse=True)
def _issues(world: World) -> None:
    world.save(A, issue("aaaa"))
    world.save(B, issue("bbbb"))
    world.settle()


def test_075_a_renamed_file_is_the_same_document(world: World) -> None:
    world.rename(A, "issues/renamed by me.md")
    world.settle()
    assert world.at("issues/renamed by me.md").id == "i-aaaa"
    assert len(world.happened("DocumentMoved")) == 1
    assert not world.happened("EntityRemoved")
    assert world.on_branch(A) is None
    assert world.on_branch("issues/renamed by me.md") == world.read("issues/renamed by me.md")


def test_a_file_renamed_and_edited_at_once_keeps_both(world: World) -> None:
    world.rename(A, "issues/sub/new.md")
    world.edit("issues/sub/new.md", "status: unassigned", "status: queued")
    world.settle()
    assert world.at("issues/sub/new.md").status is IssueStatus.QUEUED
    assert world.at("issues/sub/new.md").id == "i-aaaa"


@pytest.mark.xfail(strict=True, reason="a known file put in another's place is taken for an edit of that one")
def test_076_swapping_two_names_is_two_moves(world: World) -> None:
    world.rename(A, C)
    world.rename(B, A)
    world.rename(C, B)
    world.settle()
    assert (world.at(A).id, world.at(B).id) == ("i-bbbb", "i-aaaa")
    assert not world.happened("EntityRemoved")
    assert len(world.happened("IssueOpened")) == 2


@pytest.mark.xfail(strict=True, reason="a known file put in another's place is taken for an edit of that one")
def test_names_that_go_around_in_a_ring_are_moves(world: World) -> None:
    world.save(C, issue("cccc"))
    world.settle()
    world.rename(A, "issues/d.md")
    world.rename(C, A)
    world.rename(B, C)
    world.rename("issues/d.md", B)
    world.settle()
    assert [world.at(path).id for path in (A, B, C)] == ["i-cccc", "i-aaaa", "i-bbbb"]
    assert not world.happened("EntityRemoved")


@pytest.mark.xfail(strict=True, reason="a known file put in another's place is taken for an edit of that one")
def test_one_file_renamed_over_another_ends_the_other(world: World) -> None:
    world.rename(A, B)
    world.settle()
    assert world.at(B).id == "i-aaaa"
    assert world.entity("i-bbbb").removed
    world.deleted.add(B)


def test_073_a_copy_gets_an_id_of_its_own_and_says_so(world: World) -> None:
    world.save(C, world.read(A))
    world.settle()
    assert world.at(A).id == "i-aaaa"
    assert world.at(C).id not in {"i-aaaa", "i-bbbb"}
    assert "copy of i-aaaa" in world.field(C, "id")
    world.restart()
    world.settle()
    assert world.at(A).id == "i-aaaa"


def test_a_copy_that_is_edited_first_does_not_take_the_originals_place(world: World) -> None:
    world.save(C, world.read(A).replace("unassigned", "queued"))
    world.settle()
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert world.at(C).status is IssueStatus.QUEUED


def test_047_a_renamed_folder_is_moves(world: World) -> None:
    for number in range(12):
        world.save(f"issues/one/{number}.md", issue(f"xx{number:02}"))
    world.settle()
    for number in range(12):
        world.rename(f"issues/one/{number}.md", f"issues/two/{number}.md")
    world.settle()
    assert len(world.happened("DocumentMoved")) == 12
    assert not world.happened("EntityRemoved")
    assert not world.happened("ThreadOpened")


def test_an_answered_thread_moves_to_the_archive_when_its_answer_is_delivered(world: World) -> None:
    asked = world.ask(Verb.ASK, speaker="ash", question="Which?", options=("x", "y"))
    world.settle()
    (path,) = world.paths("inbox/")
    world.edit(path, "- [ ] x", "- [x] x")
    world.settle()
    assert world.paths("inbox/") == [path]
    world.ask(Verb.RECEIVE, speaker="ash", thread=asked["subject"])
    world.settle()
    assert world.paths("inbox/") == []
    assert world.paths("archive/2026/11/") == [path.replace("inbox/", "archive/2026/11/")]


def test_a_file_put_into_the_archive_by_hand_is_the_same_document(world: World) -> None:
    world.edit(A, "unassigned", "done")
    world.settle()
    world.rename(A, "archive/2026/11/a.md")
    world.settle()
    assert world.at("archive/2026/11/a.md").id == "i-aaaa"
