"""A workspace in memory: a Board that applies events, and the loop that handles a command the way the daemon does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, RunId, Work
from dispatchd.domain.apply import apply_event
from dispatchd.domain.apply_run import run_after, work_after
from dispatchd.domain.board import Entity, Rules
from dispatchd.domain.brake import pause_after
from dispatchd.domain.command import Circumstance, Command
from dispatchd.domain.decide import decide
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.event import Event
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue
from dispatchd.domain.pause import Pause
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.reactions import unfold
from dispatchd.domain.run_event import RunEnded, RunEvent, RunStopAsked, issue_of
from dispatchd.domain.steering_event import BrakeEvent
from dispatchd.domain.thread import Thread, ThreadStatus

NOON: Final = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
ALICE: Final = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")
BOB: Final = Actor(kind=ActorKind.HUMAN, handle="bob", name="Bob Roe", email="bob@example.com")
STRANGER: Final = Actor(kind=ActorKind.HUMAN, handle="mallory", name="Mallory", email="m@elsewhere.example")
ASH: Final = Actor(kind=ActorKind.AGENT, handle="ash", name="ash", email="ash@agents.localhost")
BIRCH: Final = Actor(kind=ActorKind.AGENT, handle="birch", name="birch", email="birch@agents.localhost")
PEOPLE: Final = {"alice": ("alice@example.com",), "bob": ("bob@example.com",)}
MOST_REACTIONS: Final = 10_000


def by(actor: Actor, at: datetime = NOON, channel: Channel = Channel.SAVE) -> Circumstance:
    """What *actor* does at *at*, through *channel*."""
    return Circumstance(actor=actor, at=at, provenance=Provenance(channel=channel))


@dataclass
class FakeBoard:
    """`log` holds every event with its circumstance, in order; `worked_on` the issues an agent's turn runs on.

    `beginning` is what stood before the log began.
    """

    rules: Rules = field(default_factory=lambda: Rules(people=PEOPLE, commands={"test": "make test"}))
    entities: dict[str, Entity] = field(default_factory=dict)
    decisions: dict[EntityId, Decision] = field(default_factory=dict)
    worked_on: set[EntityId] = field(default_factory=set)
    log: list[tuple[Event, Circumstance]] = field(default_factory=list)
    beginning: dict[str, Entity] = field(default_factory=dict)
    drawn: int = 0
    pause: Pause | None = None
    runs: dict[RunId, AgentRun] = field(default_factory=dict)
    works: dict[EntityId, Work] = field(default_factory=dict)

    def issue(self, issue_id: EntityId) -> Issue | None:
        found = self.entities.get(issue_id)
        return found if isinstance(found, Issue) else None

    def epic(self, epic_id: EntityId) -> Epic | None:
        found = self.entities.get(epic_id)
        return found if isinstance(found, Epic) else None

    def proposal(self, proposal_id: EntityId) -> Proposal | None:
        found = self.entities.get(proposal_id)
        return found if isinstance(found, Proposal) else None

    def thread(self, thread_id: EntityId) -> Thread | None:
        found = self.entities.get(thread_id)
        return found if isinstance(found, Thread) else None

    def agent(self, name: str) -> Agent | None:
        found = self.entities.get(name)
        return found if isinstance(found, Agent) else None

    def agents(self) -> Iterable[Agent]:
        return [each for each in self.entities.values() if isinstance(each, Agent) and not each.removed]

    def issues_of(self, epic_id: EntityId) -> Iterable[Issue]:
        mine = [each for each in self._issues() if each.epic == epic_id and not each.removed]
        return sorted(mine, key=lambda issue: (issue.created, issue.id))

    def dependants_of(self, issue_id: EntityId) -> Iterable[Issue]:
        return [each for each in self._issues() if issue_id in each.depends_on]

    def children_of(self, issue_id: EntityId) -> Iterable[Issue]:
        return [each for each in self._issues() if each.parent == issue_id]

    def is_worked_on(self, issue_id: EntityId) -> bool:
        return issue_id in self.worked_on or self.live_run(issue_id) is not None

    def run(self, run_id: RunId) -> AgentRun | None:
        return self.runs.get(run_id)

    def live_run(self, issue_id: EntityId) -> AgentRun | None:
        return next((run for run in self.runs.values() if run.issue == issue_id and run.is_live), None)

    def work(self, issue_id: EntityId) -> Work | None:
        return self.works.get(issue_id)

    def threads_of(self, issue_id: EntityId) -> list[Thread]:
        threads = (each for each in self.entities.values() if isinstance(each, Thread))
        return [each for each in threads if each.issue == issue_id and not each.removed]

    def open_thread_about(self, cause: str) -> Thread | None:
        threads = (each for each in self.entities.values() if isinstance(each, Thread))
        return next(
            (each for each in threads if each.cause == cause and each.status is ThreadStatus.OPEN), None
        )

    def _issues(self) -> list[Issue]:
        return [each for each in self.entities.values() if isinstance(each, Issue)]

    def draw(self, kind: EntityKind) -> EntityId:
        """A new id; here simply the next one."""
        self.drawn += 1
        return encode_id(kind, self.drawn, 6)

    def apply(self, event: Event, circumstance: Circumstance) -> None:
        """Make *event* so."""
        self.log.append((event, circumstance))
        if isinstance(event, BrakeEvent):
            self.pause = pause_after(self.pause, event, circumstance)
        if isinstance(event, RunEvent):
            self._apply_run(event, circumstance)
        after = apply_event(self, event, circumstance)
        if isinstance(after, Decision):
            self.decisions[after.id] = after
        elif isinstance(after, Agent):
            self.entities[after.name] = after
        elif after is not None:
            self.entities[after.id] = after

    def _apply_run(self, event: RunEvent, circumstance: Circumstance) -> None:
        about = event.run if isinstance(event, RunEnded | RunStopAsked) else RunId("")
        run = run_after(self.runs.get(about), event, circumstance)
        if run is not None:
            self.runs[run.id] = run
        work = work_after(self.works.get(issue_of(event)), event, circumstance)
        if work is not None:
            self.works[work.issue] = work

    def handle(self, command: Command, circumstance: Circumstance) -> list[Event]:
        """Decide, apply, react until nothing follows; everything that happened, in order."""
        before = len(self.log)

        def apply(event: Event, whose: Circumstance) -> None:
            assert len(self.log) - before < MOST_REACTIONS, "reactions do not end"
            self.apply(event, whose)

        unfold(self, decide(self, command, circumstance), circumstance, self.draw, apply)
        return [event for event, _ in self.log[before:]]

    def replayed(self) -> "FakeBoard":
        """Another board that has seen the same events and nothing else."""
        again = FakeBoard(rules=self.rules, entities=dict(self.beginning))
        for event, circumstance in self.log:
            again.apply(event, circumstance)
        return again
