"""Known files in each other's places: names swapped, shifted along, or one file put over another.

A path whose file says it is another document is no edit of the one that was there, if that other document stands no
longer where it stood. A copy put over a file (both places say the same) is an edit, and its id is put back.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import new_path
from dispatchd.domain.command import Circumstance, MoveDocument
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, parse_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """What the disk says right now. `read` gives the bytes at a path; `waiting` are paths that have changed."""

    kinds: Kinds
    read: Callable[[DocumentPath], bytes | None]
    stands: Callable[[DocumentPath], bool]
    waiting: Callable[[], Iterable[DocumentPath]]

    def subject_at(self, work: UnitOfWork, content: bytes | None) -> str | None:
        """The known entity that a file with *content* says it is."""
        text = decode(content) if content is not None else None
        if not isinstance(text, str) or EntityKind.ISSUE not in self.kinds:
            return None
        written = parse_id(str(self.kinds[EntityKind.ISSUE].read(text).facts.get("id") or ""))
        return written if written is not None and work.documents.of(written) is not None else None

    def holds(self, work: UnitOfWork, path: DocumentPath, subject: str) -> bool:
        """Whether the file of *subject* still stands at *path*; what says nothing of itself counts as unchanged."""
        return self.stands(path) and self.subject_at(work, self.read(path)) in (subject, None)


@dataclass(slots=True, kw_only=True)
class Relocating:
    """Finds and makes the moves of one unit of work."""

    door: Door
    places: Places
    quiet: float
    """Seconds that a file has to be quiet, as a new one has: the other halves of a swap are on their way."""
    waits: list[DocumentPath] = field(default_factory=list)
    lost: list[DocumentPath] = field(default_factory=list)
    """Where the records of documents are kept whose file was overwritten by another's; nothing stands there."""

    def take(self, sightings: Sequence[Sighting]) -> None:
        """Move the records of files that came to the places of others. `waits` are not quiet enough for that yet."""
        arrivals: dict[str, Sighting] = {}
        for seen in sightings:
            subject = self._arrived(seen)
            if subject is None or subject in arrivals:
                continue
            if seen.quiet < self.quiet:
                self.waits.append(seen.path)
            else:
                arrivals[subject] = seen
        if arrivals:
            self._move(arrivals, next(iter(arrivals.values())).circumstance, sightings)

    def _arrived(self, seen: Sighting) -> str | None:
        """The document whose file has come to the place of another one."""
        work = self.door.work
        here = work.documents.at(seen.path)
        if (
            here is None
            or here.kind in (None, EntityKind.AGENT)
            or here.current is None
            or seen.stamp is None
        ):
            return None
        if here.current == here.seen and here.stamp is not None and here.stamp[:6] == seen.stamp[:6]:
            return None
        subject = self.places.subject_at(work, seen.content)
        record = work.documents.of(subject) if subject is not None else None
        if record is None or record.subject == here.subject or record.kind is not here.kind:
            return None
        is_gone = record.current is None or self.places.holds(work, record.path, record.subject)
        return None if is_gone else record.subject

    def _move(
        self, arrivals: Mapping[str, Sighting], by: Circumstance, sightings: Sequence[Sighting]
    ) -> None:
        work = self.door.work
        contents = {seen.path: seen.content for seen in sightings}
        moves = {subject: seen.path for subject, seen in arrivals.items()}
        lost: list[DocumentRecord] = []
        driven_out = [work.documents.at(path) for path in moves.values()]
        while driven_out:
            record = driven_out.pop()
            if record is None or record.subject in moves or record in lost:
                continue
            place = self._find(record.subject, contents, moves)
            if place is None:
                lost.append(record)
            else:
                moves[record.subject] = place
                driven_out.append(work.documents.at(place))
        self._save(moves, contents, by)
        for record in lost:
            self._keep_aside(record)

    def _find(
        self, subject: str, contents: Mapping[DocumentPath, bytes], moves: Mapping[str, DocumentPath]
    ) -> DocumentPath | None:
        """Where the file of *subject* is now: among what was seen, what waits, or where the others came from."""
        work = self.door.work
        left = [record.path for each in moves if (record := work.documents.of(each)) is not None]
        for path in dict.fromkeys([*contents, *self.places.waiting(), *left]):
            if path in moves.values():
                continue
            content = contents[path] if path in contents else self.places.read(path)
            if self.places.subject_at(work, content) == subject:
                return path
        return None

    def _save(
        self, moves: Mapping[str, DocumentPath], contents: Mapping[DocumentPath, bytes], by: Circumstance
    ) -> None:
        work = self.door.work
        records = {subject: record for subject in moves if (record := work.documents.of(subject)) is not None}
        for subject in records:
            work.documents.forget(subject)
        for record in records.values():
            if record.path not in moves.values():
                work.audit.add_text(record.path, None, by.actor, by.at)
        for subject, record in records.items():
            path = moves[subject]
            content = contents[path] if path in contents else self.places.read(path)
            work.documents.save(replace(record, path=path, wanted_path=None, stamp=None))
            self.door.handle(MoveDocument(subject=EntityId(subject), before=record.path, after=path), by)
            work.audit.add_text(path, work.blobs.put(content or b""), by.actor, by.at)

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
