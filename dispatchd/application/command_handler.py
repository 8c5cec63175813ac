"""The one door: every change of the workspace, whoever asks for it, passes `handle`.

It decides by the rules, applies, records, and lets the rules react until nothing follows. Which files that makes
stale is left to the rendering; when they are written, to the relay.
"""

from collections.abc import Sequence
from dataclasses import field

from dispatchd.application.overtaken import before
from dispatchd.application.policies import in_force_note
from dispatchd.application.ports.ids import IdSource
from dispatchd.application.ports.unit_of_work import IMPORTED, UnitOfWork
from dispatchd.application.room_in_file import refuse_where_full
from dispatchd.domain.apply import apply_event
from dispatchd.domain.apply_run import run_after, work_after
from dispatchd.domain.brake import pause_after
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.dataclass import dataclass, replace
from dispatchd.domain.decide import decide
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FileRevised, RecordedEvent, subject_of
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id, id_length
from dispatchd.domain.policy_event import RulesTaken
from dispatchd.domain.reactions import unfold
from dispatchd.domain.run_event import RunEnded, RunEvent, RunStarted, RunStopAsked, issue_of
from dispatchd.domain.steering_event import BrakeEvent
from dispatchd.domain.telling import tell


def apply_to(work: UnitOfWork, event: Event, cause: Circumstance) -> None:
    """Make *event* so in *work*."""
    if isinstance(event, BrakeEvent):
        work.set_pause(pause_after(work.pause, event, cause))
        return
    if isinstance(event, RunEvent):
        _apply_run(work, event, cause)
        return
    if isinstance(event, RulesTaken):
        work.set_note(in_force_note(event.path), event.blob)
    if isinstance(event, FileRevised) and event.source is not None:
        work.set_note(IMPORTED + event.source, event.path)
    changed = apply_event(work, event, cause)
    if changed is not None:
        work.save(changed)


def _apply_run(work: UnitOfWork, event: RunEvent, cause: Circumstance) -> None:
    run = work.run(event.run) if isinstance(event, RunEnded | RunStopAsked) else None
    ran = run_after(run, event, cause) if run or isinstance(event, RunStarted) else None
    if ran is not None:
        work.runs.save(ran)
    made = work_after(work.work(issue_of(event)), event, cause)
    if made is not None:
        work.runs.save_work(made)


@dataclass(slots=True)
class Door:
    """A unit of work with what deciding needs besides: ids to draw, and a list of what was touched."""

    work: UnitOfWork
    ids: IdSource
    touched: dict[str, Circumstance] = field(default_factory=dict)
    """Subjects whose document may now say something else, with the circumstance of the first change."""
    shut: str = ""
    """Why nobody may pass: another clone decides. Empty where this one does."""

    def draw(self, kind: EntityKind) -> EntityId:
        """A new id that no entity has."""
        length = id_length(self.work.population())
        while True:
            candidate = encode_id(kind, self.ids.random_bits(5 * length), length)
            if self.work.entity(candidate) is None:
                return candidate

    def handle(self, command: Command, circumstance: Circumstance) -> tuple[RecordedEvent, ...]:
        """Decide and record *command* and all that follows from it. Raises Rejected; then nothing has changed."""
        self._refuse_where_shut()
        refuse_where_full(self.work, command, circumstance)
        return self.record(decide(self.work, command, circumstance), circumstance)

    def record(self, events: Sequence[Event], circumstance: Circumstance) -> tuple[RecordedEvent, ...]:
        """Apply and log *events* and the daemon's reactions, in the order in which they follow."""
        self._refuse_where_shut()
        if circumstance.doubted:  # a doubt is about what is asked, and ends with the decision
            circumstance = replace(circumstance, doubted=False)
        recorded: list[RecordedEvent] = []

        def make_so(event: Event, cause: Circumstance) -> None:
            subject = subject_of(event)
            said = before(self.work, subject)
            apply_to(self.work, event, cause)
            if said is not None:
                said.forget_overtaken()
            told = tell(event, cause, self.work)
            recorded.append(self.work.append(event, cause, told, self.ids.event_id()))
            self.touched.setdefault(subject, cause)

        unfold(self.work, events, circumstance, self.draw, make_so)
        return tuple(recorded)

    def _refuse_where_shut(self) -> None:
        if self.shut:
            raise Rejected(self.shut)
