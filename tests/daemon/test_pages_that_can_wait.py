"""What agents do stands on STATUS.md and WAITING.md within a second, and the pages are not composed for each of their acts."""

import asyncio
from collections.abc import Iterator

import pytest

from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.intake_loop import nap, one_round
from tests.application.world import World
from tests.daemon.a_room import a_room


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()


class Composing:
    """A daemon that counts how often its pages are composed."""

    def __init__(self, world: World) -> None:
        self.world, self.times = world, 0

    def room(self) -> EngineRoom:
        return a_room(self.world, refresh_status=self.compose)

    def compose(self) -> str:
        self.times += 1
        return "What goes on.\n"

    async def rest(self, room: EngineRoom) -> None:
        """Rounds until nothing is due any more."""
        for _ in range(20):
            did = await one_round(room, [])
            self.world.clock.pass_time(max(0.01, min(nap(room, did=did), 1.0)))


def test_after_a_rest_what_an_agent_does_stands_there_at_once(world: World) -> None:
    daemon = Composing(world)

    async def story() -> None:
        room = daemon.room()
        await daemon.rest(room)
        before = daemon.times
        room.status_due = True
        await one_round(room, [])
        assert daemon.times == before + 1

    asyncio.run(story())


def test_what_agents_do_within_a_second_is_told_together_and_told(world: World) -> None:
    daemon = Composing(world)

    async def story() -> None:
        room = daemon.room()
        await daemon.rest(room)
        room.status_due = True
        await one_round(room, [])
        before, apart = daemon.times, room.session.times.between_renders
        for _ in range(8):
            room.status_due = True
            await one_round(room, [])
            world.clock.pass_time(apart / 10)
        assert daemon.times == before
        assert nap(room, did=False) <= 0.2 * apart + 0.01
        await daemon.rest(room)
        assert daemon.times > before
        assert not room.status_due

    asyncio.run(story())


def test_whoever_waits_for_it_is_not_kept_waiting(world: World) -> None:
    daemon = Composing(world)

    async def story() -> None:
        room = daemon.room()
        await daemon.rest(room)
        for _ in range(2):
            room.status_due = True
            await one_round(room, [])
        before = daemon.times
        room.hurry_status()
        await one_round(room, [])
        assert daemon.times == before + 1

    asyncio.run(story())


def test_a_daemon_at_rest_composes_nothing(world: World) -> None:
    daemon = Composing(world)

    async def story() -> None:
        room = daemon.room()
        await daemon.rest(room)
        before = daemon.times
        await daemon.rest(room)
        assert daemon.times == before
        assert not room.status_due

    asyncio.run(story())
