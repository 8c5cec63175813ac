"""An engine room around a world's session, with what a daemon has besides left out."""

import asyncio
from pathlib import Path
from typing import Any

from dispatchd.application.requests.carrying_out import carry_out
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.daemon.hint_inbox import HintInbox
from tests.application.world import World
from tests.fakes.fake_watcher import FakeWatcher


def a_room(world: World, watcher: FakeWatcher | None = None, **more: Any) -> EngineRoom:
    """The room of a daemon that works in *world*; to be made where a loop runs."""
    rest: dict[str, Any] = {"open_tree": world.tree.restarted, "refresh_status": str, **more}
    return EngineRoom(
        session=world.session,
        watcher=watcher or FakeWatcher(),
        inbox=HintInbox(asyncio.get_running_loop(), world.session.now),
        private=Path("/nowhere"),
        carry_out=carry_out,
        backup=lambda: None,
        last_status=str,
        refresh_waiting=tuple,
        **rest,
    )
