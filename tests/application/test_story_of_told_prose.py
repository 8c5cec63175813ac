"""Prose that the log tells of, and a process that ended before the commit: both wait together, and are told once."""

from datetime import timedelta

from dispatchd.application.committing import plan_commit
from dispatchd.domain.event import ProseRevised
from tests.application.world import World
from tests.fakes.instant_store import run

ISSUE = "issues/a.md"


def tell(world: World) -> None:
    """A paragraph is written, rests, and is told of; then the process ends."""
    world.save(ISSUE, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n")
    world.settle()
    world.save(ISSUE, world.read(ISSUE) + "\nSecond\n")
    world.advance(30.0)
    world.pass_time(60.0)
    assert run(plan_commit(world.session)) is not None
    assert len(told(world)) == 1
    assert "Second" not in (world.on_branch(ISSUE) or "")


def told(world: World) -> list[str]:
    return [event.blob for event in world.happened("ProseRevised")]


def with_their_text(world: World) -> list[bool]:
    """Of each commit that tells of prose whether it changes the file."""
    return [
        any(change.path == ISSUE for change in commit.changes)
        for commit in world.log.commits_between(None, world.log.head())
        if any(ProseRevised.__name__ in event for event in commit.events)
    ]


def test_it_is_told_once_and_committed_with_its_text_also_where_the_clock_was_set_back(world: World) -> None:
    tell(world)
    world.clock.set_wall(world.clock.now() - timedelta(seconds=80))
    world.restart()
    world.advance(200.0)
    world.settle()
    assert len(told(world)) == 1
    assert with_their_text(world) == [True]
    assert world.on_branch(ISSUE) == world.read(ISSUE)


def test_what_is_written_after_it_is_told_of_by_itself(world: World) -> None:
    tell(world)
    world.restart()
    world.save(ISSUE, world.read(ISSUE) + "\nThird\n")
    world.advance(200.0)
    world.settle()
    assert len(set(told(world))) == len(told(world)) == 2
    assert world.on_branch(ISSUE) == world.read(ISSUE)
