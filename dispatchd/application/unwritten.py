"""Files whose answer is not written yet when all else is done, and why: a hand on them, or something in the way."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.removal import asked_about
from dispatchd.application.session import Session

TRIES: Final = 5
"""So often a write is tried, some seconds in all, before nobody waits for it any more; it goes on being tried."""
_ASKED: Final = "its file is gone, and whether that was meant waits for an answer. See: dispatchd waiting"
_IN_VAIN: Final = (
    "what stands at its place is never what was there when it was looked at, or nothing is; it is tried again by itself. "
    "See: dispatchd doctor"
)


def in_vain(work: UnitOfWork, since: Mapping[str, int]) -> Collection[str]:
    """Subjects whose write nobody needs to wait for: their file is gone, which is asked about, or it was tried often.

    *since* says how often each had been tried when the waiting began: one more try each is given.
    """
    asked = set(asked_about(work))
    return {
        record.subject
        for record in work.documents.owed()
        if (record.subject in asked and record.attempts)
        or record.attempts >= max(TRIES, since.get(record.subject, 0) + 1)
    }


async def waiting_answers(session: Session) -> Mapping[str, Any]:
    """`held`: the files that somebody is typing in or has open; `unwritten`: those that cannot be written, and why."""

    def look(work: UnitOfWork) -> tuple[list[DocumentRecord], Collection[str], Collection[str]]:
        return list(work.documents.owed()), in_vain(work, {}), asked_about(work)

    owed, vain, asked = await session.ports.store.transact(look)
    unwritten = {
        str(record.path): _ASKED if record.subject in asked else _IN_VAIN
        for record in owed
        if record.subject in vain and record.path not in session.hands.held
    }
    for record in owed:
        trouble = session.troubles.get(record.path)
        if trouble is not None:
            unwritten[str(record.path)] = f"{trouble.why}. {trouble.hint}"
    typed = [path for path in session.settling.waiting() if session.settling.look_again_at(path) is not None]
    held = dict.fromkeys((*(record.path for record in owed), *typed))
    return {"held": [str(path) for path in held if path not in unwritten], "unwritten": unwritten}
