"""Home no more: what was decided here and never published is let go, and what people saved is offered again.

So each act is decided once, by whoever decides now: also where that is this clone again. The old end of the branch is
kept under a name of its own, by which the audit log knows that it counts no more.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from dispatchd.application.clone_status import in_words, nobody
from dispatchd.application.committing import commit
from dispatchd.application.following import follow_head
from dispatchd.application.joining import Sides, joined_text, plan_join
from dispatchd.application.notices import Notice, by_daemon, close, open_once
from dispatchd.application.ports.audit_log import (
    CLONE_TRAILER,
    AuditCommit,
    AuditLog,
    BlobId,
    CommitId,
    ForeignCommit,
    HeadMoved,
    HeadRelation,
    IndexLocked,
    Signature,
    TreeBusy,
)
from dispatchd.application.ports.shared_branch import SharedBranch
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.relaying import relay
from dispatchd.application.session import Session
from dispatchd.documents.config_document import set_setting
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.thread import ThreadKind
from dispatchd.reconcile.document_merge import Winner

CAUSE = "two-homes"
Contents = dict[DocumentPath, bytes | None]


async def step_down(session: Session, branch: SharedBranch, there: CommitId, name: str) -> bool:
    """Follow *there*, where another clone decides, with the saves it has not seen on top. Whether that was done."""
    log = session.ports.audit
    await follow_head(session)
    await commit(session, force=True)
    head = await session.run(log.head)
    offers = await session.run(lambda: _offers(log, head, there, name))
    if await session.run(lambda: log.relation(head, there)) is HeadRelation.TRAVELLED:
        await session.run(lambda: branch.let_go(head, f"{name}-{head[:12]}"))
    try:
        await session.run(lambda: log.record(offers, head, there))
    except (HeadMoved, IndexLocked, TreeBusy):
        return False
    return True


def _offers(log: AuditLog, head: CommitId, there: CommitId, name: str) -> tuple[AuditCommit, ...]:
    """What people wrote in the commits that *there* lacks, as commits on top of it."""
    mine = log.commits_between(there, head)
    blobs = log.read_blobs(
        [blob for each in mine for change in each.changes for blob in (change.old, change.new) if blob]
    )
    standing: Contents = {}
    offers = [
        offer
        for each in mine
        if not each.is_merge and each.author.email != DAEMON.email
        if (offer := _offer(log, each, there, blobs, standing)) is not None
    ]
    return tuple(replace(each, marks={CLONE_TRAILER: name}) for each in offers)


def _offer(
    log: AuditLog,
    made: ForeignCommit,
    there: CommitId,
    blobs: Mapping[BlobId, bytes],
    standing: Contents,
) -> AuditCommit | None:
    changes: Contents = {}
    for change in made.changes:
        here = standing[change.path] if change.path in standing else log.read(there, change.path)
        before = blobs.get(change.old) if change.old is not None else None
        after = blobs.get(change.new) if change.new is not None else None
        text = after if here == before else None
        if here != before and after is not None:
            text = joined_text(change.path, Sides(before=before, here=here, there=after), Winner.THEIRS)
        elif here != before:
            text = here
        if text != here:
            changes[change.path] = standing[change.path] = text
    if not changes:
        return None
    return AuditCommit(
        author=made.author,
        committer=made.author,
        subject=made.subject,
        body="Decided here before another clone was home; offered to it.",
        changes=changes,
    )


async def stop_both(session: Session, there: CommitId, name: str, other: str) -> bool:
    """Another clone decides too: join both branches, let neither of them decide, and ask who shall. Whether that was done."""
    log = session.ports.audit
    at = session.ports.clock.now()
    await follow_head(session)
    await session.ports.store.transact(lambda work: _ask(session, work, name, other, at))
    await relay(session, hurry=True)
    await commit(session, force=True)
    head = await session.run(log.head)
    join = await session.run(lambda: plan_join(log, head, there, Winner.OURS))
    config = join.changes.get(CONFIG) or await session.run(lambda: log.read(head, CONFIG)) or b""
    settings = set_setting(config.decode(), "workspace.home", nobody(name, other)).encode()
    merge = AuditCommit(
        author=Signature(name=DAEMON.name, email=DAEMON.email, at=at),
        subject=f"{_capital(in_words(name, other))} decided: neither does until somebody says which",
        changes={**join.changes, CONFIG: settings},
        merges=there,
    )
    try:
        await session.run(lambda: log.record((merge,), head))
    except (HeadMoved, IndexLocked, TreeBusy):
        return False
    return True


async def close_question(session: Session) -> None:
    """Somebody has said which clone decides: it is this one."""
    at = session.ports.clock.now()

    def answered(work: UnitOfWork) -> None:
        door = session.intake.door(work)
        asked = False
        while work.open_thread_about(CAUSE) is not None:  # each of the two clones may have asked
            close(door, CAUSE, at)
            asked = True
        if asked:
            session.intake.finish(door, session.observing.all_present(), by_daemon(at))

    await session.ports.store.transact(answered)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ask(session: Session, work: UnitOfWork, name: str, other: str, at: datetime) -> None:
    door = session.intake.door(work)
    open_once(
        door,
        Notice(
            cause=CAUSE,
            title="Two clones decided at the same time",
            text=f"{_capital(in_words(f'`{name}`', f'`{other}`'))} acted as home, so both have stopped. Everything that was saved and "
            "decided on either stands in the history. Say which one goes on: run `dispatchd home --here` in it. "
            "Until then edits are kept, committed and shared, and nothing is decided.",
            kind=ThreadKind.ESCALATION,
        ),
        at,
    )
    session.intake.finish(door, session.observing.all_present(), by_daemon(at))
