"""A new file becomes an entity: it gets an id and what is missing; its name, its text and its order stay.

A file whose id is known is the same document moved, a copy, or one that came back.
"""

from typing import Final

from dispatchd.application import parking, refusals
from dispatchd.application.asked_at_once import ask_at_once
from dispatchd.application.asked_moves import mover_seen
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Adoption, DocumentKind, Kinds, Reading
from dispatchd.application.editing import Editing
from dispatchd.application.kinds.facts_of_kind import members_of
from dispatchd.application.late_saves import is_late_save, take_late_save
from dispatchd.application.named_files import places_missing
from dispatchd.application.new_ids import id_for
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.application.ports.unit_of_work import DocumentRecord
from dispatchd.application.relocation import Places
from dispatchd.application.rendering import Rendering
from dispatchd.application.second_looks import EarlierLook, SecondLooks
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.application.signing import leave_place
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import agent_of, entity_kind_at
from dispatchd.domain.actors import Channel
from dispatchd.domain.agent import Agent
from dispatchd.domain.authority import is_person
from dispatchd.domain.command import Command, IntroduceAgent, MoveDocument, RestoreEntity
from dispatchd.domain.dataclass import dataclass, replace
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import (
    DocumentPath,
    EntityId,
    EntityKind,
    kind_of,
    parse_id,
)
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.places import untick_at

SECOND_LOOK = 0.0
"""A reference to something not adopted yet gets another look once the rest is in."""


@dataclass(slots=True, kw_only=True)
class Adopting:
    """Takes files that the database does not know, within one unit of work."""

    door: Door
    kinds: Kinds
    rendering: Rendering
    editing: Editing
    times: SettleTimes
    second_looks: SecondLooks
    places: Places

    def take(self, seen: Sighting) -> Taken:
        """Adopt the file of *seen*, or say when it is quiet enough for that."""
        if not seen.content.strip():
            return DONE
        if seen.quiet < self.times.new:
            return Taken(look_again=self.times.new)
        text = decode(seen.content)
        if isinstance(text, DocumentProblem):
            return self._unreadable(seen, text)
        kind = self._kind_for(seen.path, text)
        if kind is None:
            return DONE
        reading = self.kinds[kind].read(text)
        problem = parking.unreadable(reading)
        if problem is not None:
            return self._unreadable(seen, problem)
        written = parse_id(str(reading.facts.get("id") or ""))
        known = self._known_as(kind, seen.path, written)
        if known is not None:
            taken = self._known_id(known, seen)
            if taken is not None:
                return taken
        return self._adopt(self.kinds[kind], reading, seen, None if known is not None else written, known)

    def _kind_for(self, path: DocumentPath, text: str) -> EntityKind | None:
        kind = entity_kind_at(path)
        if kind is not None:
            return kind if kind in self.kinds else None
        written = parse_id(str(self.kinds[EntityKind.ISSUE].read(text).facts.get("id") or ""))
        found = EntityKind.ISSUE if written is None else kind_of(written)
        return found if found in self.kinds else None

    def _known_as(
        self, kind: EntityKind, path: DocumentPath, written: EntityId | None
    ) -> DocumentRecord | None:
        """The document of the entity that this file says it is."""
        if kind is EntityKind.AGENT:
            return self.door.work.documents.of(agent_of(path) or "")
        return self.door.work.documents.of(written) if written is not None else None

    def refused(self, seen: Sighting, why: str) -> Taken:
        """The rules refuse the file as a whole: it is left as it is, and a thread says why."""
        return self._unreadable(seen, DocumentProblem(what=why))

    def _unreadable(self, seen: Sighting, problem: DocumentProblem) -> Taken:
        record = DocumentRecord(path=seen.path, subject=seen.path, kind=None, seen=None, current=None)
        return parking.park(self.door, record, seen, problem, self.times)

    def _known_id(self, known: DocumentRecord, seen: Sighting) -> Taken | None:
        """Moved or come back: the same document at a new place. None: a copy, to be adopted as new."""
        work = self.door.work
        entity = work.entity(known.subject)
        gone = known.current is None or (entity is not None and getattr(entity, "removed", False))
        holds = not gone and self.places.holds(work, known.path, known.subject)
        if not gone and known.path in self.places.unread():
            return Taken(unread=True)
        if holds:
            if not is_late_save(work, known, seen):
                return None
            self._forget_unread(seen)
            return take_late_save(self.editing, known, seen)
        self._forget_unread(seen)
        if gone:
            self.door.handle(RestoreEntity(subject=EntityId(known.subject)), seen.circumstance)
        by = mover_seen(work, known, seen.path, seen.circumstance)
        if known.path != seen.path:
            move = MoveDocument(subject=EntityId(known.subject), before=known.path, after=seen.path)
            self.door.handle(move, by)
            leave_place(work, known)
            if not gone:
                work.audit.add_text(known.path, None, by.actor, by.at)
        if gone or known.path != seen.path:
            work.audit.add_text(seen.path, work.blobs.put(seen.content), by.actor, by.at)
        newest = work.documents.newest_agreed(known.subject)
        current = known.current or (newest.digest if newest is not None else digest(seen.content))
        moved = replace(
            known, path=seen.path, wanted_path=None, seen=newest.digest if newest else None, current=current
        )
        work.documents.save(moved)
        return self.editing.take(moved, seen)

    def _adopt(
        self,
        kind: DocumentKind,
        reading: Reading,
        seen: Sighting,
        written: EntityId | None,
        copy_of: DocumentRecord | None,
    ) -> Taken:
        if len(seen.content) > LARGEST_FILE - ROOM_FOR_FACTS:
            return self._unreadable(seen, _TOO_LARGE)
        entity_id = id_for(self.door, kind.kind, seen, written)
        adoption = self._adoption(entity_id, reading, seen, copy_of)
        self._introduce_owner(seen)
        command, refused = kind.adopt(adoption)
        earlier = self.second_looks.begin(seen.path)
        later = self._named_later(adoption, seen, earlier) if kind.kind is EntityKind.ISSUE else None
        refused_by_rules = later or self._open(kind, command, seen, reading, earlier)
        if isinstance(refused_by_rules, Taken):
            return refused_by_rules
        flaws = kind.flaws(entity_id, reading, self.door.work, seen.circumstance)
        asked = ask_at_once(self.door, kind, adoption, seen)
        refused = (*refused, *refused_by_rules, *flaws, *asked)
        if copy_of is not None:
            refused = (*refused, _copy_note(copy_of))
        self._forget_unread(seen)
        record = DocumentRecord(
            path=seen.path,
            subject=entity_id,
            kind=kind.kind,
            seen=digest(seen.content) if seen.stamp is not None else None,
            current=None,
            stamp=seen.stamp,
        )
        self._remember_problems(record, reading, refused, seen)
        self.rendering.adopted(record, seen, _canvas(kind, adoption, refused))
        return DONE

    def _adoption(
        self, entity_id: EntityId, reading: Reading, seen: Sighting, copy_of: DocumentRecord | None
    ) -> Adoption:
        original = EntityId(copy_of.subject) if copy_of is not None else None
        by, work = seen.circumstance, self.door.work
        return Adoption(
            id=entity_id, path=seen.path, reading=reading, circumstance=by, work=work, copy_of=original
        )

    def _forget_unread(self, seen: Sighting) -> None:
        """What could not be read at this place is no more: a document is here now."""
        forgotten = self.door.work.documents.of(seen.path)
        if forgotten is not None:
            parking.unpark(self.door, forgotten, seen)
            self.door.work.documents.forget(seen.path)

    def _introduce_owner(self, seen: Sighting) -> None:
        """A message for an agent that nobody has met introduces it, as the command line does."""
        name = agent_of(seen.path)
        if entity_kind_at(seen.path) is EntityKind.THREAD and name and self.door.work.agent(name) is None:
            self.door.handle(IntroduceAgent(agent=Agent(name=name, paused=True)), seen.circumstance)

    def _remember_problems(
        self, record: DocumentRecord, reading: Reading, refused: tuple[Refusal, ...], seen: Sighting
    ) -> None:
        problems = (
            *refusals.of_document(record, reading),
            *refusals.as_problems(record, refused, seen.circumstance),
        )
        if problems:
            self.door.work.problems.replace(record.subject, problems)

    def _named_later(self, adoption: Adoption, seen: Sighting, earlier: EarlierLook | None) -> Taken | None:
        """A second look, where the file names another by its name that may come after this one."""
        places = places_missing(self.door.work, adoption.reading.facts, adoption.path)
        population = self.door.work.population() if places else 0
        may_come = self.second_looks.may_come_to(places, earlier, population)
        if not may_come or self._is_by_a_stranger(seen):
            return None
        return self._second_look(adoption.reading, seen, population, min(places))

    def _second_look(self, reading: Reading, seen: Sighting, population: int, missed: str) -> Taken:
        written = parse_id(str(reading.facts.get("id") or ""))
        look = EarlierLook(population=population, written=written, missed=missed)
        self.second_looks.wait(seen.path, look)
        return Taken(look_again=SECOND_LOOK, misses=missed)

    def _open(
        self,
        kind: DocumentKind,
        command: Command,
        seen: Sighting,
        reading: Reading,
        earlier: EarlierLook | None,
    ) -> tuple[Refusal, ...] | Taken:
        """Open the entity; a fact that the rules refuse is left out and answered on its line.

        While others are still being adopted it waits: what the fact names may be a file that comes after this one.
        """
        refused: list[Refusal] = []
        while True:
            try:
                self.door.handle(command, seen.circumstance)
            except Rejected as rejected:
                population = self.door.work.population()
                named = members_of(rejected.member or reading.facts.get(rejected.key or ""))
                waits = self.second_looks.may_come(named, earlier, population)
                if waits and not self._is_by_a_stranger(
                    seen
                ):  # a second look would be at a save, of somebody here
                    missing = rejected.member or next(iter(named), "")
                    return self._second_look(reading, seen, population, parse_id(missing) or missing)
                shorter = kind.without_fact(command, rejected) if rejected.key is not None else command
                if shorter == command:
                    raise
                refused.append(Refusal(anchor=f"key:{rejected.key}", why=str(rejected)))
                command = shorter
            else:
                return tuple(refused)

    def _is_by_a_stranger(self, seen: Sighting) -> bool:
        by = seen.circumstance
        return by.provenance.channel is Channel.COMMIT and not is_person(self.door.work.rules, by.actor)


ROOM_FOR_FACTS: Final = 16 * 1024
"""Bytes that front matter, answers and activity may come to; a file that grew past the limit could not be read again."""
_TOO_LARGE: Final = DocumentProblem(
    what="It is so close to 1 MiB that its facts would have no room above it",
    hint="Move the bulk of it elsewhere and link to that",
)


def _canvas(kind: DocumentKind, adoption: Adoption, refused: tuple[Refusal, ...]) -> str:
    """The text as it goes on: without what was refused, and without what was said of another whose copy it is."""
    canvas = _unticked(adoption.reading, refused)
    if adoption.copy_of is None or canvas != adoption.reading.text:
        return canvas
    return kind.copied(adoption.reading, adoption.copy_of, adoption.work)


def _unticked(reading: Reading, refused: tuple[Refusal, ...]) -> str:
    """The text without the ticks that were refused: one that stands would look like one that counts."""
    text = reading.text
    for refusal in refused:
        if refusal.settled:
            text = untick_at(text, len(text) - len(reading.body), refusal.anchor)
    return text


def _copy_note(original: DocumentRecord) -> Refusal:
    return Refusal(
        anchor="key:id",
        why=f"a new id, because this is a copy of {original.subject} ({original.path})",
        attempted=original.subject,
    )
