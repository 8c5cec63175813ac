"""A daemon at rest looks at what nobody tells it of, and does no more; whatever that shows brings a round."""

import asyncio
from collections.abc import Callable, Iterator, Sequence

import pytest

from dispatchd.application.history import HEAD
from dispatchd.application.ports.tree_watcher import Hint, Rescan, RescanReason, Touched
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.hint_inbox import HintInbox
from dispatchd.daemon.intake_loop import intake_loop
from dispatchd.domain.identifiers import DocumentPath
from tests.application.world import World
from tests.daemon.a_room import a_room

BEFORE_REST = 8
"""Strokes of the clock after which a daemon that has just begun is at rest."""
Step = Callable[[EngineRoom], None]


@pytest.fixture
def world() -> Iterator[World]:
    made = World({"issues/a.md": "A\n"})
    made.settle()
    yield made
    made.store.remove()


class Ticks(HintInbox):
    """The clock strikes at once, and before each stroke one of *steps* is done; afterwards the daemon stops."""

    def __init__(self, world: World, steps: Sequence[Step]) -> None:
        super().__init__(asyncio.get_running_loop(), world.session.now)
        self.steps = list(steps)
        self.rounds: list[int] = []

    def follow(self, room: EngineRoom) -> "Ticks":
        self.room = room
        return self

    async def wait(self, seconds: float, breath: float = 0.0) -> Sequence[Hint]:  # noqa: ARG002 -- time is not waited for
        self.rounds.append(self.room.rounds)
        if not self.steps:
            self.room.stopping.set()
            return ()
        self.steps.pop(0)(self.room)
        return await super().wait(0.0)


def rounds_of(world: World, *steps: Step) -> list[int]:
    """The rounds there had been after each step, since the daemon was at rest."""

    async def play() -> list[int]:
        room = a_room(world)
        ticks = Ticks(world, [nothing] * BEFORE_REST + list(steps)).follow(room)
        room.inbox = ticks
        await intake_loop(room)
        rest, *after = ticks.rounds[BEFORE_REST:]
        return [rounds - rest for rounds in after]

    return asyncio.run(play())


def nothing(_room: EngineRoom) -> None:
    """The clock strikes."""


def test_where_nothing_happens_there_is_no_round(world: World) -> None:
    assert rounds_of(world, nothing, nothing) == [0, 0]


def test_a_hint_brings_a_round(world: World) -> None:
    def rescan(room: EngineRoom) -> None:
        room.inbox.put(Rescan(reason=RescanReason.POLL))
        room.inbox.wake()

    assert rounds_of(world, nothing, rescan) == [0, 1]


def test_whoever_wakes_the_loop_has_a_round(world: World) -> None:
    assert rounds_of(world, nothing, lambda room: room.inbox.wake()) == [0, 1]


def test_a_branch_that_moved_unheard_brings_a_round(world: World) -> None:
    def move(_room: EngineRoom) -> None:
        world.commit({"issues/b.md": "B\n"})

    assert rounds_of(world, nothing, move)[-1] == 1
    assert world.store.look(lambda work: work.note(HEAD)) == world.log.head()


def test_git_at_work_brings_rounds_until_it_is_done(world: World) -> None:
    def begin(_room: EngineRoom) -> None:
        world.log.open_operation = "a merge is open"

    def end(_room: EngineRoom) -> None:
        world.log.open_operation = None

    assert rounds_of(world, begin, nothing, end, nothing) == [1, 2, 3, 3]


def test_a_page_that_is_due_brings_a_round(world: World) -> None:
    def due(room: EngineRoom) -> None:
        room.status_due = True

    assert rounds_of(world, nothing, due)[-1] == 1


def test_a_transaction_of_another_loop_brings_a_round(world: World) -> None:
    def change(_room: EngineRoom) -> None:
        world.store.look(lambda work: work.set_note("mine", "1"))

    assert rounds_of(world, nothing, change) == [0, 1]


def test_a_file_that_waits_for_its_time_brings_rounds(world: World) -> None:
    def save(room: EngineRoom) -> None:
        world.save("issues/new.md", "New\n")
        room.inbox.put(Touched(path=DocumentPath("issues/new.md")))

    first, second = rounds_of(world, save, nothing)
    assert 1 <= first < second


def test_a_folder_that_went_unheard_halts_everything(world: World) -> None:
    rooms: list[EngineRoom] = []

    def take_away(room: EngineRoom) -> None:
        rooms.append(room)
        world.tree.remove_root()

    assert rounds_of(world, nothing, take_away)[-1] == 1
    assert rooms[0].halted


def test_another_clone_that_decides_now_ends_the_daemon(world: World) -> None:
    rooms: list[EngineRoom] = []

    def move_home(room: EngineRoom) -> None:
        rooms.append(room)
        room.role_changed = lambda: True

    rounds_of(world, nothing, move_home)
    assert rooms[0].begins_anew
