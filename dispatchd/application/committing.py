"""Putting what the queue holds onto the audit branch."""

import logging
from datetime import datetime

from dispatchd.application.audit_trail import Batch, plan_batch
from dispatchd.application.following import follow_head
from dispatchd.application.history import HEAD, set_head
from dispatchd.application.ports.audit_log import AuditError, CommitId, HeadMoved, IndexLocked, TreeBusy
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.session import Session

LOG = logging.getLogger(__name__)


async def commit(session: Session, *, force: bool = False) -> bool:
    """Commit what is due; with *force* all of it, also prose that still rests. Whether a commit was made.

    Of very much one portion is committed, so that others get their turn before the next one. When somebody else holds
    the index or has moved the branch, everything stays queued for the next call.
    """
    made, is_all = await _commit_portion(session, force=force)
    while force and not is_all:
        _, is_all = await _commit_portion(session, force=True)
    return made


async def _commit_portion(session: Session, *, force: bool) -> tuple[bool, bool]:
    """Whether something was done, and whether nothing is left to be done now."""
    store, log = session.ports.store, session.ports.audit
    if await session.busy():
        return False, True
    at = session.ports.clock.now()
    batch = await store.transact(
        lambda work: plan_batch(work, session.times, session.ports.ids, at, force=force, clone=session.clone)
    )
    if batch is None:
        session.commits_wait = None
        return False, True
    parent = await store.transact(lambda work: work.note(HEAD))
    if parent is None:
        return False, True
    await session.run(session.note_index)
    try:
        oids = await session.run(lambda: log.record(batch.commits, CommitId(parent)))
    except HeadMoved:
        return await follow_head(session), True
    except (IndexLocked, TreeBusy) as waits:
        LOG.info("the commit waits: %s", waits, extra={"action": "commit_waits"})
        return False, True
    except AuditError as failed:
        # The commits may stand already (the index could not follow): the next look at the branch finds them there.
        if session.commits_wait != str(failed):
            LOG.warning("the commit failed: %s", failed, extra={"action": "commit_failed"})
        session.commits_wait = str(failed)
        return await follow_head(session), True
    session.commits_wait = None
    await session.run(lambda: session.note_index(ours=True))
    await store.transact(lambda work: _settle(work, batch, oids, at))
    return True, batch.is_all


def _settle(work: UnitOfWork, batch: Batch, oids: tuple[CommitId, ...], at: datetime) -> None:
    for group, oid in zip(batch.groups, oids, strict=True):
        work.audit.mark(group.events, oid)
    work.audit.drop(batch.sequences)
    set_head(work, oids[-1], at)
