"""Trust in files again, once no agent runs that nothing contains: all that it may have written is taken in first.

Between its end and that moment a save may still be such an agent's, left behind just before it went.
"""

from datetime import datetime

from dispatchd.application.agents.desk import Desk
from dispatchd.application.doubts import DOUBT, agents_may_write, begin_doubt, end_check, end_doubt
from dispatchd.application.history import HEAD
from dispatchd.application.ports.dispatch_tree import TreeGone
from dispatchd.application.ports.unit_of_work import UnitOfWork


async def trust_again(desk: Desk) -> bool:
    """Look whether files can be trusted again; whether that is still to be looked at."""
    store, session = desk.session.ports.store, desk.session
    at = session.ports.clock.now()
    doubts, live = await store.transact(lambda work: _doubts(work, at, checks=desk.checks_at_work > 0))
    if live and not doubts:  # the database is a rebuilt one: that they run, it knows from the log alone
        await store.transact(lambda work: begin_doubt(work, at))
    if live or not doubts:
        desk.has_looked = False
        return live
    if await session.busy():
        return True
    if not desk.has_looked:
        desk.has_looked = True  # before the look: a check that begins during it makes it void
        try:
            await session.scan()
        except TreeGone:
            desk.has_looked = False
            return True
    head = await session.run(session.ports.audit.head)
    is_waiting = any(True for _ in session.settling.waiting())
    if is_waiting or await store.transact(_head) != head or not desk.has_looked:
        return True
    await store.transact(end_doubt)
    desk.has_looked = False
    return False


def _doubts(work: UnitOfWork, at: datetime, *, checks: bool) -> tuple[bool, bool]:
    """Whether anything is in doubt, and whether anything runs that nothing contains; *checks*: whether a check does.

    A check of which there is only the note ended with the daemon that ran it.
    """
    if not checks:
        end_check(work, at)
    return work.note(DOUBT) is not None, agents_may_write(work)


def _head(work: UnitOfWork) -> str | None:
    return work.note(HEAD)
