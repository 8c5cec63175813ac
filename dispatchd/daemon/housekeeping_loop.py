"""What happens by the clock: the liveness cookie, scans, the quarantine, deadlines, backups, git's small objects."""

import asyncio
import errno
import logging

from dispatchd.application.archiving import archive_finished
from dispatchd.application.deadlines import end_due_votes
from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.store_failures import StoreUnavailable
from dispatchd.application.ports.tree_watcher import Rescan, RescanReason
from dispatchd.application.relaying import sweep
from dispatchd.daemon.engine_room import EngineRoom
from dispatchd.domain.dataclass import dataclass

LOG = logging.getLogger(__name__)
LONGEST_NAP = 5.0
"""Seconds; a machine that was suspended is to be noticed soon after it is awake."""
SHORTEST_NAP = 1.0
COOKIE_EVERY, COOKIE_WITHIN = 30.0, 5.0
SCAN_EVERY, SCAN_FACTOR = 60.0, 1000.0
ARCHIVE_FACTOR = 5000.0
SWEEP_EVERY = 5.0
DEADLINES_EVERY = 30.0
BACKUP_EVERY = 3600.0
GATHER_EVERY = 600.0


@dataclass(slots=True)
class Due:
    """When each thing is due, on the monotonic clock; `suspended` is for how long the machine had slept."""

    cookie: float
    scan: float
    sweep: float
    deadlines: float
    archive: float
    backup: float
    gather: float
    suspended: float
    swept: int = -1
    """The rounds there had been at the last sweep,"""
    lies: bool = True
    """and whether anything may still have lain in quarantine then."""


async def housekeeping_loop(room: EngineRoom) -> None:
    """Do by the clock what is due, until the daemon stops."""
    clock = room.session.ports.clock
    now = clock.monotonic()
    due = Due(
        cookie=now,
        scan=now + SCAN_EVERY,
        sweep=now + SWEEP_EVERY,
        deadlines=now,
        archive=now,
        backup=now + max(0.0, BACKUP_EVERY - await _since_backup(room)),
        gather=now + GATHER_EVERY,
        suspended=clock.suspended(),
    )
    while not await _stopping_within(room, _nap(due, clock.monotonic())):
        await _beat(room, due)


async def _since_backup(room: EngineRoom) -> float:
    """Seconds; as if it was just made where nobody can tell, because the repository is moved away just now."""
    try:
        return await room.session.run(room.since_backup)
    except (StoreUnavailable, OSError):
        return 0.0


def _nap(due: Due, now: float) -> float:
    """Seconds until something is due; what is overdue has the loops that began with this one go first."""
    soonest = min(due.cookie, due.scan, due.sweep, due.deadlines, due.archive, due.backup, due.gather)
    return min(LONGEST_NAP, max(SHORTEST_NAP, soonest - now))


async def _stopping_within(room: EngineRoom, seconds: float) -> bool:
    try:
        async with asyncio.timeout(seconds):
            await room.stopping.wait()
    except TimeoutError:
        return False
    return True


async def _beat(room: EngineRoom, due: Due) -> None:
    clock = room.session.ports.clock
    now = clock.monotonic()
    if clock.suspended() > due.suspended + 1.0:
        due.suspended = clock.suspended()
        room.inbox.put(Rescan(reason=RescanReason.OVERFLOW))
    if now >= due.cookie:
        due.cookie = now + COOKIE_EVERY
        await check_watcher(room)
    if now >= due.scan:
        room.inbox.put(Rescan(reason=RescanReason.POLL))
        due.scan = now + max(SCAN_EVERY, SCAN_FACTOR * room.session.last_scan_seconds)
    if now >= due.sweep and not room.halted:
        due.sweep = now + SWEEP_EVERY
        await sweep_if_needed(room, due)
    if now >= due.deadlines:
        due.deadlines = now + DEADLINES_EVERY
        await end_votes(room)
    if now >= due.archive:
        await put_away(room)
        ended = clock.monotonic()
        due.archive = ended + max(DEADLINES_EVERY, ARCHIVE_FACTOR * (ended - now))
    if now >= due.backup:
        due.backup = now + BACKUP_EVERY
        await make_backup(room)
    if now >= due.gather:
        due.gather = now + GATHER_EVERY
        await gather(room)


async def sweep_if_needed(room: EngineRoom, due: Due) -> None:
    """Only what a round writes comes to lie in quarantine; what lies there is looked at until it is gone."""
    rounds = room.rounds
    if rounds == due.swept and not due.lies:
        return
    await look_through_quarantine(room)
    due.lies = rounds != due.swept or bool(await room.session.run(room.session.ports.tree.held_in_quarantine))
    due.swept = rounds


async def look_through_quarantine(room: EngineRoom) -> None:
    """Take in what lies there and proved to be a save; forget what has been still."""
    async with room.turn:
        with room.halting():
            await sweep(room.session)
            await room.session.prune()


async def end_votes(room: EngineRoom) -> None:
    """Close votes whose time is over."""
    async with room.turn:
        with room.halting():
            if not room.session.clone and await end_due_votes(room.session):
                room.inbox.wake()


async def put_away(room: EngineRoom) -> None:
    """Move what has been finished for long to the archive."""
    async with room.turn:
        with room.halting():
            if not room.session.clone and await archive_finished(room.session):
                room.inbox.wake()


async def make_backup(room: EngineRoom) -> None:
    """Copy the database; a copy that cannot be made is no reason to stop working."""
    try:
        await room.session.run(room.backup)
    except (StoreUnavailable, OSError) as trouble:
        LOG.warning("no backup was made: %s", trouble, extra={"action": "no_backup"})


async def gather(room: EngineRoom) -> None:
    """Put git's many small objects together; it is no reason to stop working if that cannot be done."""
    try:
        if await room.session.run(room.gather):
            LOG.info("git's small objects were put together", extra={"action": "gathered"})
    except (AuditError, OSError) as trouble:
        LOG.warning("git's objects stay as they are: %s", trouble, extra={"action": "not_gathered"})


async def check_watcher(room: EngineRoom) -> None:
    """Drop a cookie; if it does not come back, the watcher is dead: start another and look at everything."""
    if room.halted or room.watcher.poll_seconds() is not None:
        return
    try:
        cookie = await room.session.run(room.watcher.drop_cookie)
    except OSError as error:
        LOG.warning("the tree cannot be written: %s", error, extra={"action": "no_cookie"})
        if error.errno != errno.ESTALE:
            return
        cookie = ""
    if cookie and await room.wait_for(lambda: cookie in room.cookies_seen, COOKIE_WITHIN):
        room.cookies_seen.discard(cookie)
        return
    LOG.warning("the watcher went silent and is started again", extra={"action": "watcher_restarted"})
    await room.session.run(room.watcher.stop)
    await room.session.run(lambda: room.watcher.start(room.inbox.put))
    room.inbox.put(Rescan(reason=RescanReason.WATCH_ERROR))
