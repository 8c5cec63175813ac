"""A commit arrives while an editor holds the text below it: the `rev` is the same, and what arrived stays all the same."""

import pytest

from dispatchd.domain.issue import IssueStatus
from tests.application.invariants import check_all
from tests.application.world import BOB, World

A = "issues/a.md"
TEXT = "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n\nThird\n"


@pytest.fixture
def buffer(world: World) -> str:
    """What an editor holds since before Bob's commit came."""
    world.save(A, TEXT)
    world.settle()
    return world.read(A)


def arrive(world: World, *replacements: tuple[str, str]) -> None:
    text = world.read(A)
    for old, new in replacements:
        text = text.replace(old, new)
    world.commit({A: text}, BOB)
    world.settle()
    assert world.read(A) == text, "nothing was written into the file, so its rev is as it was"


def save(world: World, text: str) -> None:
    world.save(A, text)
    world.settle()


def test_a_buffer_that_never_saw_what_arrived_takes_none_of_it_back(world: World, buffer: str) -> None:
    arrive(world, ("Second", "Second, by Bob"))
    save(world, buffer.replace("Third", "Third, longer"))
    assert "Second, by Bob\n" in world.read(A)
    assert "Third, longer\n" in world.read(A)
    assert world.field(A, "rev") not in buffer, "so that a second save of that buffer undoes nothing either"
    save(world, buffer.replace("Third", "Third, longer still"))
    assert "Second, by Bob\n" in world.read(A)
    assert "Third, longer still\n" in world.read(A)
    check_all(world)


def test_a_fact_that_arrived_is_not_taken_back_by_an_edit_of_prose(world: World, buffer: str) -> None:
    arrive(world, ("status: unassigned", "status: queued"))
    save(world, buffer.replace("Third", "Third, longer"))
    assert world.at(A).status is IssueStatus.QUEUED
    assert len(world.happened("IssueMoved")) == 1


def test_lines_that_a_commit_took_away_do_not_come_back(world: World, buffer: str) -> None:
    arrive(world, ("Second\n\n", ""))
    save(world, buffer.replace("Third", "Third, longer"))
    assert "Second" not in world.read(A)
    assert "Third, longer" in world.read(A)


def test_several_arrivals_are_all_kept(world: World, buffer: str) -> None:
    arrive(world, ("First", "First, by Bob"))
    arrive(world, ("Second", "Second, by Bob"))
    save(world, buffer.replace("Third", "Third, longer"))
    for line in ("First, by Bob", "Second, by Bob", "Third, longer"):
        assert f"{line}\n" in world.read(A)


def test_a_text_exactly_as_it_was_is_a_wish_to_have_it_so(world: World, buffer: str) -> None:
    arrive(world, ("Second", "Second, by Bob"), ("status: unassigned", "status: queued"))
    save(world, buffer)
    assert world.at(A).status is IssueStatus.UNASSIGNED
    assert "Bob" not in world.read(A)


def test_who_has_seen_what_arrived_may_take_some_of_it_back(world: World, buffer: str) -> None:
    arrive(world, ("First", "First, by Bob"), ("Third", "Third, by Bob"))
    save(world, world.read(A).replace("First, by Bob", "First").replace("Second", "Second, longer"))
    assert "First\n" in world.read(A)
    assert "Second, longer\n" in world.read(A)
    assert "Third, by Bob\n" in world.read(A)


def test_edit_save_edit_back_save_is_two_changes_after_an_arrival_too(world: World, buffer: str) -> None:
    arrive(world, ("Second", "Second, by Bob"))
    seen = world.read(A)
    save(world, seen.replace("First", "First, longer"))
    save(world, seen.replace("Third", "Third, longer"))
    assert "First\n" in world.read(A)
    assert "Second, by Bob\n" in world.read(A)
    assert "Third, longer\n" in world.read(A)


def test_what_somebody_took_out_again_does_not_come_back(world: World, buffer: str) -> None:
    arrive(world, ("Second", "Second, by Bob"))
    save(world, world.read(A).replace("Second, by Bob", "Second, by me"))
    save(world, buffer.replace("Third", "Third, longer"))
    assert "Bob" not in world.read(A)
    assert "Third, longer\n" in world.read(A)


def test_the_same_lines_changed_by_both_are_asked_about(world: World, buffer: str) -> None:
    arrive(world, ("First", "First, by Bob"), ("Second", "Second, by Bob"))
    save(world, buffer.replace("Second", "Second, by Alice"))
    assert "First, by Bob\n" in world.read(A)
    assert "Second, by Alice\n" in world.read(A)
    (path,) = world.paths("inbox/")
    assert "Second, by Bob" in world.read(path)


def test_who_writes_on_a_line_that_arrived_contradicts_nobody(world: World, buffer: str) -> None:
    arrive(world, ("Second", "Second, by Bob"))
    save(world, world.read(A).replace("Second, by Bob", "Second, by both"))
    assert "Second, by both\n" in world.read(A)
    assert world.paths("inbox/") == []
