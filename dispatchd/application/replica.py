"""A clone where another one decides: what home says has happened is known here, and what came is put into the files.

The database of a replica is a copy that may be thrown away: events come from the commits of whoever decided, texts
from the tree of the branch. Nothing is concluded from either.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dispatchd.application.clone_status import HOME_SEEN, UNANSWERED, note_more_unanswered
from dispatchd.application.history import HEAD
from dispatchd.application.joining import Sides, joined_text
from dispatchd.application.plain_files import remember_plain
from dispatchd.application.ports.audit_log import CommitId, ForeignCommit, HeadRelation
from dispatchd.application.ports.unit_of_work import (
    DocumentRecord,
    TextSource,
    UnitOfWork,
    WriteReason,
)
from dispatchd.application.replaying import again, events_of
from dispatchd.application.replica_intake import ReplicaIntake, agree, note_problems
from dispatchd.application.saved_text import let_go_of_overtaken
from dispatchd.application.session import Session
from dispatchd.application.tied_documents import subject_of
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import CONFIG, PUBLISHED, PathRole, is_nameable, role_of
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, kind_of
from dispatchd.reconcile.document_merge import Winner

_UNKNOWN = frozenset({PathRole.IGNORED, PathRole.MISPLACED})


def become_replica(session: Session, clone: str) -> None:
    """Let *session* be one that decides nothing; it commits under the name of *clone*."""
    session.clone = clone
    intake = session.intake
    session.intake = ReplicaIntake(
        kinds=intake.kinds, times=intake.times, ids=intake.ids, places=intake.places
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """What is new on the branch: commits with their events, and the bytes of files that changed."""

    head: CommitId
    commits: tuple[ForeignCommit, ...]
    contents: Mapping[DocumentPath, bytes | None]
    before: Mapping[DocumentPath, bytes]
    """What the branch had at these paths."""
    behind: Mapping[DocumentPath, bytes | None]
    """What stands there otherwise than the branch has it, and is no edit: some commit held it, or it never came."""
    is_first: bool


async def absorb_head(session: Session, head: CommitId, known: CommitId | None) -> None:
    """Know what the branch says at *head*, and owe its files what changed since *known*."""
    arrived = await session.run(lambda: _read(session, head, known))
    at = session.ports.clock.now()
    await session.run(lambda: session.note_index(ours=True))
    await session.ports.store.transact(lambda work: _absorb(session, work, arrived, at))


def _read(session: Session, head: CommitId, known: CommitId | None) -> Arrived:
    log = session.ports.audit
    follows = known is not None and log.relation(known, head) is not HeadRelation.TRAVELLED
    commits = log.commits_between(known if follows else None, head)
    before = log.tree_at(known) if known is not None and follows else {}
    after = log.tree_at(head)
    changed = [
        path
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path) and is_nameable(path)
    ]
    blobs = log.read_blobs([tree[path] for path in changed for tree in (before, after) if path in tree])
    had = {path: blobs[before[path]] for path in changed if before.get(path) in blobs}
    behind: Mapping[DocumentPath, bytes | None] = {}
    if known is None:
        beside = [path for path in session.ports.tree.scan().files if path not in after]
        behind = _not_brought_along(session, changed, beside)
        changed += [path for path in beside if path in behind]
    contents = {path: blobs.get(after[path]) if path in after else None for path in changed}
    return Arrived(
        head=head, commits=commits, contents=contents, before=had, behind=behind, is_first=known is None
    )


def _not_brought_along(
    session: Session, paths: Sequence[DocumentPath], beside: Sequence[DocumentPath]
) -> Mapping[DocumentPath, bytes | None]:
    """The files that hold what a commit held, or are missing: they were left behind when the branch moved.

    Those *beside* the branch's paths are such leftovers only if a commit held them. A file that somebody deleted before anybody watched comes back: that is not to be told from one that never came.
    """
    named = [path for path in (*paths, *beside) if role_of(path) not in _UNKNOWN and path not in PUBLISHED]
    found = {path: session.observing.bytes_at(path) for path in named}
    standing = {path: content for path, content in found.items() if content is not None}
    held = session.ports.audit.standing_in_history(standing)
    return {path: content for path, content in found.items() if content is None or path in held}


def _absorb(session: Session, work: UnitOfWork, arrived: Arrived, at: datetime) -> None:
    decided = [commit for commit in arrived.commits if commit.is_own or commit.home]
    _replay(work, events_of(decided))
    for path in arrived.contents:
        if role_of(path) not in _UNKNOWN:
            merged = _with_what_waits(work, path, arrived)
            _arrive(session, work, arrived, path, merged, at)
    left = {
        path: digest(content) if content is not None else None for path, content in arrived.contents.items()
    }
    if not arrived.is_first:
        let_go_of_overtaken(work, left)
    work.set_note(HEAD, arrived.head)
    _note_home(work, arrived)
    if (
        not decided and not arrived.is_first
    ):  # where home has decided, all are counted when that was taken over
        note_more_unanswered(work, sum(1 for each in arrived.commits if not each.is_merge))


def _replay(work: UnitOfWork, events: Sequence[tuple[RecordedEvent, CommitId]]) -> None:
    known = work.audit.committed(recorded.id for recorded, _ in events)
    for recorded, commit in events:
        if recorded.id not in known:
            again(work, recorded, commit)
    work.audit.drop(row.sequence for row in work.audit.waiting() if row.event is not None)


def _with_what_waits(work: UnitOfWork, path: DocumentPath, arrived: Arrived) -> bytes | None:
    """What arrived at *path*, with a save in it that is not committed yet: that goes on from what has come."""
    content = arrived.contents[path]
    rows = [row for row in work.audit.waiting() if row.path == path]
    if not rows or rows[-1].digest is None:
        return content
    saved = work.blobs.get(rows[-1].digest)
    work.audit.drop(row.sequence for row in rows)
    if saved == content:
        return content
    sides = Sides(before=arrived.before.get(path), here=content, there=saved)
    merged = joined_text(path, sides, Winner.THEIRS)
    if merged != content and merged is not None:
        work.audit.add_text(path, work.blobs.put(merged), rows[-1].actor, rows[-1].at)
    return merged


def _arrive(
    session: Session,
    work: UnitOfWork,
    arrived: Arrived,
    path: DocumentPath,
    content: bytes | None,
    at: datetime,
) -> None:
    """The branch has *content* at *path* now; the relay brings the file there, unless a hand is on it."""
    record = work.documents.at(path)
    if content is None:
        _depart(work, arrived, path, at)
        return
    blob = work.blobs.put(content)
    if path == CONFIG:
        remember_plain(work, path, content)
    subject, kind = _whose(session, work, path, content)
    moved = work.documents.of(subject)
    if moved is not None and moved.path != path:
        work.documents.save(_owing(replace(moved, subject=moved.path, kind=None, current=None), at))
    seen = record.seen if record is not None else (blob if arrived.is_first else None)
    if path in arrived.behind:
        left = arrived.behind[path]
        seen = work.blobs.put(left) if left is not None else None
    stamp = record.stamp if record is not None else None
    fresh = DocumentRecord(path=path, subject=subject, kind=kind, seen=seen, current=blob, stamp=stamp)
    work.documents.save(_owing(fresh, at))
    if arrived.is_first:
        agree(work, subject, content, TextSource.RENDERED, at)
    note_problems(session.intake, work, path, blob)


def _depart(work: UnitOfWork, arrived: Arrived, path: DocumentPath, at: datetime) -> None:
    """The branch has nothing at *path* any more; the relay takes the file away, unless a hand is on it."""
    record, left = work.documents.at(path), arrived.behind.get(path)
    if record is None and left is not None:
        held = work.blobs.put(left)
        record = DocumentRecord(path=path, subject=path, kind=None, seen=held, current=None)
    if record is not None:
        work.problems.replace(record.subject, ())
        work.documents.save(_owing(replace(record, current=None), at))


def _whose(
    session: Session, work: UnitOfWork, path: DocumentPath, content: bytes
) -> tuple[str, EntityKind | None]:
    """The entity whose document stands at *path*, as far as home has said there is one; else the path itself."""
    subject = subject_of(session.kinds, path, content) if role_of(path) is PathRole.ENTITY else None
    if subject is None or work.entity(subject) is None:
        return path, None
    return subject, EntityKind.AGENT if work.agent(subject) is not None else kind_of(EntityId(subject))


def _owing(record: DocumentRecord, at: datetime) -> DocumentRecord:
    if record.seen == record.current:
        return replace(record, owed_since=None, owed_because=None)
    return replace(record, owed_since=at, owed_because=WriteReason.ARRIVED)


def _note_home(work: UnitOfWork, arrived: Arrived) -> None:
    """Remember what home committed last, and when."""
    decided = [commit for commit in arrived.commits if commit.is_own]
    if decided:
        last = max(decided, key=lambda each: each.committer.at)
        seen = {"at": last.committer.at.isoformat(), "commit": decided[-1].oid}
        work.set_note(HOME_SEEN, json.dumps(seen))


async def note_unanswered(session: Session) -> None:
    """Remember how many commits of people's have come after the last one of home's."""
    if not session.clone:
        return
    log = session.ports.audit
    note = await session.ports.store.transact(lambda work: work.note(HOME_SEEN))
    seen = json.loads(note or "{}")
    last = CommitId(seen["commit"]) if "commit" in seen else None
    commits = await session.run(lambda: log.commits_between(last, log.head()))
    left = sum(1 for each in commits if not each.is_own and not each.is_merge)

    def keep(work: UnitOfWork) -> None:
        if work.note(UNANSWERED) != str(left):
            work.set_note(UNANSWERED, str(left))

    await session.ports.store.transact(keep)
