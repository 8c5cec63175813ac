"""Trust in files again, once no agent runs that nothing contains: all that it may have written is taken in first.

Between its end and that moment a save may still be such an agent's, left behind just before it went.
"""

from dispatchd.application.agents.desk import Desk
from dispatchd.application.doubts import DOUBT, begin_doubt, end_doubt, live_uncontained
from dispatchd.application.history import HEAD
from dispatchd.application.ports.dispatch_tree import TreeGone
from dispatchd.application.ports.unit_of_work import UnitOfWork


async def trust_again(desk: Desk) -> bool:
    """Look whether files can be trusted again; whether that is still to be looked at."""
    store, session = desk.session.ports.store, desk.session
    doubts, live = await store.transact(_doubts)
    if live and not doubts:  # the database is a rebuilt one: that they run, it knows from the log alone
        at = session.ports.clock.now()
        await store.transact(lambda work: begin_doubt(work, at))
    if live or not doubts:
        desk.has_looked = False
        return live
    if await session.busy():
        return True
    if not desk.has_looked:
        try:
            await session.scan()
        except TreeGone:
            return True
        desk.has_looked = True
    head = await session.run(session.ports.audit.head)
    if any(True for _ in session.settling.waiting()) or await store.transact(_head) != head:
        return True
    await store.transact(end_doubt)
    desk.has_looked = False
    return False


def _doubts(work: UnitOfWork) -> tuple[bool, bool]:
    return work.note(DOUBT) is not None, bool(live_uncontained(work))


def _head(work: UnitOfWork) -> str | None:
    return work.note(HEAD)
