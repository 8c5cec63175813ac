"""Which owed writes may be done now, and what follows from how they went.

A file is not written under a hand: while somebody has unsaved changes in it or has it open for writing, and, for
what nobody asked for, while it is being saved by itself. The answer to a tick goes at once. Nobody waits longer than
five minutes.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from dispatchd.application.asked_moves import mover
from dispatchd.application.command_handler import Door
from dispatchd.application.ports.dispatch_tree import (
    AlreadyGone,
    AlreadyThere,
    Changed,
    Displaced,
    Hand,
    Moved,
    MoveOutcome,
    Occupied,
    Refused,
    Removed,
    RemoveOutcome,
    WriteOutcome,
    WriteRequest,
    Written,
)
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.saved_text import is_being_typed, landed
from dispatchd.application.settling import Settling
from dispatchd.application.signing import leave_place
from dispatchd.domain.command import MoveDocument
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityId

BACK_OFF_LONGEST = 60.0
LONGEST_LOOK_AWAY = 5.0
"""Seconds until a file with a hand on it is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedWrite:
    """A row that owes a write, with the bytes that are to stand there (None: nothing)."""

    record: DocumentRecord
    content: bytes | None
    is_typed: bool = False
    """Whether the file holds something its writer has not finished."""

    @property
    def is_move(self) -> bool:
        """Whether the file is only to change its place; its text is written where it stands first."""
        return self.record.wanted_path is not None and self.record.seen == self.record.current

    def request(self, row: int) -> WriteRequest:
        """As the tree takes it."""
        return WriteRequest(
            row=row, path=self.record.path, expected=self.record.seen, content=self.content or b""
        )


def owed_writes(work: UnitOfWork, limit: int, exclude: Callable[[DocumentRecord], bool]) -> list[OwedWrite]:
    """Up to *limit* writes that are owed, longest owed first."""
    owed: list[OwedWrite] = []
    for record in work.documents.owed():
        if exclude(record):
            continue
        content = work.blobs.get(record.current) if record.current is not None else None
        owed.append(OwedWrite(record=record, content=content, is_typed=is_being_typed(work, record)))
        if len(owed) >= limit:
            break
    return owed


@dataclass(slots=True)
class Hands:
    """Decides whether a write must wait, and remembers until when."""

    settling: Settling
    not_before: dict[DocumentPath, tuple[float, WriteReason | None]]
    """Until when a write was put off, and why it was owed then: a better reason is looked at afresh."""
    since: dict[DocumentPath, tuple[float, datetime | None]]
    """Since when a hand keeps a write waiting, and since when that write is owed: another write waits anew."""
    last_write: dict[DocumentPath, float]
    held: set[DocumentPath] = field(default_factory=set)
    """Files that owe a write and have a hand on them."""

    def write_at_once(self, path: DocumentPath) -> None:
        """The next write of *path* need keep no distance from the last one: none comes after it."""
        self.last_write.pop(path, None)
        self.not_before.pop(path, None)

    def is_waiting(self, record: DocumentRecord, now: float) -> bool:
        """Whether the write of *record* was put off to a later moment."""
        until, reason = self.not_before.get(record.path, (0.0, None))
        return until > now and reason is record.owed_because

    def may_write(self, owed: OwedWrite, hand: Hand | None, now: float) -> bool:
        """Whether the write may be done now; if not, it is put off, and `held` says whether a hand is the reason."""
        path, times = owed.record.path, self.settling.times
        first, owed_since = self.since.get(path, (now, None))
        if owed_since != owed.record.owed_since:
            first = now
        self.since[path] = (first, owed.record.owed_since)
        unasked = owed.record.owed_because in {WriteReason.UNASKED, WriteReason.ARRIVED}
        is_autosaved = unasked and self.settling.is_autosaved(path, now)
        if now - first < times.hand and (hand is not None or owed.is_typed or is_autosaved):
            self.held.add(path)
            wait = times.autosave - self.settling.quiet_for(path, now)
            if hand is not None or owed.is_typed:
                wait = min(max(times.settle, (now - first) / 4), LONGEST_LOOK_AWAY)
        else:
            self.held.discard(path)
            wait = times.between_renders - (now - self.last_write.get(path, -1e9))
        if wait > 0:
            self.not_before[path] = (now + wait, owed.record.owed_because)
        return wait <= 0

    def look_again(self) -> None:
        """Ask anew whether a hand is on the files that wait for one: it may just have left."""
        for path in self.held:
            self.not_before.pop(path, None)
        self.held.clear()

    def try_again(self, paths: Iterable[DocumentPath]) -> None:
        """Write *paths* as soon as may be: what was in the way may be gone."""
        for path in paths:
            self.not_before.pop(path, None)

    def wrote(self, path: DocumentPath, now: float) -> None:
        """The write was done."""
        self.since.pop(path, None)
        self.held.discard(path)
        self.not_before.pop(path, None)
        self.last_write[path] = now
        if len(self.last_write) > 10_000:
            self.last_write = {p: at for p, at in self.last_write.items() if now - at < 60.0}

    def failed(self, record: DocumentRecord, now: float) -> None:
        """The write could not be done: back off."""
        wait = min(BACK_OFF_LONGEST, 0.25 * 2 ** min(record.attempts, 10))
        self.not_before[record.path] = (now + wait, record.owed_because)

    def next_due(self, now: float) -> float | None:
        """When the first write that was put off may be tried again."""
        later = [at for at, _ in self.not_before.values() if at > now]
        return min(later, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayReport:
    """What came of a batch of writes."""

    written: tuple[DocumentPath, ...] = ()
    displaced: tuple[Displaced, ...] = ()
    look_again: tuple[DocumentPath, ...] = ()
    failed: Mapping[DocumentPath, Refused] | None = None


Outcome = WriteOutcome | RemoveOutcome | MoveOutcome


def settle_outcomes(door: Door, done: Sequence[tuple[OwedWrite, Outcome]], at: datetime) -> RelayReport:
    """Remember what is on disk now; a row that was planned anew meanwhile stays owed."""
    written: list[DocumentPath] = []
    displaced: list[Displaced] = []
    again: list[DocumentPath] = []
    failed: dict[DocumentPath, Refused] = {}
    for owed, outcome in done:
        path = owed.record.path
        match outcome:
            case Written() | AlreadyThere() | Removed() | AlreadyGone() | Moved():
                written.append(path)
                _landed(door, owed, outcome, at)
                if isinstance(outcome, Written | Removed) and outcome.displaced is not None:
                    displaced.append(outcome.displaced)
            case Changed():
                again.append(path)
                _count_attempt(door.work, owed)
            case Occupied(target=target):
                again.append(path)
                _choose_other_place(door.work, owed, target)
            case Refused():
                failed[path] = outcome
                _count_attempt(door.work, owed)
    return RelayReport(
        written=tuple(written), displaced=tuple(displaced), look_again=tuple(again), failed=failed
    )


def _landed(door: Door, owed: OwedWrite, outcome: Outcome, at: datetime) -> None:
    now = door.work.documents.of(owed.record.subject)
    if now is None:
        return
    stamp = outcome.stamp if isinstance(outcome, Written | AlreadyThere | Moved) else None
    if owed.is_move and owed.record.wanted_path is not None:
        _moved(door, now, owed, outcome, at)
        return
    as_written = replace(now, current=owed.record.current)
    landed(door.work, as_written, stamp, at)
    if now.current != owed.record.current:
        kept = door.work.documents.of(owed.record.subject)
        if kept is not None:
            door.work.documents.save(
                replace(
                    kept,
                    current=now.current,
                    owed_since=now.owed_since,
                    owed_because=now.owed_because,
                    owed_by=now.owed_by,
                )
            )


def _moved(door: Door, now: DocumentRecord, owed: OwedWrite, outcome: Outcome, at: datetime) -> None:
    target = owed.record.wanted_path
    if target is None:
        return
    stamp = outcome.stamp if isinstance(outcome, Moved | AlreadyThere) else now.stamp
    work = door.work
    leave_place(work, now)
    work.documents.save(
        replace(
            now, path=target, wanted_path=None, stamp=stamp, owed_since=None, owed_because=None, owed_by=None
        )
    )
    by = mover(work, now.subject, target, at)
    work.audit.add_text(owed.record.path, None, by.actor, at)
    work.audit.add_text(target, now.seen, by.actor, at)
    door.handle(MoveDocument(subject=EntityId(now.subject), before=owed.record.path, after=target), by)


def _choose_other_place(work: UnitOfWork, owed: OwedWrite, taken: DocumentPath) -> None:
    """Something else stands where the file was to go: the id makes its name one of a kind."""
    now = work.documents.of(owed.record.subject)
    if now is not None:
        other = DocumentPath(f"{taken.removesuffix('.md')}-{now.subject}.md")
        work.documents.save(replace(now, wanted_path=other, attempts=now.attempts + 1))


def _count_attempt(work: UnitOfWork, owed: OwedWrite) -> None:
    now = work.documents.of(owed.record.subject)
    if now is not None:
        work.documents.save(replace(now, attempts=now.attempts + 1))
