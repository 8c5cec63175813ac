"""One transaction's view of the workspace: the parts of the store put together behind the port.

It neither begins nor ends the transaction; that is the store's.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from functools import lru_cache
from typing import Final

from dispatchd.adapters.sqlite.audit_queue import SqliteAuditQueue
from dispatchd.adapters.sqlite.blob_store import SqliteBlobStore
from dispatchd.adapters.sqlite.columns import from_json, to_json
from dispatchd.adapters.sqlite.document_store import SqliteDocumentStore
from dispatchd.adapters.sqlite.entity_store import EntityStore
from dispatchd.adapters.sqlite.event_log import EventLog
from dispatchd.adapters.sqlite.issue_store import IssueStore
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.problem_store import SqliteProblemStore
from dispatchd.adapters.sqlite.run_store import SqliteRunStore
from dispatchd.adapters.sqlite.waiting_rows import WaitingRows
from dispatchd.application.ports.unit_of_work import CONFIG_IN_FORCE, UnitOfWork
from dispatchd.application.wire import dump_value, load_value
from dispatchd.documents.config_document import read_config
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, RunId, Work
from dispatchd.domain.board import Entity, Rules
from dispatchd.domain.command import Circumstance
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, EventPosition, kind_of
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.pause import Pause
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread

_PAUSE: Final = "pause"


class SqliteUnitOfWork:
    """Lives as long as its transaction.

    With *alone* nobody else writes meanwhile: a note that was read is not asked for again, because the rules ask for the
    same few with each file, and new rows wait until a table is asked for more than one of them by its key, or until
    `write_out`, because a burst adds thousands.
    """

    def __init__(self, connection: sqlite3.Connection, *, alone: bool = False) -> None:
        self._connection = connection
        self._issues = IssueStore(connection, self.write_out, alone=alone)
        self._entities = EntityStore(connection)
        self._audit_rows = WaitingRows(connection, queries("audit")["audit_add"], alone=alone)
        self._log = EventLog(connection, self.write_out, self._audit_rows, alone=alone)
        self._notes = queries("notes")
        self._notes_read: dict[str, str | None] | None = {} if alone else None
        self._rules: Rules | None = None
        self.config_changed = False
        """Whether the last good config was written in this transaction."""
        self.documents = SqliteDocumentStore(connection, self.write_out, alone=alone)
        self.blobs = SqliteBlobStore(connection, alone=alone)
        self.audit = SqliteAuditQueue(connection, self.write_out, self._log, self._audit_rows)
        self.problems = SqliteProblemStore(connection)
        self.runs = SqliteRunStore(connection)

    def write_out(self) -> None:
        """Put into their tables the rows that wait to be put there together: before a commit, and before the tables
        are asked. What rows refer to comes before them.
        """
        self.blobs.write_out()
        self._issues.write_out()
        self._log.write_out()
        self._audit_rows.write_out()
        self.documents.write_out()

    def look_ahead(self, paths: Collection[DocumentPath], subjects: Collection[str]) -> None:
        """Look up in a few questions what each of these will be asked about."""
        self.documents.look_ahead(
            paths, [*subjects, *paths]
        )  # a file that could not be read is its own subject
        self.problems.look_ahead(subjects)
        issues = [each for each in subjects if kind_of(EntityId(each)) is EntityKind.ISSUE]
        self._issues.look_ahead(issues)
        self._entities.look_ahead(issues)
        self.runs.look_ahead(issues)

    @property
    def rules(self) -> Rules:
        """The settings the rules depend on, from the last good config."""
        if self._rules is None:
            self._rules = _rules_from(self.note(CONFIG_IN_FORCE))
        return self._rules

    @property
    def config_in_force(self) -> str | None:
        """The last good config."""
        return self.note(CONFIG_IN_FORCE)

    def set_rules_from(self, config_text: str | None) -> None:
        """Make *config_text* the last good one."""
        self.set_note(CONFIG_IN_FORCE, config_text)
        self._rules = None

    def issue(self, issue_id: EntityId) -> Issue | None:
        """The issue, removed or not."""
        return self._issues.get(issue_id)

    def epic(self, epic_id: EntityId) -> Epic | None:
        """The epic, removed or not."""
        found = self._entities.get(epic_id, EntityKind.EPIC)
        return found if isinstance(found, Epic) else None

    def proposal(self, proposal_id: EntityId) -> Proposal | None:
        """The proposal, removed or not."""
        found = self._entities.get(proposal_id, EntityKind.PROPOSAL)
        return found if isinstance(found, Proposal) else None

    def thread(self, thread_id: EntityId) -> Thread | None:
        """The thread, removed or not."""
        found = self._entities.get(thread_id, EntityKind.THREAD)
        return found if isinstance(found, Thread) else None

    def agent(self, name: str) -> Agent | None:
        """The agent, removed or not."""
        found = self._entities.get(name, EntityKind.AGENT)
        return found if isinstance(found, Agent) else None

    def decision(self, decision_id: EntityId) -> Decision | None:
        """The decision."""
        found = self._entities.get(decision_id, EntityKind.DECISION)
        return found if isinstance(found, Decision) else None

    def entity(self, subject: str) -> Entity | Decision | None:
        """Any entity by id, an agent by name."""
        if kind_of(EntityId(subject)) is EntityKind.ISSUE:
            return self._issues.get(subject)
        return self._entities.get(subject)

    def entities(self, kind: EntityKind) -> Iterable[Entity | Decision]:
        """All of *kind* that were not removed, oldest first."""
        return self._issues.standing() if kind is EntityKind.ISSUE else self._entities.standing(kind)

    def agents(self) -> Iterable[Agent]:
        """Every agent whose card stands."""
        return [agent for agent in self._entities.standing(EntityKind.AGENT) if isinstance(agent, Agent)]

    def issues_of(self, epic_id: EntityId) -> Iterable[Issue]:
        """The issues that name this epic, oldest first."""
        return self._issues.of_epic(epic_id)

    def issues_in(self, states: Iterable[IssueStatus]) -> Iterable[Issue]:
        """The issues in any of *states*, most urgent first."""
        return self._issues.in_states(states)

    def issues_at_work(self) -> Iterable[Issue]:
        """The issues whose work has begun and that may ask for a turn, most urgent first."""
        return self._issues.at_work()

    def chain_behind(self, issue_id: EntityId, most: int) -> int:
        """How long the longest chain of unfinished issues is that waits for this one; *most* at most are followed."""
        return self._issues.chain_behind(issue_id, most)

    def issues_that_may_begin(
        self, state: IssueStatus, names: Collection[str], roles: Collection[str]
    ) -> Iterator[Issue]:
        """The issues in *state* that wait for no unfinished one, for one of *names* or, where they name nobody, of *roles*."""
        return self._issues.that_may_begin(state, names, roles)

    def dependants_of(self, issue_id: EntityId) -> Iterable[Issue]:
        """The issues that depend on this one."""
        return self._issues.depending_on(issue_id)

    def children_of(self, issue_id: EntityId) -> Iterable[Issue]:
        """The issues whose parent this one is."""
        return self._issues.below(issue_id)

    def is_worked_on(self, issue_id: EntityId) -> bool:
        """Whether an agent's turn is running on it now."""
        return self.runs.live_on(issue_id) is not None

    def run(self, run_id: RunId) -> AgentRun | None:
        """An agent's turn, over or not."""
        return self.runs.get(run_id)

    def live_run(self, issue_id: EntityId) -> AgentRun | None:
        """The turn that runs on this issue now."""
        return self.runs.live_on(issue_id)

    def work(self, issue_id: EntityId) -> Work | None:
        """What agents have made of this issue so far."""
        return self.runs.work(issue_id)

    def open_thread_about(self, cause: str) -> Thread | None:
        """The open thread that the daemon opened for *cause*."""
        return self._entities.open_thread_about(cause)

    def threads_of(self, issue_id: EntityId) -> Iterable[Thread]:
        """The threads about this issue, oldest first."""
        return self._entities.threads_of(issue_id)

    def id_of_source(self, source: str) -> EntityId | None:
        """The id of what came from *source*."""
        return self._issues.with_source(source) or self._entities.with_source(source)

    def population(self) -> int:
        """How many entities there are, removed ones included."""
        return self._issues.count() + self._entities.count()

    def save(self, entity: Entity | Decision) -> None:
        """Insert or replace by id."""
        if isinstance(entity, Issue):
            self._issues.save(entity)
        else:
            self._entities.save(entity)

    def append(self, event: Event, circumstance: Circumstance, told: str, event_id: str) -> RecordedEvent:
        """Put an event into the log and into the audit queue."""
        return self._log.append(event, circumstance, told, event_id)

    def event_at(self, position: EventPosition) -> tuple[RecordedEvent, str]:
        """The event there and its line in plain words; raises KeyError."""
        return self._log.at(position)

    @property
    def history(self) -> EventLog:
        """What has happened, to look it up."""
        return self._log

    @property
    def pause(self) -> Pause | None:
        """The brake, while it is on."""
        kept = self.note(_PAUSE)
        return None if kept is None else load_value(Pause, from_json(kept))

    def set_pause(self, pause: Pause | None) -> None:
        """Pull the brake, or let it go."""
        self.set_note(_PAUSE, None if pause is None else to_json(dump_value(pause)))

    def note(self, key: str) -> str | None:
        """A single remembered value."""
        if self._notes_read is not None and key in self._notes_read:
            return self._notes_read[key]
        row = self._connection.execute(self._notes["note_get"], (key,)).fetchone()
        found = None if row is None else str(row[0])
        if self._notes_read is not None:
            self._notes_read[key] = found
        return found

    def set_note(self, key: str, value: str | None) -> None:
        """Remember *value* under *key*; None forgets it."""
        if self._notes_read is not None:
            self._notes_read.pop(key, None)
        self.config_changed = self.config_changed or key == CONFIG_IN_FORCE
        if value is None:
            self._connection.execute(self._notes["note_drop"], (key,))
        else:
            self._connection.execute(self._notes["note_set"], (key, value))


# Parsing costs more than most transactions do, and the text seldom changes; equal text means equal rules.
@lru_cache(maxsize=4)
def _rules_from(config_text: str | None) -> Rules:
    if config_text is None:
        return Rules()
    config = read_config(config_text).config
    return Rules() if config is None else config.rules


_port: type[UnitOfWork] = SqliteUnitOfWork
