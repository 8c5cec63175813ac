"""What a daemon answers that ends, or begins anew because another clone decides now."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dispatchd.application.requests.request import is_stopping
from dispatchd.daemon.control_socket import serve_control
from tests.application.world import World
from tests.daemon.a_room import a_room

PING = b'{"call": "ping"}\n'
SYNC = b'{"call": "sync", "wait": true}\n'


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()


async def plain(reply: Awaitable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """No bug is expected."""
    return await reply


def test_a_call_that_meets_its_end_is_told_that_it_may_be_made_again(world: World, tmp_path: Path) -> None:
    async def play() -> object:
        room = a_room(world)
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(tmp_path / "s"))
        listener.listen()
        serving = asyncio.create_task(serve_control(room, listener, plain))
        reader, writer = await asyncio.open_unix_connection(str(tmp_path / "s"))
        other, asks = await asyncio.open_unix_connection(str(tmp_path / "s"))
        asks.write(PING)  # once it is answered, the connection before it was taken, too
        assert "result" in json.loads(await other.readline())
        room.begin_anew()
        writer.write(SYNC)
        reply = json.loads(await reader.readline())
        for each in (writer, asks):
            each.close()
            await each.wait_closed()
        await serving
        return reply

    assert is_stopping(asyncio.run(play()))


def test_other_replies_say_no_such_thing() -> None:
    replies: tuple[object, ...] = ({"ok": True}, {"ok": False, "error": {"kind": "workspace"}}, None, [])
    assert not any(map(is_stopping, replies))
