"""What is heard while the daemon is at something else: a save has been quiet since it was heard of, hints are gathered,
and the status page is made no more often than it is written.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import pytest

from dispatchd.application.ports.tree_watcher import CookieSeen, Hint, Touched
from dispatchd.daemon.intake_loop import nap, one_round
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


def test_files_that_are_touched_in_one_breath_are_looked_at_together(world: World) -> None:
    other = DocumentPath("issues/logout.md")

    async def hear() -> list[Sequence[Hint]]:
        inbox = a_room(world).inbox
        inbox.put(Touched(path=PATH))
        asyncio.get_running_loop().call_later(0.01, inbox.put, Touched(path=other))
        asyncio.get_running_loop().call_later(0.02, inbox.put, CookieSeen(name="cookie"))
        return [await inbox.wait(10.0, breath=10.0), await inbox.wait(0.0, breath=10.0)]

    heard, more = asyncio.run(asyncio.wait_for(hear(), 5.0))

    assert heard == [Touched(path=PATH), Touched(path=other), CookieSeen(name="cookie")]
    assert not more


def test_a_status_page_that_was_just_made_is_made_again_when_a_second_is_over(world: World) -> None:
    made: list[float] = []

    def page() -> str:
        made.append(world.clock.monotonic())
        return "page"

    async def save_and_go_on() -> None:
        room = a_room(world, refresh_status=page)
        await one_round(room, [])
        world.edit(PATH, "Login", "The login")
        world.pass_time(world.session.times.settle)
        await one_round(room, [Touched(path=PATH)])
        world.pass_time(world.session.times.settle)
        await one_round(room, [])
        world.pass_time(nap(room, did=True))
        await one_round(room, [])

    asyncio.run(save_and_go_on())

    assert [at - made[0] for at in made] == pytest.approx([0.0, world.session.times.between_renders])
