"""One round of sync inside one transaction: what was seen becomes commands, events, and the texts files should have.

The session brings what it saw and reads back when to look again. Nothing here touches the disk but the question
what stands at a path, which tells a renamed file from a copy.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import field
from typing import TypeVar

from dispatchd.application.adoption import Adopting
from dispatchd.application.brake_file import follow_pause, follow_resume
from dispatchd.application.bugs_in_reading import BugsInReading, leave
from dispatchd.application.command_handler import Door
from dispatchd.application.contest_answers import put_others_lines
from dispatchd.application.document_kinds import Kinds
from dispatchd.application.doubts import weighed
from dispatchd.application.editing import Editing
from dispatchd.application.plain_files import is_changed, revise_by_command, take_plain
from dispatchd.application.ports.ids import IdSource
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.relocation import Places, Relocating
from dispatchd.application.removal import Removing
from dispatchd.application.rendering import Rendering
from dispatchd.application.second_chances import try_again
from dispatchd.application.second_looks import SecondLooks
from dispatchd.application.settling import SettleTimes
from dispatchd.application.sighting import DONE, Sighting, Taken
from dispatchd.application.thread_effects import carry_out_answers
from dispatchd.application.waiting_ticks import WaitingTicks
from dispatchd.documents.tree_paths import WAITING, PathRole, entity_kind_at, role_of
from dispatchd.domain.command import Circumstance, Command, RestoreEntity, ReviseFile
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import RecordedEvent
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.domain.steering_command import PauseWork, ResumeWork

T = TypeVar("T")
_ORDER = (EntityKind.AGENT, EntityKind.EPIC, EntityKind.ISSUE, EntityKind.PROPOSAL, EntityKind.THREAD)
"""Adopted in this order, so that what others name is mostly there first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Commands to carry out; `bodies` are the texts of documents they open, `subject` is what they are about."""

    commands: Sequence[Command]
    subject: str = ""
    bodies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What came of a plan: the events with their lines in plain words."""

    subject: str
    told: tuple[str, ...]
    events: tuple[RecordedEvent, ...]


@dataclass(slots=True, kw_only=True)
class Intake:
    """Runs rounds; keeps between them only which new files have had their first look."""

    kinds: Kinds
    times: SettleTimes
    ids: IdSource
    places: Places
    second_looks: SecondLooks = field(default_factory=SecondLooks)
    bugs: BugsInReading = field(default_factory=BugsInReading)

    def take(
        self,
        work: UnitOfWork,
        sightings: Sequence[Sighting],
        gone: Sequence[DocumentPath],
        present: Collection[DocumentPath],
        by: Circumstance,
    ) -> Mapping[DocumentPath, Taken]:
        """Act on files that were seen or are gone; says for each seen path when to look again."""
        door, rendering = self._begin(work)
        relocating = Relocating(door=door, places=self.places, quiet=self.times.new)
        relocating.take(sightings)
        taken = {path: Taken(look_again=self.times.new, arrives=True) for path in relocating.waits}
        taken |= {path: Taken(unread=True) for path in relocating.unread}
        rest = [seen for seen in sightings if seen.path not in taken]
        taken |= self._take_in_turn(door, rendering, rest)
        self.bugs.read(rest)
        taken |= {path: Taken(vanished=True) for path in relocating.lost}
        removing = Removing(door=door)
        if gone:
            removing.take(gone, present, by)
        removing.review(present, by.at)
        self.finish(door, present, by, rendering)
        return taken

    def _take_in_turn(
        self, door: Door, rendering: Rendering, sightings: Sequence[Sighting]
    ) -> dict[DocumentPath, Taken]:
        """Take one after the other; a file that names something new comes again as soon as that is there."""
        editing = Editing(door=door, kinds=self.kinds, rendering=rendering, times=self.times)
        adopting = self._adopting(door, rendering, editing)
        turns = self.second_looks.turns()
        queue = deque(sorted(sightings, key=lambda seen: (turns[seen.path], *_adoption_order(seen))))
        taken: dict[DocumentPath, Taken] = {}
        waiting: dict[str, list[Sighting]] = defaultdict(list)
        while queue:
            seen = queue.popleft()
            taken[seen.path] = self._take_one(editing, adopting, seen)
            missed = taken[seen.path].misses
            if missed is not None:
                waiting[missed].append(seen)
                continue
            record = door.work.documents.at(seen.path) if waiting else None
            came = (record.subject, record.path) if record is not None else ()
            for again in [each for name in came for each in waiting.pop(name, ())]:
                self.second_looks.begin(
                    again.path
                )  # what else it names may be further down in this very round
                queue.appendleft(again)
        return taken

    def act(
        self,
        work: UnitOfWork,
        plans: Sequence[Callable[[Door], Plan]],
        present: Collection[DocumentPath],
        by: Circumstance,
    ) -> tuple[Done, ...]:
        """Carry out the commands that each of *plans* makes, when those before it have happened; what came of each.

        Raises Rejected; then nothing of any of them has happened.
        """
        door, rendering = self._begin(work)
        done: list[tuple[str, list[RecordedEvent]]] = []
        for plan in plans:
            made = plan(door)
            rendering.bodies.update(made.bodies)
            events: list[RecordedEvent] = []
            for command in made.commands:
                rendering.keep_bodies(command)
                events.extend(door.handle(command, by))
                self._follow(door, command, by)
            done.append((made.subject, events))
        self.finish(door, present, by, rendering)
        return tuple(
            Done(
                subject=subject,
                told=tuple(work.event_at(event.position)[1] for event in events),
                events=tuple(events),
            )
            for subject, events in done
        )

    def bring_in(
        self,
        work: UnitOfWork,
        do: Callable[[Door, Rendering], T],
        present: Collection[DocumentPath],
        by: Circumstance,
    ) -> T:
        """Let *do* pass many commands through the door, one refusal apart from the next, and say what their files say."""
        door, rendering = self._begin(work)
        done = do(door, rendering)
        self.finish(door, present, by, rendering)
        return done

    def _follow(self, door: Door, command: Command, by: Circumstance) -> None:
        """What a command means for files beyond the documents of what it touched."""
        if isinstance(command, ReviseFile) and command.blob is not None:
            revise_by_command(door, command.path, command.blob, by)
        elif isinstance(command, PauseWork):
            follow_pause(door, by)
        elif isinstance(command, ResumeWork):
            follow_resume(door, by)
        elif isinstance(command, RestoreEntity):
            record = door.work.documents.of(command.subject)
            if record is not None and record.seen is None:
                Removing(door=door).restore(record, by)

    def door(self, work: UnitOfWork) -> Door:
        """The one door of *work*: whoever wants to decide something, for whatever reason, asks for it here."""
        return Door(work=work, ids=self.ids)

    def _begin(self, work: UnitOfWork) -> tuple[Door, Rendering]:
        door = self.door(work)
        return door, Rendering(door=door, kinds=self.kinds)

    def finish(
        self,
        door: Door,
        present: Collection[DocumentPath],
        by: Circumstance,
        rendering: Rendering | None = None,
    ) -> None:
        """Carry out what was answered to the daemon's own questions, and plan what all touched files should say."""
        rendering = rendering or Rendering(door=door, kinds=self.kinds)
        put_others_lines(Editing(door=door, kinds=self.kinds, rendering=rendering, times=self.times), by)
        carry_out_answers(door, Removing(door=door), present, by)
        try_again(door, self.kinds, by)
        rendering.refresh()
        for say in rendering.at_last:
            say()
        if rendering.at_last:
            rendering.refresh()

    def _adopting(self, door: Door, rendering: Rendering, editing: Editing) -> Adopting:
        return Adopting(
            door=door,
            kinds=self.kinds,
            rendering=rendering,
            editing=editing,
            times=self.times,
            second_looks=self.second_looks,
            places=self.places,
        )

    def _take_one(self, editing: Editing, adopting: Adopting, seen: Sighting) -> Taken:
        door = editing.door
        record = door.work.documents.at(seen.path)
        role = role_of(seen.path)
        bug = self.bugs.at(seen)
        if bug is not None:
            return leave(door, record, seen, bug, self.times)
        seen = weighed(door.work, record.subject if record is not None else seen.path, seen)
        if role in {PathRole.IGNORED, PathRole.MISPLACED}:
            return DONE
        if seen.path == WAITING:
            ticks = WaitingTicks(door=door, editing=editing, rendering=editing.rendering, times=self.times)
            return ticks.take(record, seen)
        if role is not PathRole.ENTITY:
            return take_plain(door, record, seen, self.times)
        if record is not None and record.kind is not None and record.current is not None:
            return editing.take(record, seen)
        if record is not None and record.kind is None and not is_changed(record, seen):
            return DONE
        try:
            return adopting.take(seen)
        except Rejected as rejected:
            return adopting.refused(seen, str(rejected))


def _adoption_order(seen: Sighting) -> tuple[int, str]:
    kind = entity_kind_at(seen.path)
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), seen.path)
