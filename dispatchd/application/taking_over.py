"""What others committed becomes part of this clone's branch, as one merge that rewrites nobody's commit.

Merging and not rebasing keeps each event in the one commit that holds it, signatures whole, and blame with whoever
wrote a line. At home the branch moves first, then files that only the other side changed are carried to the disk by
compare and swap; a crash between the two is finished by the next start. All else is the intake's, and a replica's
files are the relay's.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from dispatchd.application.committing import commit
from dispatchd.application.following import follow_head
from dispatchd.application.history import HEAD
from dispatchd.application.joining import Join, plan_join
from dispatchd.application.ports.audit_log import (
    CLONE_TRAILER,
    AuditCommit,
    CommitId,
    FileChange,
    ForeignCommit,
    HeadMoved,
    HeadRelation,
    IndexLocked,
    Signature,
    TreeBusy,
)
from dispatchd.application.ports.dispatch_tree import Displaced, Removed, WriteRequest, Written
from dispatchd.application.session import Session
from dispatchd.application.taking_displaced import take_displaced
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import is_nameable
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentDigest
from dispatchd.domain.wording import listed
from dispatchd.reconcile.document_merge import Winner

CARRYING = "carrying"
"""The note that holds where the branch stood before a merge whose files may not all be on the disk yet."""
MOST_NAMED = 3


async def take_over(session: Session, there: CommitId) -> bool:
    """Bring the branch to hold *there* as well, and the files after it. False: not now, git or somebody is at work."""
    log = session.ports.audit
    if await session.run(lambda: log.relation(there, log.head())) is not HeadRelation.TRAVELLED:
        return True  # and prose that still rests goes on resting
    await follow_head(session)
    await commit(session, force=True)
    if await session.busy():
        return False
    head = await session.run(log.head)
    if await session.ports.store.transact(lambda work: work.note(HEAD)) != head:
        return False
    await _note_carrying(session, head)
    try:
        await _join(session, head, there)
    except (HeadMoved, IndexLocked, TreeBusy):
        await _note_carrying(session, None)
        return False
    displaced = await finish_carrying(session)
    await follow_head(session)
    await take_displaced(session, displaced)
    return True


async def finish_carrying(session: Session) -> tuple[Displaced, ...]:
    """Carry to the disk what the last merge brought, where that is not done yet; the saves it displaced."""
    old = await session.ports.store.transact(lambda work: work.note(CARRYING))
    if old is None:
        return ()
    log = session.ports.audit
    head = await session.run(log.head)
    displaced: tuple[Displaced, ...] = ()
    if head != old and not session.clone:
        commits = await session.run(lambda: log.commits_between(CommitId(old), head))
        merges = [each for each in commits if each.is_merge and each.is_own and each.parents[0] == old]
        for merge in merges[-1:]:
            displaced = await session.run(partial(_carry, session, merge))
        await session.run(lambda: session.note_index(ours=True))
    await _note_carrying(session, None)
    return displaced


async def _note_carrying(session: Session, head: CommitId | None) -> None:
    await session.ports.store.transact(lambda work: work.set_note(CARRYING, head))


async def _join(session: Session, head: CommitId, there: CommitId) -> None:
    """Make the merge; a replica that has nothing of its own follows instead."""
    log = session.ports.audit
    if session.clone and await session.run(lambda: log.relation(head, there)) is HeadRelation.DESCENDS:
        await session.run(lambda: log.record((), head, there))
        return
    # People's word holds against what a daemon wrote meanwhile; home decides what it means in the end.
    winner = Winner.OURS if session.clone else Winner.THEIRS
    join = await session.run(lambda: plan_join(log, head, there, winner))
    came = await session.run(lambda: log.commits_between(head, there))
    merge = await _merge_of(session, join, came)
    await session.run(lambda: log.record((merge,), head))


async def _merge_of(session: Session, join: Join, came: Sequence[ForeignCommit]) -> AuditCommit:
    at = session.ports.clock.now()
    who = DAEMON
    if session.clone:
        who = await session.ports.store.transact(session.ports.person)
    by = Signature(name=who.name, email=who.email, at=at)
    return AuditCommit(
        author=by,
        committer=by if session.clone else None,
        subject=f"Take over what {_names(came)} committed",
        changes=join.changes,
        merges=join.there,
        marks={CLONE_TRAILER: session.clone} if session.clone else {},
    )


def _names(commits: Sequence[ForeignCommit]) -> str:
    names = list(dict.fromkeys(each.author.name for each in commits if not each.is_merge))
    names = names or list(dict.fromkeys(each.author.name for each in commits))
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 1], f"{len(names) - MOST_NAMED + 1} others"]
    return listed(names, "and") or "others"


def _carry(session: Session, merge: ForeignCommit) -> tuple[Displaced, ...]:
    """Put on the disk what *merge* has just as the other side had it, where the file is as it was before.

    A name that is new here comes too, merged or not: it may be where the other side moved a document that both
    changed, and with neither name on the disk that would look deleted.
    """
    log, tree = session.ports.audit, session.ports.tree
    beside = log.tree_at(merge.parents[1])
    changes = [
        change
        for change in merge.changes
        if (change.new == beside.get(change.path) or change.old is None) and is_nameable(change.path)
    ]
    blobs = log.read_blobs([blob for each in changes for blob in (each.old, each.new) if blob is not None])
    contents = {str(blob): content for blob, content in blobs.items()}
    untouched = list(_untouched(session, changes, contents))
    requests = [
        WriteRequest(row=_row(session), path=each.path, expected=expected, content=contents[each.new])
        for each, expected in untouched
        if each.new is not None and each.new in contents
    ]
    outcomes = [*tree.write_many(requests)]
    displaced = [done.displaced for done in outcomes if isinstance(done, Written)]
    for request, outcome in zip(requests, outcomes, strict=True):
        if isinstance(outcome, Written):  # else a save of the text that stood here before would be no news
            session.settling.wrote(request.path, digest(request.content))
    for each, expected in untouched:
        if each.new is None and expected is not None:
            done = tree.remove(_row(session), each.path, expected)
            displaced += [done.displaced] if isinstance(done, Removed) else []
    return tuple(each for each in displaced if each is not None)


def _untouched(
    session: Session, changes: Sequence[FileChange], contents: Mapping[str, bytes]
) -> Iterator[tuple[FileChange, DocumentDigest | None]]:
    """Those of *changes* whose file is as it was before, with its digest (None: there is none), and without a hand."""
    for each in changes:
        before = digest(contents[each.old]) if each.old is not None and each.old in contents else None
        found = session.observing.read(each.path)
        stands = digest(found.content) if found is not None else None
        if stands != before or (each.path in session.observing.refused):
            continue
        if found is None or session.ports.tree.hand_on(each.path) is None:
            yield each, before


def _row(session: Session) -> int:
    session.rows += 1
    return session.rows
