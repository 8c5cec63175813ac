"""Committing what is due, a second or two behind."""

import asyncio

from dispatchd.application.audit_trail import next_due
from dispatchd.application.committing import commit
from dispatchd.daemon.engine_room import EngineRoom

RETRY = 1.0
LONGEST_NAP = 30.0


async def audit_loop(room: EngineRoom) -> None:
    """Commit whenever something is due, until the daemon stops."""
    session = room.session
    while not room.stopping.is_set():
        due = await session.ports.store.transact(lambda work: next_due(work, session.times))
        nap = LONGEST_NAP
        if due is not None:
            nap = max(0.0, (due - session.ports.clock.now()).total_seconds())
        if nap > 0:
            await _sleep_until_told(room, nap)
            continue
        async with room.turn:
            made = await commit(session)
        if made:
            await room.tell()
        else:
            await _pause(room, RETRY / 4)


async def _sleep_until_told(room: EngineRoom, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await room.commit_now.wait()
    except TimeoutError:
        return
    room.commit_now.clear()


async def _pause(room: EngineRoom, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await room.stopping.wait()
    except TimeoutError:
        return
