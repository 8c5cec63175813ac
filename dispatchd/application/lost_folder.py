"""The tree's folder vanished as a whole: files that were seen to go one by one before it were part of that."""

from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.removal import Removing
from dispatchd.application.session import Session


async def take_back_what_went_first(session: Session) -> None:
    """Take back deletions that were acted on in the last seconds; their files are owed when the folder is back."""
    at = session.ports.clock.now()

    def take_back(work: UnitOfWork) -> None:
        door = session.intake.door(work)
        if Removing(door=door).take_back_recent(at):
            session.intake.finish(door, session.observing.all_present(), by_daemon(at))

    if not session.clone:
        await session.ports.store.transact(take_back)
