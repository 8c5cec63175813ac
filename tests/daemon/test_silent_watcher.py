"""A watcher that has gone silent: found by a marker that does not come back, replaced, and everything looked at anew."""

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from dispatchd.application.ports.tree_watcher import CookieSeen, Hint, Rescan, RescanReason
from dispatchd.daemon import housekeeping_loop
from dispatchd.daemon.housekeeping_loop import check_watcher
from tests.application.world import World
from tests.daemon.a_room import a_room
from tests.fakes.fake_watcher import FakeWatcher


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()


async def beat(world: World, watcher: FakeWatcher, *, is_heard: bool) -> list[Hint]:
    """One check of the watcher; what was heard besides markers."""
    room = a_room(world, watcher)
    watcher.start(room.inbox.put)
    watcher.holds_cookies = not is_heard

    async def hear() -> Sequence[Hint]:
        hints = await room.inbox.wait(10.0)
        room.cookies_seen.update(hint.name for hint in hints if isinstance(hint, CookieSeen))
        await room.tell()
        return hints

    listening = asyncio.create_task(hear())
    await check_watcher(room)
    return [hint for hint in await listening if not isinstance(hint, CookieSeen)]


def test_045_a_watcher_that_hears_nothing_any_more_is_replaced_and_everything_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping_loop, "COOKIE_WITHIN", 0.05)
    silent = FakeWatcher()
    assert asyncio.run(beat(world, silent, is_heard=False)) == [Rescan(reason=RescanReason.WATCH_ERROR)]
    assert silent.starts == 2


def test_045_a_watcher_that_hears_is_left_alone(world: World) -> None:
    sound = FakeWatcher()
    assert asyncio.run(beat(world, sound, is_heard=True)) == []
    assert sound.starts == 1
