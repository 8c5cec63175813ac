"""Telling people of what waits for them, after something has happened, and by the clock where a digest is due.

It holds nothing that other loops need: a webhook that hangs keeps nobody but itself waiting.
"""

import asyncio
import logging

from dispatchd.application.ports.store_failures import StoreFailure
from dispatchd.daemon.engine_room import EngineRoom

LOG = logging.getLogger(__name__)
REST = 5.0
"""Seconds after which the clock is looked at again where people are told,"""
LONG_REST = 60.0
"""and where nobody is: settings that change are news of a round."""
APART = 1.0
"""Seconds between two looks: what happens in one breath is told together."""


async def notify_loop(room: EngineRoom) -> None:
    """Tell until the daemon stops."""
    said = ""
    while not room.stopping.is_set():
        rounds, trouble = room.rounds, ""
        tells = True
        try:
            tells = not room.halted and await room.session.run(room.tells)
            if tells:
                await room.session.run(lambda: room.tell_people(room.refresh_waiting()))
        except (OSError, StoreFailure) as failed:
            trouble = str(failed)
        if trouble and trouble != said:
            LOG.warning("people are not told what waits: %s", trouble, extra={"action": "not_told"})
        said = trouble
        await _nap(room, rounds, REST if tells or room.halted else LONG_REST)


async def _nap(room: EngineRoom, rounds: int, seconds: float) -> None:
    try:
        async with asyncio.timeout(APART):
            await room.stopping.wait()
            return
    except TimeoutError:
        pass
    await room.wait_for(lambda: room.rounds > rounds or room.stopping.is_set(), seconds - APART)
