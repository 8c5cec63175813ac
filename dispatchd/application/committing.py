"""Putting what the queue holds onto the audit branch.

Commits are planned and published by whoever has the session; git makes them beside it.
"""

import logging
from datetime import datetime
from functools import partial

from dispatchd.application.audit_trail import Batch, plan_batch
from dispatchd.application.clone_status import note_more_unanswered
from dispatchd.application.following import follow_head
from dispatchd.application.history import HEAD, set_head
from dispatchd.application.ports.audit_log import AuditError, CommitId, HeadMoved, IndexLocked, TreeBusy
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.session import Session
from dispatchd.application.signing import rows_to_commit
from dispatchd.domain.dataclass import dataclass

LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """Commits to make upon *parent*, the branch's end as it was when they were planned, at the moment *at*."""

    batch: Batch
    parent: CommitId
    at: datetime


async def commit(session: Session, *, force: bool = False) -> bool:
    """Commit what is due; with *force* all of it, also prose that still rests. Whether a commit was made.

    Of very much one portion is committed, so that others get their turn before the next one. When somebody else holds
    the index or has moved the branch, everything stays queued for the next call.
    """
    made = False
    while (planned := await plan_commit(session, force=force)) is not None:
        await prepare_commit(session, planned)
        did = await publish_commit(session, planned)
        made = made or did
        if planned.batch.is_all or not (force and did):
            break
    return made


async def plan_commit(session: Session, *, force: bool = False) -> Planned | None:
    """What is to be committed now, if anything."""
    if await session.busy():
        return None
    at = session.ports.clock.now()
    batch = await session.ports.store.transact(
        lambda work: plan_batch(work, session.times, session.ports.ids, at, force=force, clone=session.clone)
    )
    if batch is None:
        session.commits_wait = None
        return None
    parent = await session.ports.store.transact(lambda work: work.note(HEAD))
    return Planned(batch=batch, parent=CommitId(parent), at=at) if parent is not None else None


async def prepare_commit(session: Session, planned: Planned) -> None:
    """Make what git needs for it; others may use the session meanwhile, because nothing of theirs is touched."""
    await session.run(lambda: session.ports.audit.prepare(planned.batch.commits, planned.parent))


async def publish_commit(session: Session, planned: Planned) -> bool:
    """Put it on the branch, if all of it still waits to be; whether anything was done."""
    batch, log = planned.batch, session.ports.audit
    if await session.busy() or not await session.ports.store.transact(partial(_still_waits, planned)):
        return False
    await session.run(session.note_index)
    try:
        oids = await session.run(lambda: log.record(batch.commits, planned.parent))
    except HeadMoved:
        return await follow_head(session)
    except (IndexLocked, TreeBusy) as waits:
        LOG.info("the commit waits: %s", waits, extra={"action": "commit_waits"})
        return False
    except AuditError as failed:
        # The commits may stand already (the index could not follow): the next look at the branch finds them there.
        if session.commits_wait != str(failed):
            LOG.warning("the commit failed: %s", failed, extra={"action": "commit_failed"})
        session.commits_wait = str(failed)
        return await follow_head(session)
    session.commits_wait = None
    await session.run(lambda: session.note_index(ours=True))
    await session.ports.store.transact(lambda work: _settle(session, work, planned, oids))
    return True


def _still_waits(planned: Planned, work: UnitOfWork) -> bool:
    """Whether nothing of it was committed, taken back or put in doubt since it was planned."""
    sequences = {*planned.batch.sequences}
    waiting = rows_to_commit(work, work.audit.among(sequences))
    return work.note(HEAD) == planned.parent and len(waiting) == len(sequences)


def _settle(session: Session, work: UnitOfWork, planned: Planned, oids: tuple[CommitId, ...]) -> None:
    for group, oid in zip(planned.batch.groups, oids, strict=True):
        work.audit.mark(group.events, oid)
    work.audit.drop(planned.batch.sequences)
    set_head(work, oids[-1], planned.at)
    if session.clone:
        note_more_unanswered(work, len(oids))  # at once: what is committed waits for home from now on
