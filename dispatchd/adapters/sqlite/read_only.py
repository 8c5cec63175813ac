"""Answers `status`, `list` and `show` straight from the database file, read only, with or without a daemon.

It uses the standard `sqlite3` and plain named tuples, so that a command starts in the time Python takes. Everything
asked of one reader is of one moment. Whether the files are newer than the database is for the caller to find out.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from dispatchd.adapters.sqlite.faults import explained
from dispatchd.adapters.sqlite.issue_reader import IssueReader, folded
from dispatchd.adapters.sqlite.looks import looks_in
from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.prefixes import resolve
from dispatchd.adapters.sqlite.reading_connection import connect_read_only, refuse_other_schemas
from dispatchd.adapters.sqlite.row_reading import (
    Progress,
    agent_row,
    brake_row,
    comment_row,
    decision_row,
    epic_row,
    log_row,
    problem_row,
    proposal_row,
    thread_row,
)
from dispatchd.application.ports.file_stamp import Proof
from dispatchd.application.ports.read_model import ReadModel
from dispatchd.application.ports.read_rows import (
    AgentRow,
    AuditLag,
    BrakeRow,
    DecisionRow,
    EpicRow,
    IssueDetail,
    IssueFilter,
    IssueRow,
    LogRow,
    NameRow,
    ProblemRow,
    ProposalRow,
    Resolved,
    RunRow,
    ThreadRow,
    WorkRow,
)
from dispatchd.application.ports.store_failures import DatabaseMissing
from dispatchd.domain.identifiers import DocumentPath

_ALL: Final = -1
_EVERYTHING: Final = IssueFilter()
_MOST_KEPT: Final = 512
"""Threads that are kept as they were read: pages are composed once a second of the same ones."""


def open_read_only(path: Path) -> "SqliteReadModel":
    """The database at *path*. Raises DatabaseMissing, DatabaseTooNew or another StoreFailure; close it after use."""
    if not path.exists():
        raise DatabaseMissing(path)
    with explained(path):
        connection = connect_read_only(path)
        try:
            refuse_other_schemas(connection, path)
            return SqliteReadModel(connection, path)
        except BaseException:
            connection.close()
            raise


class SqliteReadModel:
    """One moment of the workspace; open it with `open_read_only`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path
        self._sql = queries("read_model")
        self._issues = IssueReader(connection, self._sql, self._epic_state)

    def issues(self, wanted: IssueFilter = _EVERYTHING) -> Sequence[IssueRow]:
        """By priority, then age."""
        with explained(self._path):
            return self._issues.many(wanted)

    def issue(self, issue_id: str) -> IssueDetail | None:
        """The issue, removed or not, and what belongs to it."""
        with explained(self._path):
            row = self._issues.one(issue_id)
        if row is None:
            return None
        children, dependants, threads = (
            tuple(str(found[0]) for found in self._rows(name, issue_id))
            for name in ("issue_children", "issue_dependants", "issue_threads")
        )
        said = json.loads(self._rows("issue_comments", issue_id)[0][0])
        comments = tuple(comment_row(each) for each in said if not each.get("withdrawn"))
        return IssueDetail(row, self.text_of(issue_id), children, dependants, threads, comments)

    def issue_counts(self) -> Mapping[str, int]:
        """How many issues are in each state."""
        return dict(self._rows("issue_counts"))

    def epics(self, status: Sequence[str] = ()) -> Sequence[EpicRow]:
        """Oldest first."""
        progress = self._progress("progress")
        found = self._states("epic", status)
        return tuple(epic_row(state, path, progress.get(state["id"], {})) for state, path in found)

    def epic(self, epic_id: str) -> EpicRow | None:
        """The epic, removed or not."""
        for state, path in self._state(epic_id, "epic"):
            return epic_row(state, path, self._progress("progress_of", epic_id).get(epic_id, {}))
        return None

    def proposals(self, status: Sequence[str] = ()) -> Sequence[ProposalRow]:
        """Oldest first."""
        found = self._states("proposal", status)
        held = self._roles_held() if found else ()
        return tuple(proposal_row(state, path, held) for state, path in found)

    def proposal(self, proposal_id: str) -> ProposalRow | None:
        """The proposal, removed or not."""
        for state, path in self._state(proposal_id, "proposal"):
            return proposal_row(state, path, self._roles_held())
        return None

    def threads(self, status: Sequence[str] = ()) -> Sequence[ThreadRow]:
        """Oldest first."""
        return tuple(_thread_of(state, path) for state, path in self._state_texts("thread", status))

    def thread(self, thread_id: str) -> ThreadRow | None:
        """The thread, removed or not."""
        for state, path in self._state(thread_id, "thread"):
            return thread_row(state, path)
        return None

    def agents(self) -> Sequence[AgentRow]:
        """Those whose card stands."""
        runs = self.runs()
        return tuple(
            agent_row(state, path, [run for run in runs if run.agent == state["name"]])
            for state, path in self._states("agent")
        )

    def agent(self, name: str) -> AgentRow | None:
        """The agent, removed or not."""
        for state, path in self._state(name, "agent"):
            return agent_row(state, path, [run for run in self.runs() if run.agent == name])
        return None

    def decisions(self) -> Sequence[DecisionRow]:
        """Oldest first."""
        return tuple(decision_row(state, path) for state, path in self._states("decision"))

    def decision(self, decision_id: str) -> DecisionRow | None:
        """The decision."""
        for state, path in self._state(decision_id, "decision"):
            return decision_row(state, path)
        return None

    def brake(self) -> BrakeRow | None:
        """The brake, while it is on."""
        kept = self.note("pause")
        return None if kept is None else brake_row(json.loads(kept))

    def runs(self) -> Sequence[RunRow]:
        """The agents' turns that run now, longest first."""
        return tuple(
            RunRow(
                run, issue, agent, datetime.fromisoformat(since), bool(contained), note or "", bool(stopping)
            )
            for run, issue, agent, since, contained, note, stopping in self._rows("runs")
        )

    def works(self) -> Sequence[WorkRow]:
        """What agents have made of issues and is not merged."""
        return tuple(
            WorkRow(issue, phase, agent, bool(held), bounces or 0)
            for issue, phase, agent, held, bounces in self._rows("works")
        )

    def log(
        self, subject: str | None = None, limit: int | None = None, since: datetime | None = None
    ) -> Sequence[LogRow]:
        """Newest first."""
        begin = "" if since is None else since.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"
        bounds = (begin, _ALL if limit is None else limit)
        rows = self._rows("log", *bounds) if subject is None else self._rows("log_of", subject, *bounds)
        return tuple(log_row(row) for row in rows)

    def problems(self) -> Sequence[ProblemRow]:
        """By path and line."""
        return tuple(problem_row(row) for row in self._rows("problems"))

    def owed_count(self) -> int:
        """How many files are still to be written, moved or removed."""
        return int(self._rows("owed_count")[0][0])

    def audit_lag(self) -> AuditLag:
        """What no commit holds yet."""
        waiting, oldest = self._rows("audit_lag")[0]
        return AuditLag(waiting, None if oldest is None else datetime.fromisoformat(oldest))

    def document_of(self, subject: str) -> str | None:
        """The path of the file of *subject*."""
        return next((str(path) for (path,) in self._rows("document_of", subject)), None)

    def text_of(self, subject: str) -> str | None:
        """The whole text of the file of *subject*, as the database wants it."""
        found = self._rows("text_of", subject)
        return next((bytes(content).decode("utf-8", "replace") for (content,) in found), None)

    def looks(self) -> Mapping[DocumentPath, Proof | None]:
        """For every document on disk."""
        return looks_in(self._rows("looks"))

    def note(self, key: str) -> str | None:
        """A single remembered value."""
        return next((str(value) for (value,) in self._rows("note", key)), None)

    def resolve(self, typed: str, kind: str | None = None) -> Resolved:
        """The entity meant by *typed*."""
        with explained(self._path):
            return resolve(self._connection, self._sql, typed, kind)

    def names(self, typed: str, kinds: Sequence[str], limit: int) -> Sequence[NameRow]:
        """What is finished comes last, then the newest first."""
        asked = {"typed": typed.lower(), "kinds": json.dumps(list(kinds)), "limit": limit}
        return [NameRow(*row) for row in self._rows("names", asked)]

    def name_of(self, entity_id: str) -> NameRow | None:
        """What stands under this id."""
        return next((NameRow(*row) for row in self._rows("name_of", {"id": entity_id})), None)

    def labels(self) -> Sequence[str]:
        """The most used first."""
        return tuple(str(label) for (label,) in self._rows("labels"))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _rows(self, name: str, *arguments: Any) -> list[Any]:
        with explained(self._path):
            given = arguments[0] if arguments and isinstance(arguments[0], dict) else arguments
            return self._connection.execute(self._sql[name], given).fetchall()

    def _states(self, kind: str, status: Sequence[str] = ()) -> list[tuple[Any, str | None]]:
        return [(json.loads(state), path) for state, path in self._state_texts(kind, status)]

    def _state_texts(self, kind: str, status: Sequence[str]) -> list[tuple[str, str | None]]:
        if status:
            return self._rows("entity_states_with", kind, json.dumps(list(status)))
        return self._rows("entity_states", kind)

    def _state(self, subject: str, kind: str) -> list[tuple[Any, str | None]]:
        return [(json.loads(state), path) for state, path in self._rows("entity_state", subject, kind)]

    def _epic_state(self, epic_id: str) -> Mapping[str, Any] | None:
        return next((state for state, _ in self._state(epic_id, "epic")), None)

    def _roles_held(self) -> frozenset[str]:
        return frozenset(state["role"] for state, _ in self._states("agent"))

    def _progress(self, name: str, *arguments: str) -> Mapping[str, Progress]:
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for epic, stage, done, total in self._rows(name, *arguments):
            stages = found.setdefault(epic, {})
            before = stages.get(folded(stage) or "", (0, 0))
            stages[folded(stage) or ""] = (before[0] + done, before[1] + total)
        return found


@lru_cache(maxsize=_MOST_KEPT)
def _thread_of(state: str, path: str | None) -> ThreadRow:
    return thread_row(json.loads(state), path)


_port: type[ReadModel] = SqliteReadModel
