"""What every file should say now: new texts are planned here, as rows that owe a write, and written by the relay.

The person's latest text is always the canvas. Nothing is planned for a file that already says it, and nothing for
one that cannot be read.
"""

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime

from dispatchd.application import parking, refusals
from dispatchd.application.authorship import note_words
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import DocumentKind, Kinds
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    ProblemRecord,
    WriteReason,
)
from dispatchd.application.related import related
from dispatchd.application.saved_text import Came, is_being_typed, looked_at_again, queue_text, source_of
from dispatchd.application.sighting import Sighting, is_in_history
from dispatchd.application.urgency import most_urgent, reason_of
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.front_matter_edit import rev_of, stamp_rev
from dispatchd.documents.tree_paths import archive_path, is_archived, new_path
from dispatchd.domain.actors import DAEMON, Actor, Channel
from dispatchd.domain.board import Entity
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.dataclass import dataclass, replace
from dispatchd.domain.decision import Decision
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue
from dispatchd.domain.list_command import MakeIssues
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.reconcile.places import line_text


@dataclass(slots=True)
class Rendering:
    """Plans the texts of one unit of work."""

    door: Door
    kinds: Kinds
    bodies: dict[str, str] = field(default_factory=dict)
    """Texts for documents that a command opens, by the entity's id."""
    said_elsewhere: set[str] = field(default_factory=set)
    """Entities about which a person said something in another file: no save of theirs shows it, their commit does."""
    quiet: set[str] = field(default_factory=set)
    """Subjects of saves that were taken as written, and await no answer."""

    def keep_bodies(self, command: Command) -> None:
        """Remember the texts for the issues that *command* makes."""
        if isinstance(command, MakeIssues):
            self.bodies.update(command.bodies)

    places: dict[str, DocumentPath] = field(default_factory=dict)
    """Paths for such documents where they do not go into their kind's folder."""
    at_last: list[Callable[[], None]] = field(default_factory=list)
    """What can be said only when it is known what all files say."""

    def after_save(self, record: DocumentRecord, seen: Sighting, canvas: str, came: Came) -> None:
        """Remember what the person saved, and plan the answer if the file should say more than it does.

        While something in it is still being typed nothing is planned: an answer would be written over the typing.
        """
        at = seen.circumstance.at
        found = digest(seen.content)
        if not is_in_history(seen):
            queue_text(self.door.work, record, found, seen, came)
        if came.prose:
            note_words(self.door.work, record.subject, seen.circumstance.actor)
        kept = replace(record, seen=found if seen.stamp else record.seen, stamp=seen.stamp or record.stamp)
        if came.held:
            self._keep_as_it_is(kept, canvas, at)
            return
        reason = WriteReason.UNASKED
        if came.refused or (came.contested and seen.stamp is None):
            # Else a thread would say for a while that something stands which does not.
            reason = WriteReason.REFUSAL
        elif (came.acted and not came.quietly) or seen.travelled:
            reason = WriteReason.ANSWER
        elif came.acted:
            self.quiet.add(record.subject)
        self._plan(kept, canvas, reason, DAEMON, at)

    def _keep_as_it_is(self, record: DocumentRecord, canvas: str, at: datetime) -> None:
        work = self.door.work
        wanted = work.blobs.put(canvas.encode())
        owes = wanted != record.seen
        work.documents.save(
            replace(
                record,
                current=wanted,
                stamp=looked_at_again(record.stamp),
                owed_since=(record.owed_since or at) if owes else None,
                owed_because=(record.owed_because or WriteReason.UNASKED) if owes else None,
                owed_by=record.owed_by if owes else None,
            )
        )

    def adopted(self, record: DocumentRecord, seen: Sighting, canvas: str) -> None:
        """Remember a new file as its person wrote it; what is added above is planned with all else that was touched.

        *canvas* is its text without what was refused.
        """
        work, at = self.door.work, seen.circumstance.at
        stored = work.blobs.put(seen.content)
        if not is_in_history(seen):
            work.audit.add_text(record.path, stored, seen.circumstance.actor, at)
        text = AgreedText(
            subject=record.subject, rev=rev_of(canvas), digest=stored, source=source_of(seen), at=at
        )
        work.documents.agree(text)
        current = stored if canvas.encode() == seen.content else work.blobs.put(canvas.encode())
        work.documents.save(replace(record, current=current, owed_because=WriteReason.ADOPTION))

    def refresh(self) -> None:
        """Plan the texts of everything that the unit of work touched, beyond the saved files themselves."""
        touched = list(self.door.touched.items())
        fresh: set[str] = set()
        for subject, circumstance in touched:  # new documents first, so that others can link to them
            if self.door.work.documents.of(subject) is None:
                self._refresh_one(subject, circumstance)
                fresh.add(subject)
        last = dict(related(self.door))
        for subject, circumstance in touched:
            if subject not in last and (subject not in fresh or not self._says_all(subject)):
                self._refresh_one(subject, circumstance)
        for subject, reason in last.items():  # they say where the others are, and those may have moved
            own, first = self.door.touched.get(subject), touched[0][1]
            self._refresh_one(subject, own or first, None if own else reason)
            if own:
                self._owe_for_another(subject, first, reason)

    def _owe_for_another(self, subject: str, circumstance: Circumstance, reason: WriteReason | None) -> None:
        """The text of *subject* is planned, and says something of another one too: it may be more urgent for that."""
        record = self.door.work.documents.of(subject)
        if record is None or record.owed_because is None or record.current in (None, record.seen):
            return
        if record.parked is not None or is_being_typed(self.door.work, record):
            return
        by = self._author(subject, circumstance)
        self.door.work.documents.save(
            replace(
                record,
                owed_because=most_urgent(record.owed_because, reason or self._why(subject, circumstance)),
                owed_by=by if record.owed_by in (None, by) else DAEMON,
            )
        )

    def _why(self, subject: str, circumstance: Circumstance) -> WriteReason:
        return WriteReason.UNASKED if subject in self.quiet else reason_of(circumstance)

    def _says_all(self, subject: str) -> bool:
        """Whether a file that was just composed can say nothing more: an issue about which there is no thread."""
        entity = self.door.work.entity(subject)
        return isinstance(entity, Issue) and not any(self.door.work.threads_of(entity.id))

    def _refresh_one(
        self, subject: str, circumstance: Circumstance, reason: WriteReason | None = None
    ) -> None:
        work = self.door.work
        entity = work.entity(subject)
        record = work.documents.of(subject)
        if entity is None:
            return
        if not isinstance(entity, Decision) and entity.removed:
            self._take_away(record, subject, circumstance)
            return
        if record is None:
            self._create(subject, entity, circumstance)
            return
        if record.parked is None and record.current is not None and not is_being_typed(work, record):
            canvas = work.blobs.get(record.current).decode()
            self._plan(
                self._filed(record, entity, circumstance.at),
                canvas,
                reason or self._why(subject, circumstance),
                self._author(subject, circumstance),
                circumstance.at,
                record.current,
            )

    def _take_away(self, record: DocumentRecord | None, subject: str, circumstance: Circumstance) -> None:
        """The entity was removed by a word, not by its file: the file follows."""
        if record is not None and record.seen is not None and record.parked is None:
            self.door.work.documents.save(
                replace(
                    record,
                    current=None,
                    wanted_path=None,
                    owed_since=circumstance.at,
                    owed_because=WriteReason.ANSWER,
                    owed_by=self._author(subject, circumstance),
                )
            )

    def _author(self, subject: str, circumstance: Circumstance) -> Actor:
        """Whose commit a rendered file belongs to: that of who said it in no file of its own, else the daemon's."""
        by_word = circumstance.provenance.channel is Channel.COMMAND or subject in self.said_elsewhere
        return circumstance.actor if by_word else DAEMON

    def _filed(self, record: DocumentRecord, entity: Entity | Decision, at: datetime) -> DocumentRecord:
        """The record, with its place in the archive if that is where its document belongs now."""
        if not isinstance(entity, Thread) or entity.status is ThreadStatus.OPEN or is_archived(record.path):
            return record
        if entity.delivered or entity.status is not ThreadStatus.ANSWERED:
            record = replace(record, wanted_path=archive_path(record.path, at.year, at.month))
            self.door.work.documents.save(record)  # its text says where others are, as seen from there
        return record

    def _create(self, subject: str, entity: Entity | Decision, circumstance: Circumstance) -> None:
        work = self.door.work
        kind = EntityKind.AGENT if work.agent(subject) is not None else kind_of(EntityId(subject))
        text = self._last_text(kind, subject, entity)
        if text is None:
            text = stamp_rev(self.kinds[kind].compose(entity, work, self.bodies.get(subject, "")))
        record = DocumentRecord(
            path=self.places.get(subject) or self._free_path(kind, subject, entity),
            subject=subject,
            kind=kind,
            seen=None,
            current=work.blobs.put(text.encode()),
            owed_since=circumstance.at,
            owed_because=WriteReason.ANSWER,
            owed_by=self._author(subject, circumstance),
        )
        work.documents.save(record)

    def _last_text(self, kind: EntityKind, subject: str, entity: Entity | Decision) -> str | None:
        """What the file of *entity* said when it was last there: its place has become another's since."""
        newest = self.door.work.documents.newest_agreed(subject)
        text = decode(self.door.work.blobs.get(newest.digest)) if newest is not None else None
        if not isinstance(text, str) or parking.unreadable(self.kinds[kind].read(text)) is not None:
            return None
        return self.kinds[kind].render(entity, text, (), self.door.work)

    def _free_path(self, kind: EntityKind, subject: str, entity: Entity | Decision) -> DocumentPath:
        title = "" if kind is EntityKind.AGENT else str(getattr(entity, "title", ""))
        path = new_path(kind, EntityId(subject), title)
        to = entity.to if isinstance(entity, Thread) else None
        if to is not None and self.door.work.agent(to) is not None:
            return DocumentPath(f"agents/{to}/{path}")
        return path

    def _plan(
        self,
        record: DocumentRecord,
        canvas: str,
        reason: WriteReason,
        by: Actor,
        at: datetime,
        stands: DocumentDigest | None = None,
    ) -> None:
        """Plan what the file should say; *stands* is what *canvas* is kept by, where it is kept."""
        work = self.door.work
        entity = work.entity(record.subject)
        new = self._text_for(record, entity, canvas) if entity is not None else canvas
        wanted = stands if stands is not None and new == canvas else work.blobs.put(new.encode())
        if wanted == record.seen and record.wanted_path is None:
            work.documents.save(
                replace(record, current=wanted, owed_since=None, owed_because=None, owed_by=None, attempts=0)
            )
            return
        work.documents.save(
            replace(
                record,
                current=wanted,
                owed_since=record.owed_since or at,
                owed_because=most_urgent(record.owed_because, reason),
                owed_by=by if record.owed_by in (None, by) else DAEMON,
            )
        )

    def _text_for(self, record: DocumentRecord, entity: Entity | Decision, canvas: str) -> str:
        if record.kind is None:
            return canvas
        kind: DocumentKind = self.kinds[record.kind]
        problems = self.door.work.problems.of(record.subject)
        if any(line_text(problem.anchor) is not None for problem in problems):
            problems = self._on_lines_that_stand(kind, record, entity, canvas, problems)
        return kind.render(entity, canvas, refusals.annotations(problems), self.door.work)

    def _on_lines_that_stand(
        self,
        kind: DocumentKind,
        record: DocumentRecord,
        entity: Entity | Decision,
        canvas: str,
        problems: Sequence[ProblemRecord],
    ) -> Sequence[ProblemRecord]:
        """Without the refusals whose line is gone from the new text: a box that is no longer offered."""
        standing = refusals.on_lines_of(problems, kind.render(entity, canvas, (), self.door.work))
        if len(standing) < len(problems):
            self.door.work.problems.replace(record.subject, standing)
        return standing
