"""When all that happened before now is decided, written and committed: what `sync --wait` waits for; and what a command
waits for, that all which was saved before it has been taken in.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from dispatchd.application.committing import commit
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.relaying import sweep
from dispatchd.application.signing import rows_to_commit
from dispatchd.application.unwritten import in_vain, waiting_answers
from dispatchd.daemon.engine_room import PASSING, EngineRoom, StoppingError
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.errors import WorkspaceError

COOKIE_WITHIN = 10.0
HEARD_WITHIN = 2.0
"""Seconds that a command waits for its cookie before everything is looked at instead."""
GIT_WITHIN = 5.0
"""Seconds that a command of git's may take before those who wait are told."""
LONGEST = 600.0


async def sync_now(room: EngineRoom, *, wait: bool) -> Mapping[str, Any]:
    """Look now; with *wait*, come back when nothing is left to do but what a hand on a file puts off."""
    await _go_on_if_possible(room)
    room.hurry_status()
    await room.session.run(lambda: room.session.observing.stands(CONFIG))
    await _see_everything(room)
    if not wait:
        return {"held": [], "unwritten": {}}
    return await wait_until_settled(room)


async def _go_on_if_possible(room: EngineRoom) -> None:
    """Try again at once what has halted everything, instead of at the next nap. Raises WorkspaceError if it still does.

    Twice, because a round under way may have met the trouble before it was mended.
    """
    for _ in range(2):
        if not room.halted:
            return
        seen = room.rounds
        room.inbox.wake()
        await room.wait_for(lambda seen=seen: room.rounds > seen or room.stopping.is_set(), COOKIE_WITHIN)  # type: ignore[misc]
    if room.halted:
        raise WorkspaceError(f"nothing is taken in just now: {room.halted}")


async def take_in_what_was_saved(room: EngineRoom) -> None:
    """Come back when what was saved before now has been acted on, so that a command acts on what its person sees.

    Saves have to be quiet as always (a quarter of a second, which is all that is waited for), because half a save is no
    word of anybody's; what is gone may come back, and what is new is adopted in its time. Where nothing is taken in just
    now (git works in the tree, the folder is gone), the command goes on with what is known.
    """
    session = room.session
    if room.halted:
        return
    try:
        await _see_everything(room, within=HEARD_WITHIN)
    except PASSING:
        return
    since = session.now()  # not before: a file's own times say when it was saved, and they are coarse
    while await is_owed_a_save(room, since) and not room.stopping.is_set():
        if session.now() - since > session.times.longest or await _is_hindered(room):
            return
        await _round_over(room)


async def is_owed_a_save(room: EngineRoom, moment: float) -> bool:
    """Whether a save that began before the *moment* was not acted on yet. What the database says of a file is none: a
    command before this one has written it.
    """
    session = room.session
    waiting = session.settling.saved_before(moment)

    def is_news(work: UnitOfWork) -> bool:
        known = ((path, work.documents.at(path)) for path in waiting)
        return any(
            record is None or session.settling.fingerprint(path) not in {record.seen, record.current}
            for path, record in known
        )

    return bool(waiting) and await session.ports.store.transact(is_news)


async def _is_hindered(room: EngineRoom) -> bool:
    return bool(room.halted) or await room.session.busy() is not None


async def _see_everything(room: EngineRoom, *, within: float = COOKIE_WITHIN) -> None:
    """Everything that happened before this call has been looked at when it returns; *within* so many seconds a cookie says so."""
    if room.watcher.poll_seconds() is None:
        try:
            cookie = await room.session.run(room.watcher.drop_cookie)
        except OSError:
            cookie = ""
        if cookie and await room.wait_for(
            lambda: cookie in room.cookies_seen or room.stopping.is_set(), within
        ):
            room.cookies_seen.discard(cookie)
            return
    async with room.turn:
        await room.session.scan()
    room.inbox.wake()


async def wait_until_settled(room: EngineRoom) -> Mapping[str, Any]:
    """Wait for rounds until nothing is pending, then commit what would wait longer."""
    session = room.session
    session.hands.look_again()
    tried = await session.ports.store.transact(_tried)
    session.hands.try_again(record.path for record in tried)
    before = {record.subject: record.attempts for record in tried}
    session.troubles.clear()
    free_at, composed = session.now(), room.composed
    async with asyncio.timeout(LONGEST):
        while True:
            while _pending(room, composed) or await _owed(room, before):
                room.hurry_status()
                room.inbox.wake()
                await _pause(room)
                free_at = await _free_since(room, free_at)
            async with room.turn:
                await session.take(rested=True)
                await sweep(session)
                made = await commit(session, force=True)
            left = await session.ports.store.transact(lambda work: len(rows_to_commit(work)))
            if not made and not left and not _pending(room, composed) and await session.busy() is None:
                return await waiting_answers(session)
            room.inbox.wake()
            await _pause(room)
            free_at = await _free_since(room, free_at)


async def _free_since(room: EngineRoom, last: float) -> float:
    """When git last left the tree alone; raises WorkspaceError where that will not be soon.

    A command of git's holds the index for a moment; a merge, or a tree on another branch, waits for its person.
    """
    session = room.session
    if room.halted:
        raise WorkspaceError(f"nothing is taken in just now: {room.halted}")
    why = await session.busy() or session.commits_wait
    if why is None:
        return session.now()
    if session.now() - last > GIT_WITHIN:
        raise WorkspaceError(f"nothing is taken in just now: {why}")
    return last


def _pending(room: EngineRoom, composed: int) -> bool:
    """Whether a file waits to be quiet, or a page to be made for the first time since it had been *composed* so often.

    A file in which somebody is typing is not waited for, nor are the pages that agents at work make due again and again.
    """
    if room.status_due and room.composed == composed:
        return True
    session = room.session
    soon = session.now() + session.times.longest + session.times.new
    return any(session.observing.due_at(path) <= soon for path in session.settling.waiting())


def _tried(work: UnitOfWork) -> list[DocumentRecord]:
    """What is owed and was tried in vain so far: what was in the way may be gone."""
    return [record for record in work.documents.owed() if record.attempts]


async def _owed(room: EngineRoom, before: Mapping[str, int]) -> bool:
    """Whether a write is owed that no hand puts off, and that can be done as far as anybody knows.

    *before* says how often each had been tried when the waiting began.
    """
    session = room.session

    def count(work: UnitOfWork) -> int:
        vain = in_vain(work, before)
        return sum(
            1
            for record in work.documents.owed()
            if record.path not in session.hands.held
            and record.path not in session.troubles
            and record.subject not in vain
        )

    return bool(await session.ports.store.transact(count))


async def _round_over(room: EngineRoom) -> None:
    seen = room.rounds
    await room.wait_for(lambda: room.rounds > seen or room.stopping.is_set(), 0.25)


async def _pause(room: EngineRoom) -> None:
    await _round_over(room)
    if room.stopping.is_set():
        raise StoppingError("the daemon is stopping; what was saved is taken in at its next start")
