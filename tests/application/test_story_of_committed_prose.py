"""Prose that somebody commits themselves is an act like a save of it: the log tells of it, once, by whoever wrote it."""

import pytest

from dispatchd.application.following import follow_head
from tests.application.losing import assert_rebuilt_equal
from tests.application.world import BOB, World
from tests.fakes.instant_store import run

A, B = "issues/a.md", "issues/b.md"


@pytest.fixture(autouse=True)
def _issues(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nFirst\n")
    world.settle()


def told(world: World) -> list[str]:
    return [each for each in world.told() if " writes in " in each]


def committed_once(world: World) -> bool:
    """Whether every event stands in exactly one commit."""
    return sorted(world.committed_events()) == sorted(event.id for event in world.events())


def test_text_in_a_commit_is_told_at_once_as_its_authors(world: World) -> None:
    world.commit({A: world.read(A) + "\nSecond\n"})
    world.round()
    assert told(world) == ["Bob Roe writes in i-aaaa: A"]
    world.settle()
    assert told(world) == ["Bob Roe writes in i-aaaa: A"]
    assert committed_once(world)
    assert world.on_branch(A) == world.read(A)


def test_each_of_several_commits_is_told_and_a_file_that_is_rendered_too(world: World) -> None:
    world.commit({A: world.read(A) + "\nSecond\n"})
    world.commit({A: world.read(A) + "\nThird\n", "epics/e.md": "# E\n\nWhy.\n"})
    world.settle()
    world.commit({"epics/e.md": world.read("epics/e.md") + "\nMore.\n"})
    world.settle()
    assert told(world)[:2] == ["Bob Roe writes in i-aaaa: A"] * 2
    assert len(told(world)) == 3
    assert committed_once(world)


def test_a_save_that_somebodys_commit_sweeps_along_is_told_as_its_writers(world: World) -> None:
    world.edit(B, "First", "First, by Alice")
    world.advance(5.0)
    world.commit({A: world.read(A) + "\nSecond\n", B: world.read(B)}, BOB)
    world.settle()
    assert sorted(told(world)) == ["Alice Doe writes in i-bbbb: B", "Bob Roe writes in i-aaaa: A"]
    assert committed_once(world)


def test_ones_own_save_that_one_commits_is_told_once(world: World) -> None:
    world.edit(A, "First", "First, and more")
    world.advance(5.0)
    world.commit({A: world.read(A)}, ("Alice Doe", "alice@example.com"), writes_files=False)
    world.settle()
    assert told(world) == ["Alice Doe writes in i-aaaa: A"]
    assert committed_once(world)


def test_a_fact_in_a_commit_is_told_as_that_alone_and_a_revert_is_nobodys(world: World) -> None:
    before = world.read(A)
    world.commit({A: before.replace("unassigned", "queued")})
    world.settle()
    assert told(world) == []
    world.commit({A: world.read(A) + "\nSecond\n"})
    world.settle()
    world.commit({A: world.read(A).replace("\nSecond\n", "")}, is_revert=True)
    world.settle()
    assert len(told(world)) == 1


def test_it_is_told_once_wherever_the_daemon_ends_and_alike_from_the_branch(world: World) -> None:
    world.commit({A: world.read(A) + "\nSecond\n"})
    run(follow_head(world.session))
    world.restart()
    world.settle()
    assert len(told(world)) == 1
    assert_rebuilt_equal(world)
    world.settle()
    assert told(world) == ["Bob Roe writes in i-aaaa: A"]
