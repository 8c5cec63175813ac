"""A folder that goes file by file: what went first counted as deleted, and comes back with the rest."""

import pytest

from dispatchd.application.lost_folder import take_back_what_went_first
from dispatchd.application.restoring import restore_all
from dispatchd.domain.issue import IssueStatus
from tests.application.world import World
from tests.fakes.instant_store import run

ISSUE = "issues/a.md"


@pytest.mark.parametrize("is_from_branch", [False, True])
def test_049_files_seen_to_go_before_the_folder_itself_were_deleted_by_nobody(
    world: World, is_from_branch: bool
) -> None:
    world.save(ISSUE, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.save("context/style.md", "Be brief\n")
    world.settle()
    files = {path: world.tree.content(path) or b"" for path in world.paths()}
    world.delete(ISSUE, "context/style.md", "config.toml")
    world.advance(4.0)
    assert world.entity("i-aaaa").removed
    run(take_back_what_went_first(world.session))
    assert not world.entity("i-aaaa").removed
    for path in world.paths():
        world.tree.delete(path)
    if is_from_branch:  # as it was before what is gone was committed
        for path, content in files.items():
            world.tree.save(path, content)
    run(restore_all(world.session))
    world.settle()
    assert world.entity("i-aaaa").status is IssueStatus.UNASSIGNED
    assert {path: world.tree.content(path) for path in files}.keys() == files.keys()
    assert world.read("context/style.md") == "Be brief\n"
    for known in (ISSUE, "context/style.md"):
        assert world.on_branch(known) == world.read(known)


def test_049_what_went_before_a_question_was_asked_about_the_rest_stands_on_the_branch_when_all_is_back(
    world: World,
) -> None:
    many = [f"context/page{number}.md" for number in range(12)]
    world.save(ISSUE, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    for path in ("context/style.md", *many):
        world.save(path, f"What {path} says\n")
    world.settle()
    files = {path: world.tree.content(path) or b"" for path in world.paths()}
    world.delete(ISSUE, "context/style.md")
    world.advance(4.0)
    assert world.on_branch(ISSUE) is None
    world.delete(*many)
    world.advance(4.0)
    assert any("files-are-gone" in path for path in world.paths("inbox/"))
    assert not world.entity("i-aaaa").removed
    for path in world.paths():
        world.tree.delete(path)
    run(take_back_what_went_first(world.session))
    for path, content in files.items():  # the branch as it was before what is gone was committed
        world.tree.save(path, content)
    run(restore_all(world.session))
    world.settle()
    for known in (ISSUE, "context/style.md", *many):
        assert world.on_branch(known) == world.read(known), known
