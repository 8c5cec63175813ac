"""What lies in quarantine is looked at until it is gone, and quarantine is looked at after every round; not otherwise."""

import asyncio
from collections.abc import Iterator

import pytest

from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.housekeeping_loop import SWEEP_EVERY, Due, sweep_if_needed
from tests.application.world import World
from tests.daemon.a_room import a_room


@pytest.fixture
def world() -> Iterator[World]:
    made = World({"issues/a.md": "A\n"})
    made.settle()
    yield made
    made.store.remove()


def lying(world: World) -> list[str]:
    return world.tree.private_names("quarantine")


def displace(world: World, path: str) -> None:
    """Have something written over what a person saved."""
    world.save(path, "B\n")
    while not lying(world):
        world.pass_time(1.0)
        world.round()


async def sweep_till_rest(room: EngineRoom, due: Due, world: World) -> None:
    for _ in range(6):
        await sweep_if_needed(room, due)
        world.pass_time(SWEEP_EVERY)


def test_it_is_swept_after_a_round_and_until_nothing_lies_there(world: World) -> None:
    never = 1e9
    due = Due(never, never, never, never, never, never, never, 0.0)

    async def play() -> None:
        room = a_room(world)
        displace(world, "issues/b.md")
        await sweep_till_rest(room, due, world)
        assert (lying(world), due.lies) == ([], False)
        displace(world, "issues/c.md")
        await sweep_till_rest(room, due, world)  # no round was told of
        assert lying(world)
        await room.tell()
        await sweep_till_rest(room, due, world)
        assert (lying(world), due.lies) == ([], False)

    asyncio.run(play())
