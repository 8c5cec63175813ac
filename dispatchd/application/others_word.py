"""What clones that decided before say has happened, where this one decides now and signatures are asked for.

Their word is taken for what needs no signature. What does need one counts where a signed commit proves it; the rest
counts for nothing, is asked again, and is listed for people: it is neither believed nor dropped in silence. That
stands in the log as an event of ours, so that every clone comes to the same.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import field, replace

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.signed_commits import Proofs
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic_event import GateApproved, GateRejected, GateSigned, GateSkipped
from dispatchd.domain.event import Event, RecordedEvent, VoteCast, subject_of
from dispatchd.domain.hearsay import bare, follows, needs_proof
from dispatchd.domain.identifiers import EVENT_ID_SHOWN, EntityId, EventId
from dispatchd.domain.proposal import ProposalStatus
from dispatchd.domain.reactions import due
from dispatchd.domain.stages import folded
from dispatchd.domain.steering_event import DecisionsDoubted
from dispatchd.domain.telling import tell
from dispatchd.domain.wording import counted

_ANSWERS = (GateSigned, GateApproved, GateRejected, GateSkipped)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something told that counts for nothing. `told` says it in words; `by_person` is whether somebody had to sign it."""

    recorded: RecordedEvent
    told: str
    by_person: bool

    @property
    def subject(self) -> str:
        """What it is about."""
        return subject_of(self.recorded.event)


@dataclass(slots=True, kw_only=True)
class Hearing:
    """Hears events in the order in which they happened, within one unit of work that they are replayed in."""

    proofs: Proofs
    doubts: list[Doubt] = field(default_factory=list)

    def hear(self, recorded: RecordedEvent) -> RecordedEvent | None:
        """What of *recorded* is to happen again; None where it counts for nothing."""
        work = self.proofs.work
        if needs_proof(work, recorded):
            if self.proofs.prove(recorded):
                return recorded
            self._doubt(recorded, by_person=True)
            return None
        event = bare(work, recorded.event) if follows(work, recorded) else None
        if event != recorded.event:
            self._doubt(recorded, by_person=False)
        return replace(recorded, event=event) if event is not None else None

    def _doubt(self, recorded: RecordedEvent, *, by_person: bool) -> None:
        told = tell(recorded.event, recorded.circumstance, self.proofs.work)
        self.doubts.append(Doubt(recorded=recorded, told=told, by_person=by_person))


def ask_again(door: Door, doubts: Sequence[Doubt], known: Collection[EventId], cause: Circumstance) -> None:
    """Put what was decided on a word that nothing proves to people again, but for what is *known* to have been."""
    fresh: dict[str, list[Doubt]] = defaultdict(list)
    for doubt in doubts:
        if doubt.recorded.id not in known:
            fresh[doubt.subject].append(doubt)
    for subject, about in fresh.items():
        door.record([_voided(door.work, EntityId(subject), about)], cause)
    listed = [doubt for about in fresh.values() for doubt in about if doubt.by_person]
    if listed:
        open_once(door, _notice(listed), cause.at)


def known_doubts(events: Iterable[Event]) -> frozenset[EventId]:
    """The events that *events* of ours say count for nothing."""
    return frozenset(each for event in events if isinstance(event, DecisionsDoubted) for each in event.events)


def _voided(board: Board, subject: EntityId, doubts: Sequence[Doubt]) -> DecisionsDoubted:
    """What clones that believe more than this one have to take back, so that all of them come to the same."""
    ids = tuple(doubt.recorded.id for doubt in doubts)
    epic, proposal = board.epic(subject), board.proposal(subject)
    if epic is not None:
        names = {
            folded(each.event.stage)
            for doubt in doubts
            if isinstance((each := doubt.recorded).event, _ANSWERS)
        }
        stage = next((s for s in epic.stages if folded(s.name) in names and not s.state.is_over), None)
        standing = {each.by.handle for each in stage.gate.approvals} if stage is not None else set()
        handles = {doubt.recorded.circumstance.actor.handle for doubt in doubts if doubt.by_person}
        return DecisionsDoubted(
            subject=subject,
            events=ids,
            stage=stage.name if stage is not None else "",
            voters=tuple(sorted(handles - standing)),
            reopened=stage is not None,
        )
    voted = {vote.voter for vote in proposal.votes} if proposal is not None else set()
    seats = {each.event.voter for doubt in doubts if isinstance((each := doubt.recorded).event, VoteCast)}
    is_open = proposal is not None and proposal.status is ProposalStatus.OPEN
    return DecisionsDoubted(
        subject=subject, events=ids, voters=tuple(sorted(seats - voted)), reopened=is_open
    )


def _notice(doubts: Sequence[Doubt]) -> Notice:
    count = counted(len(doubts), "decision")
    lines = "\n".join(
        f"- {doubt.told} ({doubt.recorded.circumstance.at:%Y-%m-%d %H:%MZ}, `{doubt.recorded.id[:EVENT_ID_SHOWN]}`)"
        for doubt in doubts
    )
    is_one = len(doubts) == 1
    return Notice(
        cause=f"others-word:{doubts[0].recorded.id}",
        title=f"{count} that no signature proves {'is' if is_one else 'are'} asked again",
        text=f"Another clone decided until now, and says that {'this was' if is_one else 'these were'} decided:\n\n"
        f"{lines}\n\n`require_signed` is on, and no signed commit of that person says so. So "
        f"{'it counts' if is_one else 'they count'} for nothing here, and what {'it was' if is_one else 'they were'} "
        "about waits for an answer again. Whoever did decide it ticks the box once more and commits that signed: "
        "`git -C .dispatch commit -S -a`. If nobody did, somebody wrote commits in the daemon's name: look at "
        "`git log dispatch`, and at who may push.",
    )


def go_on(door: Door, kinds: Kinds, cause: Circumstance) -> None:
    """Let happen what follows from how everything stands: clones that decided apart did not see each other's part."""
    for kind in kinds:
        for entity in list(door.work.entities(kind)):
            event = due(door.work, entity)
            if event is not None:
                door.record([event], cause)
