"""What moved the branch besides the daemon: people's commits are taken as their acts, travels through history are not.

Commits are read oldest first, each against its first parent, and attributed to its author. A commit of bytes already
taken from a save is that same act. Of a merge only what its maker wrote besides counts. A commit that calls itself a
daemon's and was not made here decides nothing. Whose commits count for what, the rules say.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from dispatchd.application.merges_by_hand import makers_part
from dispatchd.application.people import person_by_email
from dispatchd.application.ports.audit_log import (
    AuditLog,
    BlobId,
    CommitId,
    FileChange,
    ForeignCommit,
    HeadRelation,
)
from dispatchd.application.ports.branch_names import HEAD_NOTE
from dispatchd.application.ports.unit_of_work import DocumentRecord, TextSource, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.application.signing import waiting_since
from dispatchd.application.wire import WireError, decode_event
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import is_nameable
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.board import Rules
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

HEAD = HEAD_NOTE
HEAD_SINCE = "audit_head_since"
"""The note that holds when the branch was last seen to move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitSightings:
    """What one commit of somebody else's did, as sightings of its files, and the files it removed."""

    commit: CommitId
    sightings: tuple[Sighting, ...]
    removed: tuple[DocumentPath, ...]
    circumstance: Circumstance
    travelled: bool
    kept: tuple[DocumentPath, ...] = ()
    """Files that a merge left out although one side had changed them since the other took them away."""
    met: Mapping[DocumentPath, frozenset[DocumentDigest]] = field(default_factory=dict)
    """The texts of each file that its maker had before their eyes."""
    parents: tuple[CommitId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """How the branch moved since it was last looked at."""

    old: CommitId
    new: CommitId
    travelled: bool
    own: tuple[ForeignCommit, ...] = ()
    """Commits that a daemon, here or elsewhere, says it made."""
    foreign: tuple[CommitSightings, ...] = ()
    blobs: Mapping[BlobId, bytes] = field(default_factory=dict)
    twice: frozenset[DocumentPath] = frozenset()
    """Files that somebody added elsewhere and that the branch had here already."""


def movement(log: AuditLog, old: CommitId, new: CommitId, rules: Rules, *, doubts: bool = False) -> Movement:
    """Read what lies between *old* and *new*; signatures are looked at only where *rules* or *doubts* ask for them."""
    if log.relation(old, new) is not HeadRelation.DESCENDS:
        return Movement(old=old, new=new, travelled=True)
    commits = log.commits_between(old, new)
    blobs = log.read_blobs(list(_blobs_of(commits)))
    own = tuple(commit for commit in commits if commit.is_own)
    here = log.made_here(commits) if own else frozenset()
    foreign = tuple(
        _resolutions(log, commit, _circumstance(log, commit, rules, doubts=doubts))
        if commit.is_merge
        else _sightings(commit, blobs, _circumstance(log, commit, rules, doubts=doubts))
        for commit in commits
        if commit.oid not in here
    )
    added = {seen.path for commit in foreign for seen in commit.sightings if seen.base is None}
    return Movement(
        old=old,
        new=new,
        travelled=False,
        twice=frozenset(added & log.tree_at(old).keys()) if added else frozenset(),
        own=own,
        foreign=foreign,
        blobs=blobs,
    )


def _blobs_of(commits: Iterable[ForeignCommit]) -> Iterable[BlobId]:
    for commit in commits:
        for change in commit.changes:
            yield from (blob for blob in (change.old, change.new) if blob is not None)


def _circumstance(log: AuditLog, commit: ForeignCommit, rules: Rules, *, doubts: bool) -> Circumstance:
    """Whose act *commit* is: its signer's where that is asked for and known, else its author's."""
    author = person_by_email(rules.people, commit.author.name, commit.author.email)
    signer = log.signer_of(commit.oid) if rules.require_signed or doubts else None
    if signer is not None:
        by = person_by_email(rules.people, "", signer)
        author = author if author.handle == by.handle else by
    return Circumstance(
        actor=author,
        at=commit.author.at,
        provenance=Provenance(channel=Channel.COMMIT, commit=commit.oid, signed=signer is not None),
    )


def _resolutions(log: AuditLog, commit: ForeignCommit, by: Circumstance) -> CommitSightings:
    """What a merge holds that neither side had: against what comes of the two by themselves, that is its maker's."""
    made = makers_part(log, commit)
    return CommitSightings(
        commit=commit.oid,
        sightings=tuple(
            Sighting(
                path=each.path,
                content=each.content,
                base=each.base,
                circumstance=by,
                travelled=commit.is_own,
            )
            for each in made.changed
        ),
        removed=(),
        circumstance=by,
        travelled=commit.is_own,
        kept=made.kept,
        met={each.path: each.met for each in made.changed},
        parents=commit.parents,
    )


def _sightings(commit: ForeignCommit, blobs: Mapping[BlobId, bytes], by: Circumstance) -> CommitSightings:
    seen = [
        Sighting(
            path=change.path,
            content=blobs[change.new],
            base=blobs.get(change.old) if change.old is not None else None,
            circumstance=by,
            travelled=commit.is_revert or commit.is_own,
        )
        for change in commit.changes
        if change.new is not None and change.new in blobs and is_nameable(change.path)
    ]
    removed = tuple(
        change.path for change in commit.changes if change.new is None and is_nameable(change.path)
    )
    return CommitSightings(
        commit=commit.oid,
        sightings=tuple(seen),
        removed=removed,
        circumstance=by,
        travelled=commit.is_revert or commit.is_own,
        parents=commit.parents,
    )


def not_yet_taken(work: UnitOfWork, sightings: Sequence[Sighting], since: datetime) -> list[Sighting]:
    """Those whose bytes the database has not taken from a save since the branch last moved, nor is yet to commit.

    The latter stood in the file when somebody put all of the folder into a commit of theirs. Where ticks wait for a
    signature, such bytes come too, marked: the commit may be what they wait for.
    """
    fresh: list[Sighting] = []
    owed = {(row.path, row.digest) for row in work.audit.waiting() if row.path is not None}
    for seen in sightings:
        record = work.documents.at(seen.path)
        if record is None:
            fresh.append(seen)
            continue
        waiting = waiting_since(work, record.subject)
        is_ours = (record.path, digest(seen.content)) in owed
        if not is_ours and not _is_taken(
            work, record, seen, since if waiting is None else min(since, waiting)
        ):
            fresh.append(seen)
        elif waiting is not None:
            fresh.append(replace(seen, taken_before=True))
    return fresh


def _is_taken(work: UnitOfWork, record: DocumentRecord, seen: Sighting, since: datetime) -> bool:
    found = digest(seen.content)
    newest = work.documents.newest_agreed(record.subject)
    if (
        newest is not None and newest.source is TextSource.COMMITTED
    ):  # an earlier commit of this same walk, or before
        return found == newest.digest
    return found in (record.seen, record.current) or work.documents.was_ingested(record.subject, found, since)


def settle_own(work: UnitOfWork, commits: Sequence[ForeignCommit], blobs: Mapping[BlobId, bytes]) -> None:
    """Mark the events that these commits of ours hold, and drop the rows they settle (a crash came in between)."""
    waiting = work.audit.waiting()
    for commit in commits:
        events = [event for line in commit.events if (event := _event(line)) is not None]
        known = work.audit.committed(event.id for event in events)
        work.audit.mark(known.values(), commit.oid)
        written = {(change.path, _digest_of(blobs, change)) for change in commit.changes}
        # A commit holds the last of several texts of one file; an earlier one must not be put on top of it afterwards.
        last = {row.path: row.sequence for row in waiting if row.path and (row.path, row.digest) in written}
        settled = {
            row.sequence
            for row in waiting
            if row.event in known.values()
            or (row.path is not None and row.sequence <= last.get(row.path, -1))
        }
        work.audit.drop(settled)


def _digest_of(blobs: Mapping[BlobId, bytes], change: FileChange) -> str | None:
    content = blobs.get(change.new) if change.new is not None else None
    return digest(content) if content is not None else None


def _event(line: str) -> RecordedEvent | None:
    """The event of a trailer; None for a line that somebody wrote by hand and that is none."""
    try:
        return decode_event(json.loads(line))
    except (ValueError, WireError):
        return None


def dated(circumstance: Circumstance, at: datetime) -> Circumstance:
    """The same act, dated *at*."""
    return Circumstance(actor=circumstance.actor, at=at, provenance=circumstance.provenance)


def set_head(work: UnitOfWork, head: CommitId, at: datetime) -> None:
    """Remember the commit that the database is level with."""
    work.set_note(HEAD, head)
    work.set_note(HEAD_SINCE, at.isoformat())
