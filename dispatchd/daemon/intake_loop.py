"""From hints to answers: look where something happened, act on what is quiet, write what is owed."""

from collections.abc import Sequence

from dispatchd.application.following import follow_head
from dispatchd.application.lost_folder import take_back_what_went_first
from dispatchd.application.ports.audit_log import AuditError
from dispatchd.application.ports.dispatch_tree import TreeGone
from dispatchd.application.ports.store_failures import StoreUnavailable
from dispatchd.application.ports.tree_watcher import CookieSeen, Hint, Rescan, Touched
from dispatchd.application.relaying import relay
from dispatchd.application.status_page import update_status_page
from dispatchd.application.strangers import note_strangers
from dispatchd.application.waiting_page import update_waiting_page
from dispatchd.daemon.engine_room import EngineRoom, is_over

LONGEST_NAP = 5.0
"""Seconds; git may have let go of the tree without anybody saying so."""


async def intake_loop(room: EngineRoom) -> None:
    """Run rounds until the daemon stops."""
    while not room.stopping.is_set():
        hints = await room.inbox.wait(_nap(room))
        if room.stopping.is_set():
            break
        async with room.turn:
            if await is_over(room):
                break
            await one_round(room, hints)
        room.cookies_seen.update(hint.name for hint in hints if isinstance(hint, CookieSeen))
        await room.tell()


async def one_round(room: EngineRoom, hints: Sequence[Hint]) -> None:
    """Look, act and write once.

    A tree that is gone, a branch that cannot be read and a database that takes nothing (a full disk) halt everything
    and delete nothing; every nap later it is tried again.
    """
    session = room.session
    try:
        await _look(room, hints)
        did = await follow_head(session)
        while await session.take():
            did = True
        if did:
            await update_waiting_page(session, room.refresh_waiting)
        if await relay(session):
            did = True
            room.inbox.wake()
        if await note_strangers(session):
            did = True
        if did or room.status_due:
            room.status_due = False
            if not session.clone:
                await update_status_page(session, room.refresh_status)
                await update_waiting_page(session, room.refresh_waiting)
                await relay(session)
            room.commit_now.set()
        room.go_on()
    except TreeGone as gone:
        if room.halted is None:
            await take_back_what_went_first(session)
        room.halt(str(gone))
    except (AuditError, StoreUnavailable) as trouble:
        room.halt(str(trouble))


async def _look(room: EngineRoom, hints: Sequence[Hint]) -> None:
    session = room.session
    if room.halted or any(isinstance(hint, Rescan) for hint in hints):
        await session.scan()
        return
    touched = {hint.path for hint in hints if isinstance(hint, Touched)}
    if touched:
        await session.look(touched)


def _nap(room: EngineRoom) -> float:
    """Seconds until something is due."""
    session = room.session
    now = session.now()
    due = [at for at in (session.observing.next_due(), session.hands.next_due(now)) if at is not None]
    return min(LONGEST_NAP, max(0.0, min(due) - now)) if due else LONGEST_NAP
