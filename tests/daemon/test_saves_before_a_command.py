"""A command acts on what its person sees: what was saved before it is taken in first, when it has been quiet as always."""

import asyncio
from collections.abc import Callable, Iterator

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.context import context_for
from dispatchd.application.ports.tree_watcher import Touched
from dispatchd.application.requests.request import Request, Verb, dump_request
from dispatchd.daemon.calls import PerformCall
from dispatchd.daemon.control_socket import called
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.intake_loop import intake_loop
from dispatchd.daemon.settled import is_owed_a_save
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World
from tests.daemon.a_room import a_room
from tests.fakes.fake_watcher import FakeWatcher

PATH = DocumentPath("issues/login.md")


@pytest.fixture
def world() -> Iterator[World]:
    made = World(
        {PATH: "---\nid: i-7k2m\ntitle: Login times out\npriority: low\n---\n\nPlay the old script.\n"}
    )
    made.settle()
    yield made
    made.store.remove()


def commented(
    world: World, before: Callable[[EngineRoom], object], meanwhile: Callable[[EngineRoom], object] = str
) -> list[str]:
    """The names of what happened since *before* was done, and a comment given by command at once after it.

    Something may be done *meanwhile*, twenty times a second.
    """
    known = len(world.events())

    async def story() -> None:
        watcher = FakeWatcher()
        room = a_room(world, watcher, role_changed=lambda: False)
        watcher.start(room.inbox.put)

        async def time_passes() -> None:
            while not room.stopping.is_set():
                world.pass_time(0.05)
                meanwhile(room)
                room.inbox.wake()
                await room.wait_for(room.stopping.is_set, 0.001)

        loops = [asyncio.create_task(intake_loop(room)), asyncio.create_task(time_passes())]
        before(room)
        request = Request(verb=Verb.COMMENT, arguments={"id": "i-7k2m", "text": "Try again."})
        await called(room, PerformCall(request=dump_request(request)))
        room.stopping.set()
        room.inbox.wake()
        await asyncio.gather(*loops)

    asyncio.run(asyncio.wait_for(story(), 60.0))
    return [type(each.event).__name__ for each in world.events()[known:]]


def saves(world: World, room: EngineRoom, before: str, after: str) -> None:
    world.edit(PATH, before, after)
    room.inbox.put(Touched(path=PATH))


def test_what_was_saved_just_before_a_command_comes_first(world: World) -> None:
    happened = commented(world, lambda room: saves(world, room, "priority: low", "priority: high"))
    assert happened[:2] == ["FactSet", "CommentAdded"]


def test_a_turn_that_begins_by_a_command_is_told_the_new_text(world: World) -> None:
    commented(world, lambda room: saves(world, room, "the old script", "the mended script"))
    told = world.store.look(lambda work: context_for(work, PackagedAssets(), "i-7k2m", 60_000))
    assert "the mended script" in told


def test_a_save_that_goes_on_and_on_is_waited_for_no_longer_than_saves_are(world: World) -> None:
    began = world.clock.monotonic()

    def types_on(room: EngineRoom) -> None:
        saves(world, room, "old script", "old script, again")

    assert "CommentAdded" in commented(world, types_on, meanwhile=types_on)
    assert world.clock.monotonic() - began < 2 * world.session.times.longest


def test_while_git_works_in_the_tree_a_command_is_not_kept_waiting(world: World) -> None:
    def merges(room: EngineRoom) -> None:
        saves(world, room, "Login", "The login")
        world.log.open_operation = "a merge is open in .dispatch"

    assert commented(world, merges) == ["CommentAdded"]


def test_what_the_daemon_has_written_itself_is_no_save_to_be_waited_for(world: World) -> None:
    async def story() -> tuple[bool, bool]:
        room = a_room(world, FakeWatcher(), role_changed=lambda: False)
        await world.session.look([PATH], stirred={PATH: None})
        of_ours = await is_owed_a_save(room, world.clock.monotonic())
        world.edit(PATH, "priority: low", "priority: high")
        await world.session.look([PATH], stirred={PATH: None})
        return of_ours, await is_owed_a_save(room, world.clock.monotonic())

    world.session.settling.forget(PATH)
    assert asyncio.run(story()) == (False, True)
