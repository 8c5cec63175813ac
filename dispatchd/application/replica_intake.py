"""What is saved where another clone decides: kept and queued for a commit of its person's, and nothing more.

It gives no ids, asks nothing and answers nothing. It looks at what a save means only to know how long to wait with
it: a fact or a tick is committed at once, prose when its writer has rested, half a word not yet.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from dispatchd.application import refusals
from dispatchd.application.bases import agreed_base
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Edit
from dispatchd.application.homes import not_here
from dispatchd.application.intake import Done, Intake, Plan, T
from dispatchd.application.joining import Sides, joined_text
from dispatchd.application.ports.unit_of_work import (
    AgreedText,
    DocumentRecord,
    TextSource,
    UnitOfWork,
    WriteReason,
)
from dispatchd.application.rendering import Rendering
from dispatchd.application.saved_text import landed
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.application.told_in_files import told_in
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.documents.tree_paths import STATUS, PathRole, role_of
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath
from dispatchd.reconcile.document_merge import Winner
from dispatchd.reconcile.intents import Act, Intent, Typing
from dispatchd.reconcile.resting_words import is_act_beside_words, without_fresh_words


@dataclass(slots=True, kw_only=True)
class ReplicaIntake(Intake):
    """Stands in the place of the intake that decides: it has no door to open, whoever asks for one."""

    alone: dict[DocumentPath, DocumentDigest] = field(default_factory=dict)
    """Texts that were queued without the words beside them."""

    def door(self, work: UnitOfWork) -> Door:
        """A door that lets nobody through, so that nothing is decided here, by whatever way it is asked for."""
        return Door(work=work, ids=self.ids, shut=not_here(work))

    def take(
        self,
        work: UnitOfWork,
        sightings: Sequence[Sighting],
        gone: Sequence[DocumentPath],
        present: Collection[DocumentPath],  # noqa: ARG002 -- the intake's signature
        by: Circumstance,
    ) -> Mapping[DocumentPath, Taken]:
        """Keep what was seen, and what is gone; says for each seen path when to look again."""
        taken = {seen.path: self._take_text(work, seen) for seen in sightings}
        for path in gone:
            self._take_absence(work, path, by)
        return taken

    def act(
        self,
        work: UnitOfWork,
        plans: Sequence[Callable[[Door], Plan]],  # noqa: ARG002
        present: Collection[DocumentPath],  # noqa: ARG002
        by: Circumstance,  # noqa: ARG002
    ) -> tuple[Done, ...]:
        """Nothing is done by a word here."""
        raise Rejected(not_here(work))

    def bring_in(
        self,
        work: UnitOfWork,
        do: Callable[[Door, Rendering], T],  # noqa: ARG002
        present: Collection[DocumentPath],  # noqa: ARG002
        by: Circumstance,  # noqa: ARG002
    ) -> T:
        """Nothing is brought in here."""
        raise Rejected(not_here(work))

    def finish(
        self,
        door: Door,
        present: Collection[DocumentPath],
        by: Circumstance,
        rendering: Rendering | None = None,
    ) -> None:
        """Nothing follows from anything here."""

    def _take_text(self, work: UnitOfWork, seen: Sighting) -> Taken:
        record = work.documents.at(seen.path)
        found = digest(seen.content)
        if role_of(seen.path) in {PathRole.IGNORED, PathRole.MISPLACED}:
            return DONE
        if record is not None and found == record.seen and seen.base is None:
            work.documents.save(replace(record, stamp=seen.stamp or record.stamp))
            return DONE
        if record is not None and found == record.current:
            if seen.stamp is not None:
                landed(work, record, seen.stamp, seen.circumstance.at)
            return DONE
        if seen.path == STATUS:
            return _leave(work, record, seen, found)
        if record is None and not seen.content.strip():
            return DONE
        wait = self._wait_for(work, record, seen)
        if seen.quiet < wait:
            if record is not None:
                self._queue_act_alone(work, record, seen)
            return Taken(look_again=wait)
        self._keep(work, record, seen)
        return DONE

    def _keep(self, work: UnitOfWork, record: DocumentRecord | None, seen: Sighting) -> None:
        """Queue the save; what came from elsewhere since the text it began as is brought into it."""
        by = seen.circumstance
        base = self._base(work, record, seen)
        content: bytes | None = seen.content
        if record is not None and record.current is not None and work.blobs.get(record.current) != base:
            sides = Sides(before=base, here=work.blobs.get(record.current), there=seen.content)
            content = joined_text(seen.path, sides, Winner.THEIRS)
        blob = work.blobs.put(content if content is not None else seen.content)
        on_disk = digest(seen.content) if seen.stamp is not None else (record.seen if record else None)
        known = record or DocumentRecord(
            path=seen.path, subject=seen.path, kind=None, seen=None, current=None
        )
        if blob != known.current:
            prose = self._is_prose(work, record, seen, base)
            work.audit.add_text(seen.path, blob, by.actor, by.at, prose=prose)
        owes = on_disk != blob
        work.documents.save(
            replace(
                known,
                seen=on_disk,
                current=blob,
                stamp=seen.stamp or known.stamp,
                owed_since=by.at if owes else None,
                owed_because=WriteReason.ARRIVED if owes else None,
            )
        )
        agree(work, known.subject, seen.content, TextSource.INGESTED, by.at)
        note_problems(self, work, seen.path, blob)

    def _queue_act_alone(self, work: UnitOfWork, record: DocumentRecord, seen: Sighting) -> None:
        """Queue what was done in the save, without the words beside it that still rest: those come with the next look."""
        base = self._base(work, record, seen)
        intents = self._intents(work, record, seen, base)
        if base is None or record.kind is None or not is_act_beside_words(intents):
            return
        kind = self.kinds[record.kind]
        texts = base.decode(), seen.content.decode()
        bodies = tuple(kind.read(text).front.layout.body_at for text in texts)
        alone = work.blobs.put(without_fresh_words(*texts, (bodies[0], bodies[1])).encode())
        if self.alone.get(record.path) != alone and alone != record.seen:
            self.alone[record.path] = alone
            by = seen.circumstance
            work.audit.add_text(record.path, alone, by.actor, by.at)

    def _base(self, work: UnitOfWork, record: DocumentRecord | None, seen: Sighting) -> bytes | None:
        if seen.base is not None:
            return seen.base
        text = decode(seen.content)
        rev = rev_of(text) if isinstance(text, str) else None
        if record is not None and isinstance(text, str) and rev is not None:
            agreed = agreed_base(work, record.subject, rev, text)
            if agreed is not None:
                return work.blobs.get(agreed.digest)
        return work.blobs.get(record.seen) if record is not None and record.seen is not None else None

    def _wait_for(self, work: UnitOfWork, record: DocumentRecord | None, seen: Sighting) -> float:
        """How quiet the file must be before the save is taken as meant."""
        if record is None or record.current is None:
            return self.times.new
        base = self._base(work, record, seen)
        intents = self._intents(work, record, seen, base)
        return self.times.typing if any(isinstance(each, Typing) for each in intents) else 0.0

    def _is_prose(
        self, work: UnitOfWork, record: DocumentRecord | None, seen: Sighting, base: bytes | None
    ) -> bool:
        if record is None or record.kind is None or seen.base is not None:
            return False
        intents = self._intents(work, record, seen, base)
        return not any(isinstance(each, Act) for each in intents)

    def _intents(
        self, work: UnitOfWork, record: DocumentRecord, seen: Sighting, base: bytes | None
    ) -> Sequence[Intent]:
        texts = (decode(base or b""), decode(seen.content))
        if record.kind is None or record.kind not in self.kinds or not work.entity(record.subject):
            return ()
        if not isinstance(texts[0], str) or not isinstance(texts[1], str):
            return ()
        kind = self.kinds[record.kind]
        edit = Edit(
            subject=record.subject,
            base=kind.read(texts[0]),
            disk=kind.read(texts[1]),
            held=(),
            circumstance=seen.circumstance,
            work=work,
            path=record.path,
        )
        return kind.intents(edit)

    def _take_absence(self, work: UnitOfWork, path: DocumentPath, by: Circumstance) -> None:
        record = work.documents.at(path)
        if record is None or record.seen is None:
            return
        if record.current == record.seen and path != STATUS:
            work.audit.add_text(path, None, by.actor, by.at)
            work.documents.save(replace(record, seen=None, current=None, stamp=None))
            return
        # Somebody changed it meanwhile, elsewhere: an edit beats a deletion, and the file comes back.
        work.documents.save(
            replace(record, seen=None, stamp=None, owed_since=by.at, owed_because=WriteReason.ARRIVED)
        )


def note_problems(intake: Intake, work: UnitOfWork, path: DocumentPath, blob: DocumentDigest) -> None:
    """Bring what the document at *path* has wrong up to date, and what home has answered in it, as its text says."""
    record = work.documents.at(path)
    if record is None or record.kind is None:
        return
    text = decode(work.blobs.get(blob))
    if isinstance(text, str):
        reading = intake.kinds[record.kind].read(text)
        found = (*refusals.of_document(record, reading), *told_in(record, reading))
        work.problems.replace(record.subject, found)


def agree(work: UnitOfWork, subject: str, content: bytes, source: TextSource, at: datetime) -> None:
    """Remember that the file holds *content*: saves that carry its `rev` go on from it."""
    text = decode(content)
    work.documents.agree(
        AgreedText(
            subject=subject,
            rev=rev_of(text) if isinstance(text, str) else None,
            digest=work.blobs.put(content),
            source=source,
            at=at,
        )
    )


def _leave(work: UnitOfWork, record: DocumentRecord | None, seen: Sighting, found: DocumentDigest) -> Taken:
    """STATUS.md is home's: what stands there otherwise is written over when home's comes."""
    work.blobs.put(seen.content)
    if record is not None and seen.stamp is not None:
        at: datetime = seen.circumstance.at
        owed = replace(record, seen=found, stamp=seen.stamp, owed_since=at, owed_because=WriteReason.ARRIVED)
        work.documents.save(owed)
    return DONE
