"""A tree whose folder is gone is made again while nobody else has the session: no git of the daemon is beside it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from dispatchd.daemon.calls import ReopenCall
from dispatchd.daemon.control_socket import called
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.hint_inbox import HintInbox
from tests.application.world import World
from tests.fakes.fake_watcher import FakeWatcher


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()


class Reopened:
    """A daemon that is told to open its tree again."""

    def __init__(self, world: World, *, knows_tree: bool = True) -> None:
        self.world, self.knows_tree = world, knows_tree
        self.had_the_turn = self.begins_anew = False

    async def answer(self) -> Mapping[str, Any]:
        room = EngineRoom(
            session=self.world.session,
            watcher=FakeWatcher(),
            inbox=HintInbox(asyncio.get_running_loop()),
            private=Path("/nowhere"),
            backup=lambda: None,
            refresh_status=str,
            last_status=str,
            refresh_waiting=tuple,
            open_tree=self.world.tree.restarted,
            mend_tree=lambda: self.mend(room),
            knows_tree=lambda: self.knows_tree,
        )
        said = await called(room, ReopenCall())
        self.begins_anew = room.begins_anew
        return said

    def mend(self, room: EngineRoom) -> Sequence[str]:
        self.had_the_turn = room.turn.locked()
        return ["brought it back"]


def test_the_folder_is_mended_by_whoever_has_the_turn(world: World) -> None:
    daemon = Reopened(world)
    assert asyncio.run(daemon.answer()) == {"done": ["brought it back"], "restored": 0, "new": []}
    assert daemon.had_the_turn
    assert not daemon.begins_anew


def test_a_daemon_whose_tree_got_another_record_begins_anew(world: World) -> None:
    daemon = Reopened(world, knows_tree=False)
    assert asyncio.run(daemon.answer())["done"] == ["brought it back"]
    assert daemon.begins_anew
