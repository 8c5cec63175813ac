"""Keeps agents' turns, the work on each issue, and how far each transcript was read: states as JSON beside the few
columns that are looked up by.
"""

import sqlite3
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from dispatchd.adapters.sqlite.columns import from_json, remembering, time_column, to_json
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.run_store import OwedLine, RunProgress, RunStore
from dispatchd.application.wire import dump_value, load_value
from dispatchd.domain.agent_run import AgentRun, RunId, Spent, Work, WorkPhase
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus


@remembering
def _run(state: str) -> AgentRun:
    return load_value(AgentRun, from_json(state))


@remembering
def _work(state: str) -> Work:
    return load_value(Work, from_json(state))


@remembering
def _progress(state: str) -> RunProgress:
    return load_value(RunProgress, from_json(state))


class SqliteRunStore:
    """Look-ups are of the rows as this transaction sees them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("runs")
        self._live: Sequence[AgentRun] | None = None
        """The turns that run now, where they were looked up: every save is weighed against them."""
        self._works: dict[str, Work | None] = {}
        """What was looked up in this transaction, beside which nobody writes."""

    def get(self, run_id: RunId) -> AgentRun | None:
        """The run."""
        found = self._runs("run_by_id", run_id)
        return found[0] if found else None

    def live_on(self, issue_id: EntityId) -> AgentRun | None:
        """The turn that runs on the issue."""
        found = self._runs("run_live_on", issue_id)
        return found[0] if found else None

    def live(self) -> Sequence[AgentRun]:
        """The turns that have not ended, oldest first."""
        if self._live is None:
            self._live = tuple(self._runs("runs_live"))
        return self._live

    def of_issue(self, issue_id: EntityId) -> Sequence[AgentRun]:
        """Every turn about the issue, oldest first."""
        return self._runs("runs_of_issue", issue_id)

    def last_of_agent(self, agent: str, most: int) -> Sequence[AgentRun]:
        """The agent's newest turns, newest first."""
        return self._runs("runs_of_agent", agent, most)

    def ended_since(self, since: datetime) -> Sequence[AgentRun]:
        """The turns that ended at or after *since*, oldest first."""
        return self._runs("runs_ended_since", time_column(since))

    def newest_ended(self, most: int) -> Sequence[AgentRun]:
        """The turns that ended last, newest first."""
        return self._runs("runs_newest_ended", most)

    def spent_since(self, since: datetime) -> Spent:
        """What they have used together."""
        query = self._sql["runs_spent_since"]
        read, cached, written, micros = self._connection.execute(query, (time_column(since),)).fetchone()
        return Spent(read=read, cached=cached, written=written, micros=micros)

    def save(self, run: AgentRun) -> None:
        """Insert or replace by id."""
        self._live = None
        row = (
            run.id,
            run.issue,
            run.agent,
            time_column(run.started),
            None if run.ended is None else time_column(run.ended),
            run.spent.read,
            run.spent.cached,
            run.spent.written,
            run.spent.micros,
            to_json(dump_value(run)),
        )
        self._connection.execute(self._sql["run_save"], row)

    def work(self, issue_id: EntityId) -> Work | None:
        """What agents have made of the issue so far."""
        if issue_id not in self._works:
            row = self._connection.execute(self._sql["work_of"], (issue_id,)).fetchone()
            self._works[issue_id] = None if row is None else _work(row[0])
        return self._works[issue_id]

    def look_ahead(self, issue_ids: Collection[str]) -> None:
        """Look up the works on *issue_ids*, those not looked up yet, in one question."""
        missing = [each for each in issue_ids if each not in self._works]
        found = dict(self._connection.execute(self._sql["works_of"], (to_json(missing),)).fetchall())
        for each in missing:
            self._works[each] = _work(found[each]) if each in found else None

    def works(self, phases: Iterable[WorkPhase]) -> Sequence[Work]:
        """The works in any of *phases*, by issue."""
        wanted = to_json([str(phase) for phase in phases])
        rows = self._connection.execute(self._sql["works_in"], (wanted,)).fetchall()
        return [_work(state) for (state,) in rows]

    def works_of_issues_in(self, status: IssueStatus, phases: Iterable[WorkPhase]) -> Sequence[Work]:
        """Those in any of *phases* whose issue is in *status*, by issue."""
        wanted = to_json([str(phase) for phase in phases])
        rows = self._connection.execute(self._sql["works_of_issues_in"], (wanted, str(status))).fetchall()
        return [_work(state) for (state,) in rows]

    def save_work(self, work: Work) -> None:
        """Insert or replace by issue."""
        self._works.pop(work.issue, None)
        row = (work.issue, work.phase, to_json(dump_value(work)))
        self._connection.execute(self._sql["work_save"], row)

    def progress(self, run_id: RunId) -> RunProgress:
        """How far the run was read."""
        row = self._connection.execute(self._sql["progress_of"], (run_id,)).fetchone()
        return RunProgress(run=run_id) if row is None else _progress(row[0])

    def save_progress(self, progress: RunProgress) -> None:
        """Insert or replace by run."""
        row = (progress.run, to_json(dump_value(progress)))
        self._connection.execute(self._sql["progress_save"], row)

    def owe(self, line: OwedLine) -> None:
        """Put down a line for the agent."""
        self._connection.execute(self._sql["line_owe"], (line.run, line.number, line.line))

    def owed(self, run_id: RunId) -> Sequence[OwedLine]:
        """What the agent has not been given yet, in order."""
        rows = self._connection.execute(self._sql["lines_owed"], (run_id,)).fetchall()
        return [OwedLine(run=run_id, number=number, line=line) for number, line in rows]

    def given(self, run_id: RunId, number: int) -> None:
        """The agent has this line and all before it."""
        self._connection.execute(self._sql["lines_given"], (run_id, number))

    def forget_progress(self, run_id: RunId) -> None:
        """The run is over."""
        self._connection.execute(self._sql["progress_drop"], (run_id,))
        self._connection.execute(self._sql["lines_drop"], (run_id,))

    def _runs(self, name: str, *values: object) -> list[AgentRun]:
        rows = self._connection.execute(self._sql[name], values).fetchall()
        return [_run(state) for (state,) in rows]


_port: type[RunStore] = SqliteRunStore
