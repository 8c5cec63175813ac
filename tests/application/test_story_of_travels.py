"""The branch moved through its history, and what stays decided."""

from datetime import timedelta

import pytest

from dispatchd.domain.issue import IssueStatus, Priority
from tests.application.who_and_what import ALICE
from tests.application.world import BOB, World

A, B = "issues/a.md", "issues/b.md"


@pytest.fixture(autouse=True)
def _issues(world: World) -> None:
    world.save(A, "---\nid: i-aaaa\ntitle: A\n---\n\nFirst\n\nSecond\n")
    world.save(B, "---\nid: i-bbbb\ntitle: B\n---\n\nText\n")
    world.settle()


def acting(world: World, kind: str) -> list[str]:
    return [
        recorded.circumstance.actor.handle
        for recorded in world.events()
        if type(recorded.event).__name__ == kind
    ]


def test_054_a_clock_set_back_an_hour_changes_nothing_of_the_order(world: World) -> None:
    world.edit(A, "unassigned", "queued")
    world.settle()
    world.clock.set_wall(world.clock.now() - timedelta(hours=1))
    world.edit(A, "queued", "cancelled")
    world.settle()
    assert world.at(A).status is IssueStatus.CANCELLED
    world.clock.suspend(8 * 3600.0)
    world.scan()
    world.settle()
    assert len(world.happened("IssueMoved")) == 2


def test_priorities_of_two_people_in_one_pull_are_each_their_own(world: World) -> None:
    world.commit({A: world.read(A).replace("priority: medium", "priority: high")}, BOB)
    world.commit({B: world.read(B).replace("priority: medium", "priority: low")}, ALICE)
    world.settle()
    assert (world.at(A).priority, world.at(B).priority) == (Priority.HIGH, Priority.LOW)
    assert acting(world, "FactSet") == ["bob", "alice"]
