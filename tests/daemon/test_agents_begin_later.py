"""A daemon answers and takes in what was saved before it opens agents' work; what fails there ends it, said aloud."""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispatchd.application.ports.tree_watcher import Rescan, RescanReason
from dispatchd.daemon.engine_room import AgentLoops, EngineRoom, OpenAgents
from dispatchd.daemon.supervisor import supervise
from dispatchd.domain.errors import WorkspaceError
from tests.application.world import World
from tests.daemon.a_room import a_room

PING = b'{"call": "ping"}\n'


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()


def listener_at(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


async def ping(path: Path) -> object:
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(PING)
    answer = json.loads(await reader.readline())
    writer.close()
    await writer.wait_closed()
    return answer["result"]


def a_room_that_opens(world: World, open_agents: OpenAgents) -> EngineRoom:
    world.session.ports = replace(world.session.ports, aside=asyncio.to_thread)
    return a_room(world, open_agents=open_agents)


def test_it_answers_before_agents_work_is_open_and_lets_it_begin_then(world: World, tmp_path: Path) -> None:
    told = threading.Event()
    seen: list[object] = []
    rooms: list[EngineRoom] = []

    async def work() -> None:
        seen.append("begun")

    def open_agents() -> AgentLoops:
        seen.append(rooms[0].rounds > 0)
        told.wait()
        return lambda _room, _boundary: (work(),)

    async def play() -> int:
        rooms.append(a_room_that_opens(world, open_agents))
        running = asyncio.create_task(supervise(rooms[0], listener_at(tmp_path / "s")))
        while not seen:
            await ping(tmp_path / "s")
        assert await ping(tmp_path / "s")
        assert seen == [True]
        told.set()
        return await running

    assert asyncio.run(play()) == 0
    assert seen == [True, "begun"]


def test_agents_work_that_cannot_be_opened_ends_the_daemon(
    world: World, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def open_agents() -> AgentLoops:
        raise WorkspaceError("the key cannot be read")

    async def play() -> int:
        return await supervise(a_room_that_opens(world, open_agents), listener_at(tmp_path / "s"))

    assert asyncio.run(play()) == 1
    assert "dispatchd stopped: the key cannot be read" in caplog.text


def test_a_daemon_that_is_stopped_first_opens_nothing(world: World, tmp_path: Path) -> None:
    def open_agents() -> AgentLoops:
        raise AssertionError("opened")

    async def play() -> int:
        room = a_room_that_opens(world, open_agents)
        room.stopping.set()
        return await supervise(room, listener_at(tmp_path / "s"))

    assert asyncio.run(play()) == 0


def test_a_repository_that_was_moved_away_meanwhile_is_waited_for(world: World, tmp_path: Path) -> None:
    tries: list[int] = []

    async def work() -> None:
        tries.append(len(tries))

    async def play() -> int:
        def open_agents() -> AgentLoops:
            tries.append(len(tries))
            room.inbox.put(Rescan(reason=RescanReason.POLL))
            if len(tries) < 3:  # the room's own folder is nowhere
                raise FileNotFoundError("agents.key")
            return lambda _room, _boundary: (work(),)

        room = a_room_that_opens(world, open_agents)
        return await supervise(room, listener_at(tmp_path / "s"))

    assert asyncio.run(play()) == 0
    assert tries == [0, 1, 2, 3]
