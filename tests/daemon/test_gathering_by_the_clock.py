"""Git's objects are put together by the clock, and a failure there is told and ends nothing."""

import asyncio
import logging
from collections.abc import Callable, Iterator

import pytest

from dispatchd.application.ports.audit_log import AuditError
from dispatchd.daemon.housekeeping_loop import gather
from tests.application.world import World
from tests.daemon.a_room import a_room


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()


async def once(world: World, do: Callable[[], bool]) -> None:
    await gather(a_room(world, gather=do))


def test_that_objects_were_put_together_is_told(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    asyncio.run(once(world, lambda: True))
    assert "put together" in caplog.text


def test_a_failure_is_told_and_ends_nothing(world: World, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> bool:
        raise AuditError("no room")

    asyncio.run(once(world, fail))
    assert "git's objects stay as they are: no room" in caplog.text
