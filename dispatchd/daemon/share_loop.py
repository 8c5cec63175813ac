"""Fetching and pushing by the clock, and soon after something was committed here.

A remote that cannot be used is tried again ever more seldom. The times are stretched a little, by a fraction that the
clock gives, so that many clones do not knock together.
"""

import asyncio
import logging

from dispatchd.application.home_moving import move_home
from dispatchd.application.sharing import Remote, Sharing, Word, share
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.domain.errors import DispatchdError, Rejected, WorkspaceError

LOG = logging.getLogger(__name__)
LOOK_AT_SETTINGS = 5.0
"""Seconds between two looks at the settings,"""
LONG_REST = 60.0
"""which are looked at after a round, for they are a file like others; and after so long in any case."""
SOON = 1.0
"""Seconds between a commit and its push: what belongs together goes together."""
SHORTEST, LONGEST = 0.1, 600.0
STRETCH = 0.2
MOST_DOUBLINGS = 10


async def share_loop(room: EngineRoom) -> None:
    """Share until the daemon stops."""
    failures = 0
    while not room.stopping.is_set():
        rounds = room.rounds
        settings = room.share_settings()
        if not settings.remote or room.outlet is None:
            await _until_settings_may_differ(room, rounds)
            continue
        every = max(SHORTEST, settings.every.total_seconds())
        try:
            done = await share_now(room)
            failures = 0 if done.is_well else failures + 1
        except DispatchdError as trouble:
            LOG.info("sharing waits: %s", trouble, extra={"action": "share_waits"})
            failures += 1
        wait = min(LONGEST, every * 2 ** min(failures, MOST_DOUBLINGS)) if failures else every
        woken = await _sleep(room, wait * (1 + STRETCH * (room.session.now() % 1)))
        if woken and not failures:
            await _pause(room, min(SOON, every))
            room.share_soon.clear()


def remote_of(room: EngineRoom) -> Remote:
    """With whom the branch is shared. Raises WorkspaceError where it is not."""
    settings = room.share_settings()
    if room.outlet is None or not settings.remote:
        raise WorkspaceError('nothing is shared: write remote = "origin" below [share] in config.toml first')
    return Remote(branch=room.outlet, name=settings.remote, told=room.told_home)


async def share_now(room: EngineRoom, word: Word = Word.NONE) -> Sharing:
    """Share once; what was taken over is then acted on."""
    if room.halted:
        raise WorkspaceError(f"nothing is shared just now: {room.halted}")
    async with room.sharing:
        done = await share(room.session, remote_of(room), room.turn, word)
    if done.took:
        room.inbox.wake()
        room.commit_now.set()
        room.status_due = True
    await room.tell()
    return done


async def move_home_here(room: EngineRoom) -> str:
    """Make this clone the one that decides; its name. The daemon then begins anew. Raises WorkspaceError."""
    name = room.clone_name()
    if not room.session.clone:
        raise Rejected("this clone decides already")
    remote = remote_of(room) if room.share_settings().remote else None
    async with room.sharing:
        await move_home(room.session, remote, room.turn, name)
        async with room.turn:
            await room.session.run(lambda: room.told_home(name))
    room.inbox.wake()
    return name


async def _sleep(room: EngineRoom, seconds: float) -> bool:
    """Wait; whether something was committed meanwhile."""
    try:
        async with asyncio.timeout(seconds):
            await room.share_soon.wait()
    except TimeoutError:
        return False
    room.share_soon.clear()
    return True


async def _until_settings_may_differ(room: EngineRoom, rounds: int) -> None:
    await _pause(room, LOOK_AT_SETTINGS)
    await room.wait_for(lambda: room.rounds > rounds or room.stopping.is_set(), LONG_REST)
    room.share_soon.clear()


async def _pause(room: EngineRoom, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await room.stopping.wait()
    except TimeoutError:
        return
