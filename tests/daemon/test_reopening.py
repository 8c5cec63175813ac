"""A tree whose folder is gone is made again while nobody else has the session: no git of the daemon is beside it."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from dispatchd.daemon.calls import ReopenCall
from dispatchd.daemon.control_socket import called
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.intake_loop import one_round
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from tests.application.world import World
from tests.daemon.a_room import a_room


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

    def room(self) -> EngineRoom:
        room: EngineRoom = a_room(
            self.world, mend_tree=lambda: self.mend(room), knows_tree=lambda: self.knows_tree
        )
        return room

    async def answer(self) -> Mapping[str, Any]:
        room = self.room()
        said = await called(room, ReopenCall())
        self.begins_anew = room.begins_anew
        return said

    async def look(self) -> None:
        """A round of a daemon that another loop has halted already."""
        room = self.room()
        room.halt("another loop met it first")
        await one_round(room, [])

    def mend(self, room: EngineRoom) -> Sequence[str]:
        self.had_the_turn = room.turn.locked()
        return ["brought it back"]


def test_the_folder_is_mended_by_whoever_has_the_turn(world: World) -> None:
    daemon = Reopened(world)
    said = asyncio.run(daemon.answer())
    assert said == {"done": ["brought it back"], "restored": 0, "new": [], "unkept": {}}
    assert daemon.had_the_turn
    assert not daemon.begins_anew


def test_a_daemon_whose_tree_got_another_record_begins_anew(world: World) -> None:
    daemon = Reopened(world, knows_tree=False)
    assert asyncio.run(daemon.answer())["done"] == ["brought it back"]
    assert daemon.begins_anew


ISSUE = "issues/a.md"


def delete_slowly(world: World) -> None:
    """A folder goes file by file, so slowly that the first of them counts as deleted."""
    world.save(ISSUE, "---\nid: i-aaaa\n---\nText.\n")
    world.settle()
    world.delete(ISSUE)
    world.settle()
    assert world.entity("i-aaaa").removed


def test_049_what_went_before_the_folder_is_taken_back_though_another_loop_met_that_first(
    world: World,
) -> None:
    delete_slowly(world)
    world.tree.remove_root()
    asyncio.run(Reopened(world).look())
    assert not world.entity("i-aaaa").removed


def test_049_what_went_before_the_folder_comes_back_with_it_though_no_round_was_between(world: World) -> None:
    delete_slowly(world)
    asyncio.run(Reopened(world).answer())
    assert not world.entity("i-aaaa").removed
    record = world.store.look(lambda work: work.documents.at(DocumentPath(ISSUE)))
    assert record is not None
    assert record.owed_since is not None
    assert b"Text." in world.store.look(lambda work: work.blobs.get(record.current or DocumentDigest("")))
