"""A save of WAITING.md: each tick is the same act as in the file it is about, by the same person, once.

A refusal is answered on the page; what is typed and not sent stays there. The acts themselves are shown in their own
files alone, so that the page never stands in a commit of theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import field, replace

from dispatchd.application.brake_file import follow_pause, follow_resume
from dispatchd.application.command_handler import Door
from dispatchd.application.editing import Editing
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.outcome import Outcome
from dispatchd.application.ports.unit_of_work import DocumentRecord, WriteReason
from dispatchd.application.rendering import Rendering
from dispatchd.application.saved_text import landed
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken, sooner
from dispatchd.application.waiting_loose import straight_page, unclear_in
from dispatchd.application.waiting_offers import is_brake, known_entity, offers_in, stage_called
from dispatchd.application.waiting_shows import as_shown
from dispatchd.application.waiting_texts import agree_on_page, agree_on_save, began_as
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.offered import BRAKE_ID
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.tree_paths import WAITING
from dispatchd.documents.waiting_page import PageItem, WaitingPage, compose_page
from dispatchd.documents.waiting_reading import read_page
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic
from dispatchd.domain.identifiers import DocumentDigest
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.signatures import COUNTS_WHEN_SIGNED
from dispatchd.domain.thread import Thread
from dispatchd.domain.unconfirmed import UNCONFIRMED
from dispatchd.reconcile.brake_intents import brake_intents
from dispatchd.reconcile.intents import Intent, Refusal
from dispatchd.reconcile.waiting_answers import answered
from dispatchd.reconcile.waiting_intents import answer_intents, gate_intents, is_newly_seen, vote_intents
from dispatchd.reconcile.waiting_merge import merged, page_as_written

_SIGN_THERE = (
    "tick it in {path} and commit that signed: git -C .dispatch commit -S -a. This page is in no commit"
)
_SAY_IT = (
    "unconfirmed: an agent that nothing contains could have ticked this. Say it by command (dispatchd gate, vote or "
    "answer), or tick it again when no such agent is at work"
)


@dataclass(slots=True)
class _Came:
    """What came of the whole page."""

    done: set[str] = field(default_factory=set)
    taken: set[str] = field(default_factory=set)
    """Of what was done, that which was not so already."""
    refusals: list[Refusal] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    again: Taken = DONE

    def add(self, outcome: Outcome, refusals: Sequence[Refusal]) -> None:
        self.done |= outcome.done
        self.taken |= outcome.done if outcome.events else set()
        self.refusals.extend(refusals)
        self.held.extend(outcome.held)
        self.again = sooner(self.again, outcome.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingTicks:
    """Takes saves of WAITING.md within one unit of work."""

    door: Door
    editing: Editing
    rendering: Rendering
    times: SettleTimes

    def take(self, record: DocumentRecord | None, seen: Sighting) -> Taken:
        """Act on what was ticked in the page that *seen* shows."""
        work = self.door.work
        found = digest(seen.content)
        known = record or DocumentRecord(path=WAITING, subject=WAITING, kind=None, seen=None, current=None)
        if not self._is_open(found) and seen.base is None:
            if found == known.seen:
                work.documents.save(replace(known, stamp=seen.stamp or known.stamp))
                return DONE
            if found == known.current:
                landed(work, known, seen.stamp, seen.circumstance.at)
                return DONE
        text = decode(seen.content)
        if isinstance(text, DocumentProblem):
            self._say_it_is_written_anew(text, seen)
            return self._keep(known, seen, known.current or found)
        if not text.strip() and seen.quiet < self.times.gone:
            return Taken(look_again=self.times.gone)  # an emptied file is mostly one that is being written
        return self._take_text(known, seen, text)

    def _say_it_is_written_anew(self, problem: DocumentProblem, seen: Sighting) -> None:
        notice = Notice(
            cause="page-unreadable",
            title="WAITING.md could not be read, and is written anew",
            text=f"{problem.at(WAITING)}\n\nNothing in it was done. Tick again what you had ticked.",
        )
        open_once(self.door, notice, seen.circumstance.at)

    def _is_open(self, found: DocumentDigest) -> bool:
        """Whether something in these very bytes is still to be answered."""
        newest = self.door.work.documents.newest_agreed(WAITING)
        return newest is not None and newest.digest == found and bool(newest.held)

    def _take_text(self, record: DocumentRecord, seen: Sighting, text: str) -> Taken:
        work = self.door.work
        offered = offers_in(work)
        before_text, held = began_as(work, seen, text)
        is_new = before_text != text
        base = read_page(before_text, offered)
        straight, unclear = straight_page(text, before_text, offered)
        page = page_as_written(read_page(straight, offered), base)
        page = replace(page, shows=page.shows or base.shows)
        came = _Came()
        before = {item: base.same_item(item) for item in page.items}
        if not seen.travelled:
            for item in page.items:
                self._act(page, item, before[item], held, seen, came)
                loose = unclear_in(item, unclear, held, is_new=is_new)
                outcome = self.editing.perform(item.ids[0], loose, seen)
                came.add(outcome, outcome.refusals)
        left = [
            answered(item, before[item], came.done, came.taken, () if came.held else came.refusals)
            for item in page.items
            if not (item.is_gone and is_newly_seen(before[item], item))
        ]
        ours = read_page(self._wanted(record), offered)
        self._answer(record, seen, text, merged(base, ours, replace(page, items=tuple(left))), page)
        # Last, so that nothing is written over what is still open in it.
        agree_on_save(work, seen, text, came.held)
        return came.again

    def _wanted(self, record: DocumentRecord) -> str:
        """The page as the database has it: what else was written there since this buffer was read."""
        text = decode(self.door.work.blobs.get(record.current)) if record.current is not None else ""
        return text if isinstance(text, str) else ""

    def _act(
        self,
        page: WaitingPage,
        item: PageItem,
        before: PageItem | None,
        held: Sequence[str],
        seen: Sighting,
        came: _Came,
    ) -> None:
        if is_brake(item.ids):
            self._brake(item, before, held, seen, came)
            return
        earlier = frozenset(self.door.touched)
        for subject, asked in self._intents(item, before, held):
            intents = as_shown(self.door.work, page.shows, subject, item, asked)
            outcome = self.editing.perform(subject, intents, seen)
            came.add(outcome, [self._to_be_signed_there(subject, each) for each in outcome.refusals])
        self.rendering.said_elsewhere.update(self.door.touched.keys() - earlier)

    def _brake(
        self, item: PageItem, before: PageItem | None, held: Sequence[str], seen: Sighting, came: _Came
    ) -> None:
        """Pull the brake or let it go; its file follows."""
        outcome = self.editing.perform(
            BRAKE_ID, brake_intents(self.door.work.pause, before, item, held), seen
        )
        came.add(outcome, outcome.refusals)
        if outcome.done and self.door.work.pause is None:
            follow_resume(self.door, seen.circumstance)
        elif outcome.done:
            follow_pause(self.door, seen.circumstance)

    def _intents(
        self, item: PageItem, before: PageItem | None, held: Sequence[str]
    ) -> Iterator[tuple[str, Sequence[Intent]]]:
        """What is asked for, by the entity it is asked of."""
        if item.is_gone:
            return
        for written in item.ids:
            match known_entity(self.door.work, written):
                case Thread() as thread:
                    yield thread.id, answer_intents(thread, before, item, held)
                case Epic() as epic if stage := stage_called(epic, item.qualifier):
                    yield epic.id, gate_intents(epic, stage, before, item, held)
                case Proposal() as proposal:
                    yield proposal.id, vote_intents(proposal, before, item, held)
                case _:
                    continue

    def _to_be_signed_there(self, subject: str, refusal: Refusal) -> Refusal:
        """What counts only from a signed commit cannot be ticked here: the page is in none."""
        if refusal.why.startswith(UNCONFIRMED):
            return replace(refusal, why=_SAY_IT, settled=True)
        if refusal.why != COUNTS_WHEN_SIGNED:
            return refusal
        record = self.door.work.documents.of(subject)
        path = record.path if record is not None else "its file"
        return replace(refusal, why=_SIGN_THERE.format(path=path), settled=True)

    def _answer(
        self, record: DocumentRecord, seen: Sighting, text: str, answer: WaitingPage, read: WaitingPage
    ) -> None:
        """Owe the page without what was done, and with what was refused; a page that says all that stays as it is."""
        wanted = text
        if answer != read:
            wanted = compose_page(answer)
            agree_on_page(self.door.work, wanted, seen.circumstance.at)
        self._keep(record, seen, self.door.work.blobs.put(wanted.encode()))

    def _keep(self, record: DocumentRecord, seen: Sighting, wanted: DocumentDigest) -> Taken:
        work = self.door.work
        found = work.blobs.put(seen.content)
        owes = wanted != found
        work.documents.save(
            replace(
                record,
                seen=found if seen.stamp is not None else record.seen,
                current=wanted,
                stamp=seen.stamp or record.stamp,
                owed_since=(record.owed_since or seen.circumstance.at) if owes else None,
                owed_because=WriteReason.ANSWER if owes else None,
                owed_by=None,
            )
        )
        return DONE
