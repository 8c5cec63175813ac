"""From hints to answers: look where something happened, act on what is quiet, write what is owed."""

from collections.abc import Sequence

from dispatchd.application.following import follow_head
from dispatchd.application.lost_folder import take_back_what_went_first
from dispatchd.application.ports.audit_log import BranchMissing
from dispatchd.application.ports.dispatch_tree import TreeGone
from dispatchd.application.ports.tree_watcher import CookieSeen, Hint, Rescan, Touched
from dispatchd.application.relaying import relay
from dispatchd.application.status_page import update_status_page
from dispatchd.application.strangers import note_strangers
from dispatchd.application.waiting_page import update_waiting_page
from dispatchd.daemon.engine_room import PASSING, EngineRoom, is_over
from dispatchd.documents.tree_paths import CONFIG

LONGEST_NAP = 5.0
"""Seconds; git may have let go of the tree without anybody saying so."""
SHORTEST_NAP = 0.25
"""Seconds after a round that could do nothing, though something is due: git is at work in the tree, say."""
BREATH = 0.05
"""Seconds within which hints are gathered; less than a file has to be quiet, which counts from when it was heard of."""
MANY = 100
"""Files that wait to be quiet; of so many, those that become due within a breath are taken together."""


async def intake_loop(room: EngineRoom) -> None:
    """Run rounds until the daemon stops."""
    did = True
    while not room.stopping.is_set():
        hints = await room.inbox.wait(nap(room, did=did), min(BREATH, room.session.times.settle / 5))
        if room.stopping.is_set():
            break
        room.session.observing.listened = room.session.now()
        sight = None if room.inbox.came else await _sight(room)
        if sight is not None and sight == room.rested:
            continue
        async with room.turn:
            if await is_over(room):
                break
            did = await one_round(room, hints)
        room.rested = None if did or room.halted else sight
        room.cookies_seen.update(hint.name for hint in hints if isinstance(hint, CookieSeen))
        await room.tell()


async def _sight(room: EngineRoom) -> object | None:
    """All that a round looks at which nobody wakes it for; None where there is more to it.

    A round that did nothing does nothing again while it sees the same, and five seconds of rest cost a thread's call.
    """
    session = room.session
    if room.halted or room.status_due or _due(room) or session.observing.unread():
        return None

    def look() -> object | None:
        try:
            if room.role_changed() or session.ports.audit.busy() or not session.observing.stands(CONFIG):
                return None
            return session.ports.store.changes, session.ports.audit.head()
        except (*PASSING, BranchMissing, OSError):
            return None  # a round says what it is

    return await session.run(look)


async def one_round(room: EngineRoom, hints: Sequence[Hint]) -> bool:
    """Look, act and write once. Whether anything was done.

    A tree that is gone, a branch that cannot be read and a database that takes nothing (a full disk) halt everything
    and delete nothing; every nap later it is tried again.
    """
    session = room.session
    did = False
    with room.halting():
        did = await _take_in(room, hints)
        if did:
            await update_waiting_page(session, room.refresh_waiting)
        if await relay(session):
            did = True
            room.inbox.wake()
        if await note_strangers(session):
            did = True
        if did or room.status_due:
            room.status_due = True
            await _write_pages(room)
            room.commit_now.set()
        room.go_on()
    return did


async def _write_pages(room: EngineRoom) -> None:
    """Bring the pages up to date, or leave that to a later round where it was just done."""
    session = room.session
    if session.now() < room.status_after:
        return
    room.status_due = False
    if not session.clone:
        await update_status_page(session, room.refresh_status)
        await update_waiting_page(session, room.refresh_waiting)
        await relay(session)
    room.composed += 1
    room.status_after = session.now() + session.times.between_renders


async def _take_in(room: EngineRoom, hints: Sequence[Hint]) -> bool:
    """Look, and act on what was seen; whether there was anything. Raises TreeGone.

    Where the folder has gone, what was seen to go from it just before went with it.
    """
    session = room.session
    try:
        await _look(room, hints)
        did = await follow_head(session)
        while await session.take():
            did = True
    except TreeGone:
        # Also where another loop, or a write, met it first and has halted everything.
        await take_back_what_went_first(session)
        raise
    return did


async def _look(room: EngineRoom, hints: Sequence[Hint]) -> None:
    session = room.session
    if room.halted or any(isinstance(hint, Rescan) for hint in hints):
        await session.scan()
        return
    if not hints:
        # A folder that was renamed away is heard of by nobody: asking is one look at one name.
        await session.run(lambda: session.observing.stands(CONFIG))
    touched = {hint.path: hint.heard for hint in hints if isinstance(hint, Touched)}
    again = session.observing.to_try_again(session.now())
    if touched or again:
        await session.look({*touched, *again}, stirred=touched)


def nap(room: EngineRoom, *, did: bool) -> float:
    """Seconds until something is due; what was due in a round that *did* nothing about it waits a moment."""
    due = _due(room)
    if room.halted or not due:
        return LONGEST_NAP
    wait = min(due) - room.session.now()
    if wait <= 0 and not did:
        return SHORTEST_NAP
    least = BREATH if len(room.session.settling.waiting()) > MANY else 0.0
    return min(LONGEST_NAP, max(wait, least))


def _due(room: EngineRoom) -> list[float]:
    """When something is to be done by the clock, on the monotonic clock."""
    session = room.session
    status_at = room.status_after if room.status_due else None
    moments = (session.observing.next_due(), session.hands.next_due(session.now()), status_at)
    return [at for at in moments if at is not None]
