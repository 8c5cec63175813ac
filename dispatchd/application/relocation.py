"""Known files in each other's places: names swapped, shifted along, or one file put over another.

A path whose file says it is another document is no edit of the one that was there, if that other document stands no
longer where it stood. A copy put over a file (both places say the same) is an edit, and its id is put back.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import field, replace
from typing import Final

from dispatchd.application.asked_moves import mover_seen
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.application.signing import leave_place
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import entity_kind_at, new_path
from dispatchd.domain.command import Circumstance, MoveDocument
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import (
    CROCKFORD,
    ID_LETTERS,
    DocumentPath,
    EntityId,
    EntityKind,
    parse_id,
)

_MAY_SAY: Final = re.compile(rb"\bid\b[\"']?[ \t]*:", re.IGNORECASE)
_ID_LIKE: Final = re.compile(rf"[{''.join(ID_LETTERS)}]-[{CROCKFORD}]{{4,26}}")
_END_OF_FACTS: Final = re.compile(rb"\n---[ \t]*\r?\n")
_MANY: Final = 8
"""Files from which on looking things up together takes less than one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the disk says right now. `read` gives the bytes at a path; `waiting` are paths that have changed."""

    kinds: Kinds
    read: Callable[[DocumentPath], bytes | None]
    stands: Callable[[DocumentPath], bool]
    waiting: Callable[[], Iterable[DocumentPath]]
    unread: Callable[[], Collection[DocumentPath]]
    """Files that could not be read just now: what they are nobody can say."""

    def subject_at(self, work: UnitOfWork, content: bytes | None) -> str | None:
        """The known entity that a file with *content* says it is."""
        named = _ids_named(content) if content is not None else frozenset()
        if content is None or (named is not None and not _is_any_known(work, named)):
            return None
        return self.subject_read_in(work, content)

    def subject_read_in(self, work: UnitOfWork, content: bytes) -> str | None:
        """The same of a file in whose facts the id of a known entity stands."""
        text = decode(content)
        if not isinstance(text, str) or EntityKind.ISSUE not in self.kinds:
            return None
        written = parse_id(str(self.kinds[EntityKind.ISSUE].read(text).facts.get("id") or ""))
        return written if written is not None and work.documents.of(written) is not None else None

    def holds(self, work: UnitOfWork, path: DocumentPath, subject: str) -> bool:
        """Whether the file of *subject* still stands at *path*; what says nothing of itself counts as unchanged."""
        content = self.read(path)
        # Read first: of what could not be looked at for a moment and then proves absent, nothing would be left to see.
        return (content is not None or self.stands(path)) and self.subject_at(work, content) in (
            subject,
            None,
        )

    def says(self, work: UnitOfWork, path: DocumentPath, subject: str) -> bool:
        """Whether the file at *path* itself says that it is *subject*."""
        return self.stands(path) and self.subject_at(work, self.read(path)) == subject


@dataclass(slots=True, kw_only=True)
class Moving:
    """Where documents are now, and those of which no file is left."""

    moves: dict[str, DocumentPath]
    lost: list[DocumentRecord] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Relocating:
    """Finds and makes the moves of one unit of work."""

    door: Door
    places: Places
    quiet: float
    """Seconds that a file has to be quiet, as a new one has: the other halves of a swap are on their way."""
    waits: set[DocumentPath] = field(default_factory=set)
    unread: set[DocumentPath] = field(default_factory=set)
    """Files that say they are a document whose own place could not be read: a move and a copy look alike."""
    lost: list[DocumentPath] = field(default_factory=list)
    """Where the records of documents are kept whose file was overwritten or is not to be found; nothing stands there."""
    named: dict[DocumentPath, frozenset[str]] = field(default_factory=dict)
    """The ids that stand in the facts of what was seen, where no other can."""

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Move the records of files that came to the places of others. `waits` are not quiet enough for that yet."""
        self._look_ahead(sightings)
        moving = self._explained(sightings, self.places.holds)
        if moving.lost:
            # Somebody is without a file: then a place that says nothing is sooner theirs than its document's, where
            # that one stands elsewhere by its own word.
            otherwise = self._explained(sightings, self.places.says)
            moving = otherwise if len(otherwise.lost) < len(moving.lost) else moving
        if moving.moves:
            contents = {seen.path: seen.content for seen in sightings}
            by = next(seen.circumstance for seen in sightings if seen.path in moving.moves.values())
            self._save(moving.moves, contents, by)
            for record in moving.lost:
                self._keep_aside(record)

    def _look_ahead(self, sightings: Sequence[Sighting]) -> None:
        for seen in sightings:
            named = _ids_named(seen.content)
            if named is not None:
                self.named[seen.path] = named
        if len(sightings) >= _MANY:
            subjects = frozenset().union(*self.named.values())
            self.door.work.look_ahead([seen.path for seen in sightings], subjects)

    def _explained(
        self, sightings: Sequence[Sighting], holds: Callable[[UnitOfWork, DocumentPath, str], bool]
    ) -> Moving:
        """What moved, if *holds* says whether a document still stands at its place."""
        arrivals: dict[str, DocumentPath] = {}
        for seen in sightings:
            subject = self._subject_of_another(seen)
            if seen.quiet < self.quiet and (subject is not None or self._may_be_new_here(seen)):
                self.waits.add(seen.path)
                continue
            if subject is None or subject in arrivals:
                continue
            place = self._record_of(subject).path
            has_come = self._is_file_of(subject, seen) or not holds(self.door.work, place, subject)
            # Asked afterwards: it may be this very look that failed.
            if place in self.places.unread():
                self.unread.add(seen.path)
            elif has_come:
                arrivals[subject] = seen.path
        return self._followed(arrivals, {seen.path: seen.content for seen in sightings})

    def _record_of(self, subject: str) -> DocumentRecord:
        record = self.door.work.documents.of(subject)
        assert record is not None  # noqa: S101 -- asked only of what was found by its record
        return record

    def _is_file_of(self, subject: str, seen: Sighting) -> bool:
        """Whether the very file that was last seen as *subject* has come to *seen*, and left its place to another."""
        record = self._record_of(subject)
        return _is_same_file(record, seen) and not self.places.says(self.door.work, record.path, subject)

    def _may_be_new_here(self, seen: Sighting) -> bool:
        """Whether another file stands at a known place and says nothing of itself: the one of before may have moved."""
        here = self.door.work.documents.at(seen.path)
        if here is None or here.current is None or here.stamp is None or _is_as_known(here, seen):
            return False
        return not _is_same_file(here, seen) and self.places.subject_at(self.door.work, seen.content) is None

    def _subject_of_another(self, seen: Sighting) -> str | None:
        """The document that the file of *seen* says it is, if that one is known to stand elsewhere."""
        work = self.door.work
        here = work.documents.at(seen.path)
        if seen.stamp is None or (here is not None and _is_as_known(here, seen)):
            return None
        named = self.named.get(seen.path)
        if named is not None and not _is_any_known(work, named):
            return None
        subject = self.places.subject_read_in(work, seen.content)
        record = work.documents.of(subject) if subject is not None else None
        if record is None or record.path == seen.path or record.current is None:
            return None
        if here is None:
            # A file at a new place is the adoption's, unless its old place is another's by now.
            stands_there = self.places.subject_at(work, self.places.read(record.path))
            is_taken = stands_there not in (None, subject) or (
                stands_there is None and self.places.stands(record.path) and _is_same_file(record, seen)
            )
            is_kind = entity_kind_at(seen.path) in (None, record.kind)
            return record.subject if is_taken and is_kind else None
        return record.subject if here.current is not None and record.kind is here.kind else None

    def _followed(
        self, arrivals: Mapping[str, DocumentPath], contents: Mapping[DocumentPath, bytes]
    ) -> Moving:
        """Where those went whose places the *arrivals* took, and those whose places they took in turn."""
        work = self.door.work
        moving = Moving(moves=dict(arrivals))
        driven_out = [work.documents.at(path) for path in arrivals.values()]
        while driven_out:
            record = driven_out.pop()
            if record is None or record.subject in moving.moves or record in moving.lost:
                continue
            place = self._find(record.subject, contents, moving.moves)
            if place is None:
                moving.lost.append(record)
            else:
                moving.moves[record.subject] = place
                driven_out.append(work.documents.at(place))
        return moving

    def _find(
        self, subject: str, contents: Mapping[DocumentPath, bytes], moves: Mapping[str, DocumentPath]
    ) -> DocumentPath | None:
        """Where the file of *subject* is now: among what was seen, what waits, or where the others came from."""
        work = self.door.work
        left = [record.path for each in moves if (record := work.documents.of(each)) is not None]
        silent: list[DocumentPath] = []
        for path in dict.fromkeys([*contents, *self.places.waiting(), *left]):
            if path in moves.values():
                continue
            content = contents[path] if path in contents else self.places.read(path)
            stands_there = self.places.subject_at(work, content)
            if stands_there == subject:
                return path
            if stands_there is None and content is not None and path in left:
                silent.append(path)
        # A file at a place that its document has left, and that says nothing of itself, was emptied or broken on
        # the way: it is sooner this one than nobody's.
        return silent[0] if silent else None

    def _save(
        self, moves: Mapping[str, DocumentPath], contents: Mapping[DocumentPath, bytes], by: Circumstance
    ) -> None:
        work = self.door.work
        records = {subject: record for subject in moves if (record := work.documents.of(subject)) is not None}
        for subject in records:
            work.documents.forget(subject)
        movers = {
            subject: mover_seen(work, record, moves[subject], by) for subject, record in records.items()
        }
        for subject, record in records.items():
            leave_place(work, record)
            if record.path not in moves.values():
                work.audit.add_text(record.path, None, movers[subject].actor, by.at)
        for subject, record in records.items():
            path, whose = moves[subject], movers[subject]
            content = contents[path] if path in contents else self.places.read(path)
            work.documents.save(replace(record, path=path, wanted_path=None, stamp=None))
            self.door.handle(MoveDocument(subject=EntityId(subject), before=record.path, after=path), whose)
            work.audit.add_text(path, work.blobs.put(content or b""), whose.actor, by.at)

    def _keep_aside(self, record: DocumentRecord) -> None:
        """Nothing is left of its file: it is to be taken for deleted, at a place where nothing stands."""
        if record.kind is None:
            return
        work = self.door.work
        title = str(getattr(work.entity(record.subject), "title", ""))
        path = new_path(record.kind, EntityId(record.subject), title)
        if work.documents.at(path) is None:
            work.documents.save(replace(record, path=path, wanted_path=None, stamp=None))
            self.lost.append(path)


def _ids_named(content: bytes) -> frozenset[str] | None:
    """What looks like an id where the facts of *content* are: a new file's own is no document's here, and reading all
    facts to learn that takes longer than adopting it otherwise does. None where ids may be spelled with escapes.
    """
    if not _MAY_SAY.search(content):
        return frozenset()
    end = _END_OF_FACTS.search(content, 3) if content.startswith(b"---") else None
    facts = content[: end.start()] if end is not None else content
    if b"\\" in facts:
        return None
    return frozenset(_ID_LIKE.findall(facts.decode("utf-8", "replace").lower()))


def _is_any_known(work: UnitOfWork, ids: Iterable[str]) -> bool:
    return any(work.documents.of(each) is not None for each in ids)


def _is_as_known(record: DocumentRecord, seen: Sighting) -> bool:
    """Whether *seen* shows what stood there before, or a file of which the place and not its text says what it is."""
    if record.kind in (None, EntityKind.AGENT) or seen.stamp is None:
        return True
    return record.current == record.seen and record.stamp is not None and record.stamp[:6] == seen.stamp[:6]


def _is_same_file(record: DocumentRecord, seen: Sighting) -> bool:
    """Whether *seen* shows the file itself that *record* was last read from or written to, wherever it is now."""
    return record.stamp is not None and seen.stamp is not None and record.stamp[:2] == seen.stamp[:2]
