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


def test_076_swapping_two_names_is_two_moves(world: World) -> None:
    world.rename(A, C)
    world.rename(B, A)
    world.rename(C, B)
    world.settle()
    assert (world.at(A).id, world.at(B).id) == ("i-bbbb", "i-aaaa")
    assert not world.happened("EntityRemoved")
    assert len(world.happened("IssueOpened")) == 2


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


def test_of_two_names_swapped_one_may_be_changed_again(world: World) -> None:
    world.rename(A, C)
    world.rename(B, A)
    world.rename(C, B)
    world.rename(A, "issues/moved.md")
    world.settle()
    assert [world.at(path).id for path in (B, "issues/moved.md")] == ["i-aaaa", "i-bbbb"]
    assert not world.happened("EntityRemoved")


def test_a_file_that_vanishes_just_after_the_start_has_its_time_to_come_back(world: World) -> None:
    world.advance(60.0)
    world.restart()
    text = world.read(A)
    world.delete(A)
    world.advance(1.5)
    world.save(A, text)
    world.settle()
    assert not world.happened("EntityRemoved")


def test_a_name_swapped_with_that_of_a_new_copy_is_a_move(world: World) -> None:
    world.save(C, issue("cccc"))
    world.settle()
    world.save("issues/copy.md", world.read(A))
    world.advance(0.5)
    world.rename(C, "issues/d.md")
    world.rename("issues/copy.md", C)
    world.rename("issues/d.md", "issues/copy.md")
    world.settle()
    assert (world.at(A).id, world.at("issues/copy.md").id) == ("i-aaaa", "i-cccc")
    assert world.at(C).id not in {"i-aaaa", "i-bbbb", "i-cccc"}
    assert world.entity("i-cccc").title == "Issue cccc"
    assert not world.happened("EntityRemoved")


def test_a_file_moved_away_and_a_new_one_in_its_place_are_two(world: World) -> None:
    world.edit(A, "status: unassigned", "status: queued")
    world.settle()
    world.rename(A, "issues/old.md")
    world.save(A, "Something new\n")
    world.settle()
    assert world.at("issues/old.md").id == "i-aaaa"
    assert world.at("issues/old.md").status is IssueStatus.QUEUED
    assert world.at(A).id not in {"i-aaaa", "i-bbbb"}
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert "dispatchd:" not in world.read("issues/old.md") + world.read(A)


def test_a_copy_of_a_file_that_lost_its_front_matter_is_still_a_copy(world: World) -> None:
    world.save("issues/copy.md", world.read(A))
    world.save(A, "Only text\n")
    world.settle()
    assert world.at(A).id == "i-aaaa"
    assert world.at("issues/copy.md").id not in {"i-aaaa", "i-bbbb"}


def test_a_file_emptied_while_names_go_around_is_still_that_file(world: World) -> None:
    world.save(C, issue("cccc"))
    world.settle()
    text = world.read(A)
    world.rename(A, "issues/d.md")
    world.rename(C, A)
    world.rename(B, C)
    world.rename("issues/d.md", B)
    world.save(B, "")
    world.advance(2.3)
    world.save(B, text)
    world.settle()
    assert [world.at(path).id for path in (A, B, C)] == ["i-cccc", "i-aaaa", "i-bbbb"]
    assert not world.happened("EntityRemoved")


def test_one_file_renamed_over_another_ends_the_other(world: World) -> None:
    world.rename(A, B)
    world.settle()
    assert world.at(B).id == "i-aaaa"
    assert world.entity("i-bbbb").removed
    world.deleted.add("i-bbbb")


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


def test_names_shifted_along_are_moves_whatever_is_looked_at_first(world: World) -> None:
    for first in (A, B, C):
        world.is_deaf = True
        if world.tree.content(C) is None:
            world.rename(B, C)
            world.rename(A, B)
        else:
            world.rename(B, A)
            world.rename(C, B)
        world.is_deaf = False
        world.hint(first)
        world.advance(0.6)
        for path in (A, B, C):
            world.hint(path)
        world.settle()
    assert (world.at(B).id, world.at(C).id) == ("i-aaaa", "i-bbbb")
    assert len(world.happened("IssueOpened")) == 2
    assert not world.happened("EntityRemoved")


def test_what_was_overwritten_comes_back_with_its_text_on_request(world: World) -> None:
    text = world.read(B)
    world.rename(A, B)
    world.settle()
    world.ask(Verb.RESTORE, id="i-bbbb")
    world.settle()
    (path,) = [path for path in world.paths("issues/") if path != B]
    assert world.read(path) == text
    assert not world.entity("i-bbbb").removed


def test_a_file_copied_over_another_is_an_edit_of_that_one(world: World) -> None:
    world.save(B, world.read(A))
    world.settle()
    assert (world.at(A).id, world.at(B).id) == ("i-aaaa", "i-bbbb")
    assert world.at(B).title == "Issue aaaa"
    assert "# dispatchd:" in world.field(B, "id")


def test_names_swapped_by_a_commit_are_moves(world: World) -> None:
    world.commit({A: world.read(B), B: world.read(A)})
    world.settle()
    assert (world.at(A).id, world.at(B).id) == ("i-bbbb", "i-aaaa")
    assert not world.happened("EditRefused")


def test_names_swapped_while_nobody_watches_are_moves(world: World) -> None:
    world.crash()
    world.rename(A, C)
    world.rename(B, A)
    world.rename(C, B)
    world.start()
    world.settle()
    assert (world.at(A).id, world.at(B).id) == ("i-bbbb", "i-aaaa")
