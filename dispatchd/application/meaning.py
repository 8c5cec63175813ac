"""What a save of a text would mean: asked before anybody has saved it, by the rules that would answer the save.

The person's words are read, compared with the text they began as and put to the same door as a save, on a trial that
is never kept. What is still being typed is no remark. Where a remark is shown, and how, is left to who asks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import field, replace
from enum import StrEnum

from dispatchd.application import refusals
from dispatchd.application.bases import began_as
from dispatchd.application.checking import misplaced
from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Kinds, Reading
from dispatchd.application.loose_saves import straight_save
from dispatchd.application.placed_problems import line_of
from dispatchd.application.ports.ids import IdSource
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.trial import Trial
from dispatchd.documents.config_document import read_config
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import PathRole, agent_of, entity_kind_at, role_of
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, kind_of, parse_id
from dispatchd.domain.signatures import Unsigned
from dispatchd.reconcile.intents import Act, Intent, Refusal, without_member
from dispatchd.reconcile.places import FILE, KEY, key_place


class Weight(StrEnum):
    """How much a remark matters: nothing of the text counts, an edit is refused, a part is not understood or waits."""

    UNREADABLE = "unreadable"
    REFUSED = "refused"
    PROBLEM = "problem"
    WAITS = "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What would be said about a place of the text; `line` and `column` count from one, zero is the whole of it."""

    line: int
    what: str
    weight: Weight
    hint: str = ""
    column: int = 0
    key: str | None = None

    @property
    def message(self) -> str:
        """The sentence, as files and `check` have it."""
        return f"{self.what}. {self.hint}" if self.hint else self.what


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What would be done, and what would be said."""

    acts: tuple[Act, ...] = ()
    remarks: tuple[Remark, ...] = ()


@dataclass(slots=True)
class _Tried:
    acts: list[Act] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Foresight:
    """Asks of one moment of the workspace what texts would mean if the person of *by* saved them now.

    Without a database (`work` None) documents are read, and nothing is known of the rest.
    """

    kinds: Kinds
    ids: IdSource
    by: Circumstance
    work: UnitOfWork | None = None

    def of(self, path: DocumentPath, text: str) -> Meaning:
        """What a save of *text* at *path* would mean."""
        role = role_of(path)
        if role is PathRole.MISPLACED:
            return Meaning(remarks=_as_remarks([misplaced(path)]))
        if role is PathRole.CONFIG:
            return Meaning(remarks=_as_remarks(read_config(text).problems))
        kind = self._kind(path, text) if role is PathRole.ENTITY and text.strip() else None
        if kind is None:
            return Meaning()
        reading = kind.read(text)
        if reading.front.parked is not None:
            return Meaning(remarks=_as_remarks(reading.problems, Weight.UNREADABLE))
        if self.work is None:
            return Meaning(remarks=_as_remarks(reading.problems))
        record = self._record(path, reading)
        if record is None:
            return self._adopted(self.work, kind, path, reading)
        return self._edited(self.work, kind, record, reading)

    def _kind(self, path: DocumentPath, text: str) -> DocumentKind | None:
        found = entity_kind_at(path)
        if found is None:
            written = parse_id(str(self.kinds[EntityKind.ISSUE].read(text).facts.get("id") or ""))
            found = EntityKind.ISSUE if written is None else kind_of(written)
        return self.kinds.get(found)

    def _record(self, path: DocumentPath, reading: Reading) -> DocumentRecord | None:
        """The document that this text is a version of: the one at its path, or the one it says it is."""
        assert self.work is not None  # noqa: S101 -- asked of a workspace with a database only
        record = self.work.documents.at(path)
        if record is None:
            written = parse_id(str(reading.facts.get("id") or ""))
            record = self.work.documents.of(written) if written is not None else None
        return record if record is not None and record.kind is not None and record.current else None

    def _edited(self, work: UnitOfWork, kind: DocumentKind, record: DocumentRecord, disk: Reading) -> Meaning:
        rev = disk.facts.get("rev")
        began, held = began_as(work, record.subject, rev if isinstance(rev, str) else None, disk.text)
        trial = Trial(work)
        edit = Edit(
            subject=record.subject,
            base=kind.read(began),
            disk=disk,
            held=held,
            circumstance=self.by,
            work=trial,
            path=record.path,
        )
        assert record.current is not None  # noqa: S101 -- a document without a text is not known here
        edit, unclear = straight_save(kind, edit, work.blobs.get(record.current).decode())
        disk = edit.disk
        intents = (*kind.intents(edit), *unclear)
        tried = _Tried()
        self._try_all(Door(work=trial, ids=self.ids), intents, tried)
        done = {act.anchor for act in tried.acts}
        standing = [
            Remark(
                line=line_of(disk.text, problem.anchor),
                what=problem.what,
                hint=problem.hint,
                weight=Weight.REFUSED,
                key=_key(problem.anchor),
            )
            for problem in refusals.still_standing(trial.problems.of(record.subject), edit, tried.refused)
            if problem.anchor not in done
        ]
        return _meaning(tried, disk, standing)

    def _adopted(self, work: UnitOfWork, kind: DocumentKind, path: DocumentPath, new: Reading) -> Meaning:
        """A text that would become an entity: what of it would be left out."""
        trial = Trial(work)
        door = Door(work=trial, ids=self.ids)
        is_card = kind.kind is EntityKind.AGENT
        adoption = Adoption(
            id=EntityId(agent_of(path) or "") if is_card else door.draw(kind.kind),
            path=path,
            reading=new,
            circumstance=self.by,
            work=trial,
        )
        command, refused = kind.adopt(adoption)
        tried = _Tried(refused=list(refused))
        while True:
            try:
                door.handle(command, self.by)
            except Rejected as rejected:
                anchor = key_place(rejected.key) if rejected.key else FILE
                tried.refused.append(Refusal(anchor=anchor, why=str(rejected)))
                shorter = kind.without_fact(command, rejected)
                if shorter == command:
                    break
                command = shorter
            else:
                self._try_all(door, kind.asks(adoption), tried)
                break
        return _meaning(tried, new, [])

    def _try_all(self, door: Door, intents: Iterable[Intent], tried: _Tried) -> None:
        for intent in intents:
            if isinstance(intent, Refusal):
                tried.refused.append(intent)
            elif isinstance(intent, Act):
                self._try_act(door, intent, tried)

    def _try_act(self, door: Door, act: Act, tried: _Tried) -> None:
        try:
            door.handle(act.command, self.by)
        except Rejected as rejected:
            refusal = Refusal(anchor=act.anchor, why=str(rejected), attempted=act.attempted)
            is_waiting = isinstance(rejected, Unsigned)
            tried.refused.append(replace(refusal, settled=not is_waiting))
            if is_waiting:
                tried.acts.append(act)
            rest = without_member(act, rejected.member)
            if rest is not None:
                self._try_act(door, rest, tried)
        else:
            tried.acts.append(act)


def _meaning(tried: _Tried, reading: Reading, standing: Sequence[Remark]) -> Meaning:
    refused = [
        Remark(
            line=refusal.line or line_of(reading.text, refusal.anchor),
            what=refusal.why,
            weight=Weight.REFUSED if refusal.settled else Weight.WAITS,
            key=_key(refusal.anchor),
        )
        for refusal in tried.refused
    ]
    found = dict.fromkeys([*_as_remarks(reading.problems), *refused, *standing])
    return Meaning(
        acts=tuple(tried.acts), remarks=tuple(sorted(found, key=lambda each: (each.line, each.column)))
    )


def _as_remarks(problems: Iterable[DocumentProblem], weight: Weight = Weight.PROBLEM) -> tuple[Remark, ...]:
    return tuple(
        Remark(
            line=each.line,
            column=each.column,
            what=each.what,
            hint=each.hint,
            weight=weight,
            key=each.key,
        )
        for each in problems
    )


def _key(anchor: str) -> str | None:
    return anchor.removeprefix(KEY) if anchor.startswith(KEY) else None
