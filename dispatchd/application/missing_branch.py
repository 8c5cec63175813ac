"""A branch that somebody deleted: made again where the database last knew it, with an alarm that says so.

The files and the index are not looked at here; they stand as they stood.
"""

import logging
from typing import Final

from dispatchd.application.history import HEAD
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.application.ports.audit_log import BranchMissing, CommitId
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.session import Session

LOG = logging.getLogger(__name__)
_TEXT: Final = (
    "Somebody deleted or renamed the branch `dispatch`, the log of everything that is done here. It was made again "
    "at `{at}`, where it last stood; nothing is lost. If it was you: to remove a workspace, stop dispatchd first."
)


async def head_if_free(session: Session) -> CommitId | None:
    """Where the branch stands, made again where it is gone; None while git is at work in the tree. Raises AuditError.

    Both are asked in one call beside the event loop: every round asks, and saves wait for it.
    """
    log = session.ports.audit
    try:
        return await session.run(lambda: None if log.busy() else log.head())
    except BranchMissing:
        return await branch_head(session)


async def branch_head(session: Session) -> CommitId:
    """Where the branch stands. Raises AuditError where it is gone and cannot be made again."""
    store, log = session.ports.store, session.ports.audit
    try:
        return await session.run(log.head)
    except BranchMissing:
        known = await store.transact(lambda work: work.note(HEAD))
        if known is None:
            raise
        await session.run(lambda: log.restore_branch(CommitId(known)))
    LOG.warning("the branch was gone and is back at %s", known, extra={"action": "branch_restored"})
    if not session.clone:
        await store.transact(lambda work: _alarm(session, work, known))
    return await session.run(log.head)


def _alarm(session: Session, work: UnitOfWork, known: str) -> None:
    at = session.ports.clock.now()
    door = session.intake.door(work)
    notice = Notice(
        cause=f"branch_gone:{known}",
        title="The dispatch branch was deleted, and is back",
        text=_TEXT.format(at=known[:12]),
    )
    open_once(door, notice, at)
    session.intake.finish(door, session.observing.all_present(), by_daemon(at))
