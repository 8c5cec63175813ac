"""What goes into the next commits of the audit branch: one commit for each actor and batch, each event in one.

The queue holds, in order, events and the bytes that files had; here they become commits. A person's text comes before
the daemon's answer to it; prose waits until its writer has stopped. How commits are made is the audit log's business.
"""

from collections.abc import Collection, Sequence
from dataclasses import field, replace
from datetime import datetime, timedelta

from dispatchd.application.ports.audit_log import CLONE_TRAILER, AuditCommit, Signature
from dispatchd.application.ports.audit_queue import AuditRow
from dispatchd.application.ports.ids import IdSource
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.revised_prose import tell_prose
from dispatchd.application.settling import SettleTimes
from dispatchd.application.signing import rows_to_commit
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import subject_of
from dispatchd.domain.headlines import headline
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EventPosition

MOST_EVENTS = 500
"""Events in one commit: its message stays readable by git's own tools."""
MOST_ROWS = 10_000
"""Rows that are committed in one go: what a burst leaves is neither held in memory nor handed to git all at once."""
TOLD_IN_FULL = 30
RENDER_GRACE = timedelta(seconds=2)
"""How long an event waits for the rendering of its file, to stand in one commit with it."""


@dataclass(slots=True)
class Group:
    """Rows that become one commit."""

    actor: Actor
    rows: list[AuditRow] = field(default_factory=list)
    texts: dict[DocumentPath, DocumentDigest | None] = field(default_factory=dict)
    events: list[EventPosition] = field(default_factory=list)

    def add(self, row: AuditRow) -> None:
        """Put *row* into this commit; a later text of a path stands for the earlier ones."""
        self.rows.append(row)
        if row.path is not None:
            self.texts[row.path] = row.digest
        if row.event is not None:
            self.events.append(row.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Commits to make, and the rows each of them settles."""

    commits: tuple[AuditCommit, ...]
    groups: tuple[Group, ...]
    is_all: bool
    """Whether nothing else is due at the same moment."""

    @property
    def sequences(self) -> list[int]:
        """The rows that are settled once all commits are made."""
        return [row.sequence for group in self.groups for row in group.rows]


def plan_batch(
    work: UnitOfWork, times: SettleTimes, ids: IdSource, at: datetime, *, force: bool, clone: str = ""
) -> Batch | None:
    """The commits that are due now, or None. *force* takes what would wait longer as well.

    With *clone*, the clone of that name does not decide: its commits are their persons', and tell no events.
    """
    first, is_all = _first_rows(work)
    rows = _ripe(work, first, times, at, force=force)
    if not rows and not is_all:
        # A long row of what rests, or waits for its writer, holds up nothing behind it.
        first, is_all = work.audit.waiting(), True
        rows = _ripe(work, first, times, at, force=force)
    if not rows or (not force and _still_rendering(work, rows, at)):
        return None
    if clone:
        rows = _peoples(work, rows)
    groups = group_rows(rows if clone else _with_prose_events(work, rows, ids))
    commits = (_commit(work, group) for group in groups)
    if clone:
        commits = (replace(each, committer=each.author, marks={CLONE_TRAILER: clone}) for each in commits)
    return Batch(commits=tuple(commits), groups=tuple(groups), is_all=is_all) if groups else None


def _first_rows(work: UnitOfWork) -> tuple[Sequence[AuditRow], bool]:
    """The rows to begin with, and whether they are all there are.

    They end where a transaction does: what is committed of them is what would have been, had the others not come yet.
    """
    rows = work.audit.waiting(MOST_ROWS + 1)
    if len(rows) <= MOST_ROWS:
        return rows, True
    beyond = rows[-1].at
    kept = MOST_ROWS
    while kept and rows[kept - 1].at == beyond:
        kept -= 1
    return (rows[:kept], False) if kept else (work.audit.waiting(), True)


def _ripe(
    work: UnitOfWork, rows: Sequence[AuditRow], times: SettleTimes, at: datetime, *, force: bool
) -> list[AuditRow]:
    """What of *rows* is due, and what goes with it."""
    waiting = rows_to_commit(work, rows)
    due = _due_moments(waiting, times)
    ripe = {row.sequence for row in waiting if force or due[row.sequence] <= at}
    return _joined(waiting, ripe) if ripe else []


def _peoples(work: UnitOfWork, rows: Sequence[AuditRow]) -> list[AuditRow]:
    """*rows* without what is nobody's word: where another clone decides, only people commit, and no event is told."""
    nobodys = {row.sequence for row in rows if row.event is not None or row.actor.kind is not ActorKind.HUMAN}
    work.audit.drop(nobodys)
    return [row for row in rows if row.sequence not in nobodys]


def _joined(waiting: Sequence[AuditRow], ripe: Collection[int]) -> list[AuditRow]:
    """The ripe rows, and what goes with them.

    What has come meanwhile joins, so that an act and the rendering it caused stand in one commit; and so does prose
    that a later text of its file would overtake: the branch would end with the older of the two.
    """
    rows: list[AuditRow] = []
    texts: set[DocumentPath] = set()
    for row in reversed(waiting):
        if row.sequence in ripe or not row.prose or row.path in texts:
            rows.append(row)
            if row.path is not None:
                texts.add(row.path)
    return rows[::-1]


def next_due(work: UnitOfWork, times: SettleTimes, now: datetime) -> datetime | None:
    """When the first row that waits is due, or a moment before that at which to ask again; of many at *now*, one that is
    due already.
    """
    resting = work.audit.resting_since()
    if resting is not None:
        # While a burst of prose comes in, this is asked every second: none of it is due before the first can be.
        soonest = resting + timedelta(seconds=min(times.prose, times.prose_longest))
        if soonest > now:
            return soonest
    first, is_all = _first_rows(work)
    due = min(_due_moments(rows_to_commit(work, first), times).values(), default=None)
    if is_all or (due is not None and due <= now):
        return due
    return min(_due_moments(rows_to_commit(work), times).values(), default=None)


def _due_moments(rows: Sequence[AuditRow], times: SettleTimes) -> dict[int, datetime]:
    """When each row is due: facts at once, prose when its writer has rested, or when its file is committed anyway."""
    batch, rest, longest = (timedelta(seconds=s) for s in (times.batch, times.prose, times.prose_longest))
    first: dict[DocumentPath | None, datetime] = {}
    last: dict[DocumentPath | None, datetime] = {}
    for row in rows:
        if row.prose:
            first.setdefault(row.path, row.at)
            last[row.path] = row.at
    due: dict[int, datetime] = {}
    followed: dict[DocumentPath, datetime] = {}
    for row in reversed(rows):
        moment = row.at + batch
        if row.prose:
            moment = min(last[row.path] + rest, first[row.path] + longest)
            if row.path in followed:
                moment = min(moment, followed[row.path])
        elif row.path is not None:
            followed[row.path] = moment
        due[row.sequence] = moment
    return due


def _still_rendering(work: UnitOfWork, rows: Sequence[AuditRow], at: datetime) -> bool:
    """Whether a young event's file is about to be written: both then stand in one commit. Nobody waits long for it."""
    if all(row.prose for row in rows) or at - min(row.at for row in rows if not row.prose) > 2 * RENDER_GRACE:
        return False
    for row in rows:
        if row.event is None or at - row.at > RENDER_GRACE:
            continue
        recorded, _ = work.event_at(row.event)
        record = work.documents.of(subject_of(recorded.event))
        if record is not None and record.seen != record.current and record.parked is None:
            return True
    return False


def _with_prose_events(work: UnitOfWork, rows: Sequence[AuditRow], ids: IdSource) -> list[AuditRow]:
    """*rows* in which prose that has come to rest is an event like any other; earlier saves of it are dropped.

    What is told of rests no more: where the commit is not made, text and event wait for the next one together.
    """
    following: dict[DocumentPath, AuditRow] = {}
    superseded: set[int] = set()
    for row in reversed(rows):
        if row.path is None:
            continue
        later = following.get(row.path)
        if row.prose and later is not None and later.actor == row.actor:
            superseded.add(row.sequence)
        following[row.path] = row
    work.audit.drop(superseded)
    kept = [row for row in rows if row.sequence not in superseded]
    told = {
        row.sequence: position
        for row in kept
        if row.prose and row.digest is not None
        if (position := _tell_prose(work, row, row.digest, ids)) is not None
    }
    work.audit.has_told(told)
    if not told:
        return kept
    # Once for all of them: after a burst there are as many rows as files.
    by_event = {row.event: row for row in work.audit.of_events(told.values())}
    result: list[AuditRow] = []
    for row in kept:
        result.append(row)
        if row.sequence in told:
            result.append(by_event[told[row.sequence]])
    return result


def _tell_prose(work: UnitOfWork, row: AuditRow, blob: DocumentDigest, ids: IdSource) -> EventPosition | None:
    """Log that prose was revised; None for the text of something that is no entity."""
    record = work.documents.at(row.path) if row.path is not None else None
    if record is None or record.kind is None:
        return None
    by = Circumstance(actor=row.actor, at=row.at, provenance=Provenance(channel=Channel.SAVE))
    return tell_prose(work, record.subject, blob, by, ids)


def group_rows(rows: Sequence[AuditRow]) -> list[Group]:
    """Rows as commits: each joins the first commit of its actor that no other actor's text of its path follows."""
    groups: list[Group] = []
    for row in rows:
        group = _group_for(groups, row)
        if group is None:
            group = Group(actor=row.actor)
            groups.append(group)
        group.add(row)
    return groups


def _group_for(groups: Sequence[Group], row: AuditRow) -> Group | None:
    found: Group | None = None
    for group in groups:
        if row.path is not None and row.path in group.texts and group.actor != row.actor:
            found = None
        elif group.actor == row.actor and len(group.events) < MOST_EVENTS and found is None:
            found = group
    return found


def _commit(work: UnitOfWork, group: Group) -> AuditCommit:
    events = work.audit.told(group.events)
    told = [event.words for event in events]
    subject = told[headline(events)] if told else _saved(group)
    if len(told) > 1:
        subject = f"{subject} (and {len(told) - 1} more)"
    body = [f"- {line}" for line in told[:TOLD_IN_FULL]] if len(told) > 1 else []
    if len(told) > TOLD_IN_FULL:
        body.append(f"- … and {len(told) - TOLD_IN_FULL} more")
    return AuditCommit(
        author=Signature(
            name=group.actor.name, email=group.actor.email, at=max(row.at for row in group.rows)
        ),
        subject=subject,
        body="\n".join(body),
        trailers=tuple(event.line for event in events),
        changes={
            path: work.blobs.get(digest) if digest is not None else None
            for path, digest in group.texts.items()
        },
    )


def _saved(group: Group) -> str:
    written = [path for path, digest in group.texts.items() if digest is not None]
    paths = [*written, *(path for path in group.texts if path not in written)]
    rest = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    verb = "writes" if group.actor.handle == "dispatchd" else "saves"
    return f"{group.actor.name} {verb if written else 'deletes'} {paths[0]}{rest}"
