"""Saves that a write of ours displaced are taken in, each against the text it was made from."""

from collections.abc import Sequence
from functools import partial

from dispatchd.application.bugs_in_reading import past_bugs
from dispatchd.application.displaced_saves import forget_taken, take_displaced_save
from dispatchd.application.ports.dispatch_tree import Displaced, FileContent
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.session import Session


async def take_displaced(session: Session, displaced: Sequence[Displaced]) -> None:
    """Take in *displaced*. What lies in quarantine is let go of when its text stands elsewhere than in the database
    alone.
    """
    for save in displaced:
        stands = await session.run(partial(session.observing.read, save.path))
        take = partial(_take_one, session, save, stands)
        if await past_bugs(session.ports.store, session.intake.bugs, take):
            await session.run(partial(session.ports.tree.settle, save))
            await session.ports.store.transact(partial(forget_taken, save))


def _take_one(session: Session, save: Displaced, stands: FileContent | None, work: UnitOfWork) -> bool:
    by, present = session.by_save(work), session.observing.all_present()
    return take_displaced_save(session.intake, work, save, stands, present, by)
