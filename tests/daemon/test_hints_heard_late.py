"""A save that was heard of while the daemon was at something else: it has been quiet since then, and not only since the look."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from dispatchd.application.ports.tree_watcher import Touched
from dispatchd.daemon.intake_loop import one_round
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World
from tests.daemon.a_room import a_room

PATH = DocumentPath("issues/login.md")
BUSY = 0.2
"""Seconds for which the daemon is at something else, less than a file has to be quiet."""


@pytest.fixture
def world() -> Iterator[World]:
    made = World({PATH: "# Login times out\n"})
    made.settle()
    yield made
    made.store.remove()


def due_after(world: World, meanwhile: Callable[[], object]) -> float:
    """When a save is due, by the clock of its moment: it was looked at only when the daemon was done, *meanwhile* that."""
    began = world.clock.monotonic()

    async def hear_and_look() -> float | None:
        room = a_room(world)
        world.edit(PATH, "Login", "The login")
        room.inbox.put(Touched(path=PATH))
        meanwhile()
        await one_round(room, await room.inbox.wait(10.0))
        return world.session.observing.next_due()

    due = asyncio.run(hear_and_look())
    assert due is not None
    return due - began


def test_it_has_been_quiet_since_it_was_heard_of(world: World) -> None:
    due = due_after(world, lambda: world.pass_time(BUSY))

    assert due == pytest.approx(world.session.times.settle)


def test_what_was_written_since_without_a_word_begins_anew(world: World) -> None:
    def written_on() -> None:
        world.pass_time(BUSY / 2)
        world.edit(PATH, "The login", "Our login")
        world.pass_time(BUSY / 2)

    due = due_after(world, written_on)

    assert due == pytest.approx(BUSY / 2 + world.session.times.settle)
