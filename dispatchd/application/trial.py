"""A unit of work that is never kept: reads come from the workspace as it stands, writes stay in memory and are lost.

It is what lets one ask the rules what a text would mean before anybody has saved it. The parts that belong to the
bytes of files (documents, blobs, audit) are the workspace's own; whoever tries something does not write there.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from dispatchd.application.ports.audit_queue import AuditQueue
from dispatchd.application.ports.history import History
from dispatchd.application.ports.run_store import RunStore
from dispatchd.application.ports.unit_of_work import (
    BlobStore,
    DocumentStore,
    ProblemRecord,
    ProblemStore,
    UnitOfWork,
)
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, RunId, Work
from dispatchd.domain.board import Entity, Rules
from dispatchd.domain.command import Circumstance
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.identifiers import (
    DocumentPath,
    EntityId,
    EntityKind,
    EventId,
    EventPosition,
    kind_of,
)
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.pause import Pause
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread, ThreadStatus

E = TypeVar("E", bound=Issue | Thread | Agent)


class _TriedProblems:
    """What is wrong, as tried."""

    def __init__(self, before: ProblemStore) -> None:
        self._before = before
        self._tried: dict[str, Sequence[ProblemRecord]] = {}

    def of(self, subject: str) -> Sequence[ProblemRecord]:
        """The problems of one document."""
        return self._tried[subject] if subject in self._tried else self._before.of(subject)

    def all(self) -> Sequence[ProblemRecord]:
        """Every problem."""
        left = [each for each in self._before.all() if each.subject not in self._tried]
        return [*left, *(each for tried in self._tried.values() for each in tried)]

    def replace(self, subject: str, problems: Sequence[ProblemRecord]) -> None:
        """Let *problems* be those of *subject* for the rest of the trial."""
        self._tried[subject] = tuple(problems)


class Trial:
    """A layer of what was tried over *work*."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._tried: dict[str, Entity | Decision] = {}
        self._notes: dict[str, str | None] = {}
        self._told: list[tuple[RecordedEvent, str]] = []
        self._brake: tuple[Pause | None] | None = None
        self._problems = _TriedProblems(work.problems)

    @property
    def documents(self) -> DocumentStore:
        """The workspace's own."""
        return self._work.documents

    @property
    def blobs(self) -> BlobStore:
        """The workspace's own."""
        return self._work.blobs

    @property
    def audit(self) -> AuditQueue:
        """The workspace's own."""
        return self._work.audit

    @property
    def problems(self) -> ProblemStore:
        """What is wrong, as tried: a fact that becomes another one ends what was said about its line."""
        return self._problems

    def look_ahead(self, paths: Collection[DocumentPath], subjects: Collection[str]) -> None:
        """As the workspace does."""
        self._work.look_ahead(paths, subjects)

    @property
    def rules(self) -> Rules:
        """Those in force; a config that is tried changes nothing here."""
        return self._work.rules

    @property
    def history(self) -> History:
        """The workspace's own."""
        return self._work.history

    @property
    def pause(self) -> Pause | None:
        """The brake, as tried."""
        return self._brake[0] if self._brake is not None else self._work.pause

    def set_pause(self, pause: Pause | None) -> None:
        """Pull the brake or let it go for the rest of the trial."""
        self._brake = (pause,)

    @property
    def config_in_force(self) -> str | None:
        """The workspace's own."""
        return self._work.config_in_force

    def set_rules_from(self, config_text: str | None) -> None:
        """Nothing: rules are not tried."""

    def issue(self, issue_id: EntityId) -> Issue | None:
        """The issue, as tried."""
        tried = self._tried.get(issue_id)
        return tried if isinstance(tried, Issue) else self._work.issue(issue_id)

    def epic(self, epic_id: EntityId) -> Epic | None:
        """The epic, as tried."""
        tried = self._tried.get(epic_id)
        return tried if isinstance(tried, Epic) else self._work.epic(epic_id)

    def proposal(self, proposal_id: EntityId) -> Proposal | None:
        """The proposal, as tried."""
        tried = self._tried.get(proposal_id)
        return tried if isinstance(tried, Proposal) else self._work.proposal(proposal_id)

    def thread(self, thread_id: EntityId) -> Thread | None:
        """The thread, as tried."""
        tried = self._tried.get(thread_id)
        return tried if isinstance(tried, Thread) else self._work.thread(thread_id)

    def agent(self, name: str) -> Agent | None:
        """The agent, as tried."""
        tried = self._tried.get(name)
        return tried if isinstance(tried, Agent) else self._work.agent(name)

    def decision(self, decision_id: EntityId) -> Decision | None:
        """The decision, as tried."""
        tried = self._tried.get(decision_id)
        return tried if isinstance(tried, Decision) else self._work.decision(decision_id)

    def entity(self, subject: str) -> Entity | Decision | None:
        """Anything by id, as tried."""
        return self._tried.get(subject) or self._work.entity(subject)

    def entities(self, kind: EntityKind) -> Iterable[Entity | Decision]:
        """All of *kind* that stand, as tried."""
        before = self._work.entities(kind)
        known = [self._tried.get(_id(each), each) for each in before]
        ids = {_id(each) for each in known}
        new = [each for name, each in self._tried.items() if name not in ids and _kind(each) is kind]
        return [each for each in (*known, *new) if not getattr(each, "removed", False)]

    def agents(self) -> Iterable[Agent]:
        """Every agent whose card stands, as tried."""
        return self._as_tried(Agent, self._work.agents(), lambda _: True)

    def issues_of(self, epic_id: EntityId) -> Iterable[Issue]:
        """The issues that name this epic, as tried."""
        return self._as_tried(Issue, self._work.issues_of(epic_id), lambda issue: issue.epic == epic_id)

    def dependants_of(self, issue_id: EntityId) -> Iterable[Issue]:
        """The issues that depend on this one, as tried."""
        waits = self._work.dependants_of(issue_id)
        return self._as_tried(Issue, waits, lambda issue: issue_id in issue.depends_on)

    def children_of(self, issue_id: EntityId) -> Iterable[Issue]:
        """The issues whose parent this one is, as tried."""
        return self._as_tried(Issue, self._work.children_of(issue_id), lambda issue: issue.parent == issue_id)

    def issues_in(self, states: Iterable[IssueStatus]) -> Iterable[Issue]:
        """The issues in any of *states*, as tried."""
        wanted = set(states)
        before = self._work.issues_in(wanted)
        return self._as_tried(Issue, before, lambda issue: issue.status in wanted)

    def issues_at_work(self) -> Iterable[Issue]:
        """The issues whose work has begun; nothing begins on a trial, so as they stand."""
        return self._work.issues_at_work()

    def chain_behind(self, issue_id: EntityId, most: int) -> int:
        """How long the longest chain of unfinished issues is that waits for this one; *most* at most are followed."""
        return self._work.chain_behind(issue_id, most)

    def issues_that_may_begin(
        self, state: IssueStatus, names: Collection[str], roles: Collection[str]
    ) -> Iterator[Issue]:
        """The issues in *state* that wait for no unfinished one; nothing begins on a trial, so as they stand."""
        return self._work.issues_that_may_begin(state, names, roles)

    def threads_of(self, issue_id: EntityId) -> Iterable[Thread]:
        """The threads about this issue, as tried."""
        about = self._work.threads_of(issue_id)
        return self._as_tried(Thread, about, lambda thread: thread.issue == issue_id)

    def is_worked_on(self, issue_id: EntityId) -> bool:
        """Whether an agent's turn is running on it now."""
        return self._work.is_worked_on(issue_id)

    @property
    def runs(self) -> RunStore:
        """The workspace's own; nothing that is tried starts or ends a turn."""
        return self._work.runs

    def run(self, run_id: RunId) -> AgentRun | None:
        """An agent's turn."""
        return self._work.run(run_id)

    def live_run(self, issue_id: EntityId) -> AgentRun | None:
        """The turn that runs on this issue now."""
        return self._work.live_run(issue_id)

    def work(self, issue_id: EntityId) -> Work | None:
        """What agents have made of this issue so far."""
        return self._work.work(issue_id)

    def open_thread_about(self, cause: str) -> Thread | None:
        """The open thread that the daemon opened for *cause*, as tried."""
        for each in self._tried.values():
            if isinstance(each, Thread) and each.cause == cause and each.status is ThreadStatus.OPEN:
                return each
        found = self._work.open_thread_about(cause)
        return None if found is not None and found.id in self._tried else found

    def id_of_source(self, source: str) -> EntityId | None:
        """The id of what came from *source*."""
        return self._work.id_of_source(source)

    def population(self) -> int:
        """How many entities there are."""
        return self._work.population() + len(self._tried)

    def save(self, entity: Entity | Decision) -> None:
        """Let *entity* be so for the rest of the trial."""
        self._tried[_id(entity)] = entity

    def append(self, event: Event, circumstance: Circumstance, told: str, event_id: str) -> RecordedEvent:
        """Take *event* as if it had been logged."""
        recorded = RecordedEvent(
            position=EventPosition(-1 - len(self._told)),
            id=EventId(event_id),
            circumstance=circumstance,
            event=event,
        )
        self._told.append((recorded, told))
        return recorded

    def event_at(self, position: EventPosition) -> tuple[RecordedEvent, str]:
        """The event there; those of the trial have negative positions."""
        return self._told[-1 - position] if position < 0 else self._work.event_at(position)

    def note(self, key: str) -> str | None:
        """A single remembered value."""
        return self._notes[key] if key in self._notes else self._work.note(key)

    def set_note(self, key: str, value: str | None) -> None:
        """Remember *value* for the rest of the trial."""
        self._notes[key] = value

    def _as_tried(self, kind: type[E], before: Iterable[E], belongs: Callable[[E], bool]) -> list[E]:
        left = [each for each in before if _id(each) not in self._tried]
        tried = [each for each in self._tried.values() if isinstance(each, kind)]
        return [*left, *(each for each in tried if belongs(each) and not each.removed)]


def _id(entity: Entity | Decision) -> str:
    return entity.name if isinstance(entity, Agent) else entity.id


def _kind(entity: Entity | Decision) -> EntityKind:
    return EntityKind.AGENT if isinstance(entity, Agent) else kind_of(entity.id)


_port: type[UnitOfWork] = Trial
