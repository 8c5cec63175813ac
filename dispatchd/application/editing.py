"""A save of a document that the database knows: what it means, what is refused, and what the file should then say.

The text a save began as is found by its `rev`. Whether the file is quiet enough to be looked at is the session's
business; writing the answer, the relay's.
"""

from collections.abc import Sequence
from functools import partial

from dispatchd.application import contests, parking, refusals, signing
from dispatchd.application.bases import base_of, markers_before
from dispatchd.application.command_handler import Door
from dispatchd.application.counted_texts import agree_on, counted_text
from dispatchd.application.document_kinds import DocumentKind, Edit, Kinds, Reading
from dispatchd.application.kinds.facts_of_kind import with_front_matter_of
from dispatchd.application.loose_saves import straight_save
from dispatchd.application.outcome import Outcome
from dispatchd.application.ports.unit_of_work import AgreedText, DocumentRecord
from dispatchd.application.rendering import Rendering
from dispatchd.application.revised_prose import tell_if_committed
from dispatchd.application.saved_text import Came, landed, source_of
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import Sighting, Taken, is_in_history, sooner
from dispatchd.application.text_merge import merge_texts, put_right
from dispatchd.application.unsigned_words import keep_unsigned, look_later, open_in, unsigned_before
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.problems import DocumentProblem
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.authority import is_person
from dispatchd.domain.command import PlanActions, PlanStages, SetFact
from dispatchd.domain.dataclass import dataclass, replace
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.signatures import Unsigned
from dispatchd.domain.unconfirmed import Unconfirmed
from dispatchd.reconcile.body_merge import Overlap
from dispatchd.reconcile.intents import Act, Intent, Refusal, Typing, anchors, without_member
from dispatchd.reconcile.marked_text import Marked
from dispatchd.reconcile.places import FILE, is_box, line_text

PROBLEMS = "problems"
"""The place, among those held, that stands for problems of the document not yet written into it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """Takes saves of known documents within one unit of work."""

    door: Door
    kinds: Kinds
    rendering: Rendering
    times: SettleTimes

    def take(self, record: DocumentRecord, seen: Sighting) -> Taken:
        """Act on what *seen* shows of the document of *record*."""
        work = self.door.work
        found = digest(seen.content)
        held = open_in(work, record, found)
        if found == record.seen and not held and seen.base is None:
            work.documents.save(replace(record, stamp=seen.stamp or record.stamp))
            return look_later(work, record)
        if found == record.current and seen.base is None and not held and record.parked is None:
            landed(work, record, seen.stamp, seen.circumstance.at)
            return look_later(work, record)
        text = decode(seen.content)
        if isinstance(text, DocumentProblem):
            return parking.park(self.door, record, seen, text, self.times)
        if not text.strip() and seen.quiet < self.times.gone:
            return Taken(look_again=self.times.gone)  # an emptied file is mostly one that is being written
        return self._take_text(record, seen, text)

    def _take_text(self, record: DocumentRecord, seen: Sighting, text: str) -> Taken:
        work = self.door.work
        assert record.kind is not None  # noqa: S101 -- files that are no entity are taken elsewhere
        kind = self.kinds[record.kind]
        disk = kind.read(text)
        unreadable = parking.unreadable(disk)
        if unreadable is not None:
            return parking.park(self.door, record, seen, unreadable, self.times)
        marked = markers_before(work, record, seen)
        began_as, held = base_of(work, record, disk, seen)
        record = parking.unpark(self.door, record, seen)
        base, ours = kind.read(began_as), kind.read(self._ours_text(record))
        subject, path, circumstance = record.subject, record.path, seen.circumstance
        edit = Edit(
            subject=subject, base=base, disk=disk, held=held, circumstance=circumstance, work=work, path=path
        )
        edit = replace(edit, held=(*held, *signing.noted_places(edit)))
        edit, unclear = (edit, ()) if seen.travelled else straight_save(kind, edit, ours.text)
        if is_in_history(seen):
            edit = signing.with_waiting_ticks(kind, edit, is_new_file=seen.base is None)
        if seen.taken_before:
            return self._settle_waiting(record, seen, kind, edit)
        intents = () if seen.travelled else (*kind.intents(edit), *unclear)
        outcome = self.perform(record.subject, intents, seen)
        if not seen.travelled:
            self._answer_flaws(kind, edit, seen, outcome)
        self._keep(record, seen, kind, edit, marked, outcome)
        return outcome.again

    def _keep(
        self,
        record: DocumentRecord,
        seen: Sighting,
        kind: DocumentKind,
        edit: Edit,
        marked: Marked | None,
        outcome: Outcome,
    ) -> None:
        """Merge what was saved with what only the database has, and plan what the file should then say."""
        work, base, ours = self.door.work, edit.base, kind.read(self._ours_text(record))
        unsigned = unsigned_before(work, record)
        whole = with_front_matter_of(edit, edit.disk.text)
        right = partial(put_right, work, record.subject, kind)
        merged = merge_texts(kind, base, ours, kind.read(whole), whole, right)
        overlaps: Sequence[Overlap] = ()
        has_lost_facts = False
        if not (seen.travelled or seen.settled):  # of what git carried here nobody contradicts anybody
            overlaps = () if outcome.puts_back else contests.unsettled(merged.overlaps, marked, seen.shown)
            has_lost_facts = contests.report_facts(self.door, kind, edit, ours, seen, marked)
        self._answer(record, edit, outcome, seen.quiet, kind.read(merged.text))
        self._agree_on_save(record, seen, edit, whole, outcome, counted_text(kind, edit, outcome))
        canvas = outcome.unticked(kind, merged.text)
        if outcome.puts_back:  # else the next save of somebody who may would say it too
            canvas = whole[: len(whole) - len(kind.read(whole).body)] + ours.body
        came = replace(outcome.came(base, edit.disk), contested=has_lost_facts or bool(overlaps))
        self.rendering.after_save(record, seen, canvas, came)
        tell_if_committed(self.door, record, seen, came)
        if unsigned is not None:
            keep_unsigned(unsigned, edit, outcome)
        if overlaps:
            self.rendering.at_last.append(partial(self._report, record, overlaps, seen))

    def _report(self, record: DocumentRecord, overlaps: Sequence[Overlap], seen: Sighting) -> None:
        stands = self._ours_text(self.door.work.documents.of(record.subject) or record)
        contests.report_overlaps(self.door, record, overlaps, seen, stands)

    def _agree_on_save(
        self, record: DocumentRecord, seen: Sighting, edit: Edit, whole: str, outcome: Outcome, counts: str
    ) -> None:
        """Remember what was saved and what of it *counts*, and *whole*, which has its front matter again where the save had lost it."""
        is_whole = whole == edit.disk.text
        if not is_whole:
            lost = replace(seen, content=whole.encode())
            self._agree(record, lost, edit.base, Outcome(subject=record.subject), whole)
        revised = edit.base if is_whole and "rev" not in edit.disk.facts else edit.disk
        self._agree(record, seen, revised, outcome, counts)

    def _answer_flaws(self, kind: DocumentKind, edit: Edit, seen: Sighting, outcome: Outcome) -> None:
        """Answer what was taken as it is and cannot stay so; where that stands on an untouched line, not again."""
        known = self.door.work.problems.of(edit.subject)
        standing = {(each.anchor, each.what) for each in refusals.still_standing(known, edit, answered=())}
        for flaw in kind.flaws(edit.subject, edit.disk, self.door.work, seen.circumstance):
            if (flaw.anchor, flaw.why) not in standing:
                self._refuse(flaw, seen, outcome)

    def _settle_waiting(
        self, record: DocumentRecord, seen: Sighting, kind: DocumentKind, edit: Edit
    ) -> Taken:
        """A commit holds a text that was taken before: only what waited for a signature is decided by it."""
        work = self.door.work
        acts = () if seen.travelled else signing.acts_in(kind, edit)
        outcome = self.perform(record.subject, acts, seen)
        settled = set(anchors(acts))
        standing = [
            problem
            for problem in work.problems.of(record.subject)
            if not (signing.is_waiting(problem) and problem.anchor in settled)
        ]
        refused = refusals.as_problems(record, outcome.refusals, seen.circumstance)
        work.problems.replace(record.subject, (*standing, *refused))
        came = Came(acted=bool(outcome.events), refused=bool(outcome.refusals))
        self.rendering.after_save(record, seen, outcome.unticked(kind, self._ours_text(record)), came)
        return outcome.again

    def _ours_text(self, record: DocumentRecord) -> str:
        if record.current is None:
            return ""
        text = decode(self.door.work.blobs.get(record.current))
        return text if isinstance(text, str) else ""

    def perform(self, subject: str, intents: Sequence[Intent], seen: Sighting) -> Outcome:
        """Pass *intents* through the door, each by itself; what is refused is logged as about *subject*."""
        outcome = Outcome(subject=subject)
        for intent in intents:
            self._perform_one(intent, seen, outcome)
        return outcome

    def _perform_one(self, intent: Intent, seen: Sighting, outcome: Outcome) -> None:
        match intent:
            case Typing() if seen.quiet < self._rest_of(intent, seen):
                outcome.held.append(intent.anchor)
                outcome.again = sooner(outcome.again, Taken(look_again=self._rest_of(intent, seen)))
            case Typing():
                self._perform_one(intent.otherwise, seen, outcome)
            case Refusal():
                self._refuse(intent, seen, outcome)
            case Act(command=SetFact(key="title")) if seen.quiet < self.times.refusal:
                # A name has no beginning that is valid: with an editor that saves by itself it would be one a second.
                outcome.held.append(intent.anchor)
                outcome.again = sooner(outcome.again, Taken(look_again=self.times.refusal))
            case Act():
                try:
                    self.rendering.keep_bodies(intent.command)
                    came = self.door.handle(intent.command, seen.circumstance)
                except Rejected as rejected:
                    self._rejected(intent, rejected, seen, outcome)
                else:
                    outcome.note_done(intent, came)

    def _rejected(self, act: Act, rejected: Rejected, seen: Sighting, outcome: Outcome) -> None:
        refusal = Refusal(anchor=act.anchor, why=str(rejected), attempted=act.attempted)
        by = seen.circumstance.actor
        is_strangers = by.kind is ActorKind.HUMAN and not is_person(self.door.work.rules, by)
        if is_strangers and isinstance(act.command, PlanStages | PlanActions):
            outcome.puts_back = True
            refusal = replace(refusal, anchor=FILE)
        if isinstance(rejected, Unconfirmed) or (isinstance(rejected, Unsigned) and not is_in_history(seen)):
            # At once: until it is known to wait, the daemon would commit what its writer is to sign.
            outcome.refusals.append(replace(refusal, settled=False))
        else:
            self._refuse(refusal, seen, outcome)
        rest = without_member(act, rejected.member)
        if rest is not None:
            self._perform_one(rest, seen, outcome)

    def _rest_of(self, intent: Typing, seen: Sighting) -> float:
        """For how long nothing may have changed before what is typed counts as written."""
        if not intent.rests:
            return self.times.typing
        return 0.0 if seen.hurried else self.times.prose

    def _refuse(self, refusal: Refusal, seen: Sighting, outcome: Outcome) -> None:
        """Keep *refusal*, unless its line may still be changing: then it is looked at again."""
        if refusal.rests and seen.quiet < self.times.refusal:
            outcome.held.append(refusal.anchor)
            outcome.again = sooner(outcome.again, Taken(look_again=self.times.refusal))
            return
        outcome.refusals.append(refusal)
        if refusal.settled:
            outcome.events.extend(refusals.log(self.door, outcome.subject, refusal, seen))

    def _answer(
        self, record: DocumentRecord, edit: Edit, outcome: Outcome, quiet: float, merged: Reading
    ) -> None:
        """Bring the problems of the document up to date: those touched since go, new ones come.

        What the save alone had wrong, and the text that it was *merged* into has not, is no problem any more.
        """
        standing = refusals.still_standing(
            self.door.work.problems.of(record.subject), edit, answered=outcome.refusals
        )
        acted_in_body = any(line_text(anchor) is not None for anchor in outcome.done)
        kept = [
            problem
            for problem in standing
            if problem.anchor not in outcome.done
            and not (acted_in_body and _is_over_with_an_act(record, problem.anchor))
        ]
        wrong = {problem.anchor for problem in refusals.of_document(record, merged)}
        found = tuple(each for each in refusals.of_document(record, edit.disk) if each.anchor in wrong)
        fresh = [problem for problem in found if problem not in refusals.of_document(record, edit.base)]
        if fresh and quiet < self.times.refusal:
            outcome.held.append(PROBLEMS)
            outcome.again = sooner(outcome.again, Taken(look_again=self.times.refusal))
            found = tuple(problem for problem in found if problem not in fresh)
        self.door.work.problems.replace(
            record.subject,
            (*kept, *found, *refusals.as_problems(record, outcome.refusals, edit.circumstance)),
        )

    def _agree(
        self, record: DocumentRecord, seen: Sighting, revised: Reading, outcome: Outcome, counts: str
    ) -> None:
        """Remember the text under the `rev` of *revised*: one without goes on from the text it began as.

        What a commit brought and no file has shown yet is no text that a save may have begun as.
        """
        work = self.door.work
        is_shown = seen.stamp is not None or not is_in_history(seen)
        rev = revised.facts.get("rev") if is_shown else None
        save = AgreedText(
            subject=record.subject,
            rev=rev if isinstance(rev, str) else None,
            digest=work.blobs.put(seen.content),
            source=source_of(seen),
            at=seen.circumstance.at,
            held=tuple(outcome.held),
        )
        agree_on(work, save, counts)


def _is_over_with_an_act(record: DocumentRecord, anchor: str) -> bool:
    """Whether what is said at *anchor* is over when something else was done in the body; no vote mends an action."""
    return line_text(anchor) is not None and (record.kind is not EntityKind.PROPOSAL or is_box(anchor))
