"""Committing what is due, a second or two behind."""

import asyncio
import logging

from dispatchd.application.audit_trail import next_due
from dispatchd.application.bugs_in_reading import BUGS
from dispatchd.application.committing import plan_commit, prepare_commit, publish_commit
from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.store_failures import StoreUnavailable
from dispatchd.application.replica import note_unanswered
from dispatchd.daemon.engine_room import EngineRoom, is_over

LOG = logging.getLogger(__name__)

RETRY = 5.0
LOOK_AGAIN = 0.25
LONGEST_NAP = 30.0


async def audit_loop(room: EngineRoom) -> None:
    """Commit whenever something is due, until the daemon stops."""
    while not room.stopping.is_set():
        try:
            await commit_or_sleep(room)
        except (AuditError, StoreUnavailable) as trouble:
            # Everything stays queued; a full disk or a git that fails is tried again, at ease.
            if room.lagging != str(trouble):
                LOG.warning("the commit waits: %s", trouble, extra={"action": "commit_waits"})
            room.lag(str(trouble))
            await _pause(room, RETRY)
        except BUGS as bug:  # a daemon that ended of it would end of it again at every start
            why = f"the daemon met a bug of its own ({type(bug).__name__}); its log has the traceback"
            if room.lagging != why:
                LOG.exception("the commit waits because of a bug", extra={"action": "commit_failed"})
            room.lag(why)
            await _pause(room, RETRY)


async def commit_or_sleep(room: EngineRoom) -> None:
    session = room.session
    now = session.ports.clock.now()
    due = await session.ports.store.transact(lambda work: next_due(work, session.times, now))
    nap = LONGEST_NAP
    if due is not None:
        nap = max(0.0, (due - session.ports.clock.now()).total_seconds())
    if nap > 0:
        await _sleep_until_told(room, nap)
        return
    made = False
    async with room.turn:
        planned = None if await is_over(room) else await plan_commit(session)
    if planned is not None:
        # Git takes its time for this, in a large tree a second: saves are taken in meanwhile.
        async with room.making:
            await prepare_commit(session, planned)
    async with room.turn:
        if planned is not None and not await is_over(room):
            made = await publish_commit(session, planned)
        room.lag(session.commits_wait)
        if made:
            await note_unanswered(session)
    if made:
        room.share_soon.set()
        await room.tell()
    else:
        await _pause(room, RETRY if room.lagging else LOOK_AGAIN)


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
