"""What commands that only look may ask of the workspace, with and without a daemon: one moment, read only.

Words (states, kinds, roles …) are as they stand in the files. The values are named tuples of plain words rather than
the domain's types, because `status` is to be instant and making those types takes longer than the whole query.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, Protocol


class IssueFilter(NamedTuple):
    """Everything given must hold. Of several states, types, priorities, roles or assignees any will do; of several
    labels all must be there. `text` is looked for in the whole file, letter case forgiven.
    """

    status: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    priority: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    assignee: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    epic: str | None = None
    stage: str | None = None
    parent: str | None = None
    text: str | None = None
    ready: bool = False
    """Queued, and waiting for nothing."""
    waiting: bool = False
    """Not finished, and waiting for an unfinished dependency or for its stage to open."""
    blocked: bool = False
    """Somebody says so."""
    limit: int | None = None


class IssueRow(NamedTuple):
    id: str
    title: str
    type: str
    status: str
    priority: str
    labels: tuple[str, ...]
    role: str | None
    assignee: str | None
    parent: str | None
    depends_on: tuple[str, ...]
    epic: str | None
    stage: str | None
    branch: str | None
    pr: str | None
    source: str | None
    created: datetime
    removed: bool
    path: str | None
    waiting_on: tuple[str, ...]
    """Ids of the unfinished dependencies, then the epic's if the stage has not opened; empty once finished."""


class IssueDetail(NamedTuple):
    issue: IssueRow
    text: str | None
    """The whole file as the database wants it, front matter included."""
    children: tuple[str, ...]
    dependants: tuple[str, ...]
    threads: tuple[str, ...]


class SignatureRow(NamedTuple):
    by: str
    name: str
    at: datetime
    reason: str


class GateRow(NamedTuple):
    kind: str
    question: str
    approvers: tuple[str, ...]
    options: tuple[str, ...]
    criteria: tuple[str, ...]
    """Checkpoint conditions: `all issues done`, `command NAME`."""
    state: str
    approvals: tuple[SignatureRow, ...]
    rejection: SignatureRow | None
    skipped: SignatureRow | None
    choice: str | None
    passed_checks: tuple[str, ...]


class StageRow(NamedTuple):
    name: str
    state: str
    since: datetime | None
    gate: GateRow | None
    done: int
    """How many of its issues are done or cancelled."""
    total: int


class EpicRow(NamedTuple):
    id: str
    title: str
    status: str
    priority: str | None
    labels: tuple[str, ...]
    created: datetime
    source: str | None
    removed: bool
    path: str | None
    stages: tuple[StageRow, ...]
    done: int
    total: int


class VoteRow(NamedTuple):
    voter: str
    """The seat."""
    choice: str
    by: str
    name: str
    at: datetime
    reason: str


class ProposalRow(NamedTuple):
    """The counts are of the standing votes of its seats; `missing` are the seats still waited for."""

    id: str
    title: str
    status: str
    proposer: str
    threshold: str
    voters: tuple[str, ...]
    deadline: datetime | None
    created: datetime
    votes: tuple[VoteRow, ...]
    approve: int
    reject: int
    abstain: int
    more_info: int
    missing: tuple[str, ...]
    actions: tuple[Mapping[str, Any], ...]
    """Each with its `type` and fields, as `application.wire` writes actions."""
    override: SignatureRow | None
    closed_at: datetime | None
    decision: str | None
    source: str | None
    removed: bool
    path: str | None


class TurnRow(NamedTuple):
    by: str
    name: str
    is_person: bool
    at: datetime
    text: str


class ThreadRow(NamedTuple):
    id: str
    title: str
    kind: str
    status: str
    sender: str
    to: str | None
    issue: str | None
    subject: str | None
    purpose: str
    options: tuple[str, ...]
    accepts_text: bool
    turns: tuple[TurnRow, ...]
    chosen: str | None
    answered_at: datetime | None
    delivered: bool
    created: datetime
    removed: bool
    path: str | None


class AgentRow(NamedTuple):
    name: str
    role: str
    engine: str
    paused: bool
    removed: bool
    path: str | None
    working_on: tuple[str, ...]


class DecisionRow(NamedTuple):
    id: str
    title: str
    kind: str
    subject: str
    outcome: str
    by: tuple[str, ...]
    at: datetime
    question: str
    tally: tuple[str, ...]
    consequences: tuple[str, ...]
    path: str | None


class LogRow(NamedTuple):
    position: int
    id: str
    type: str
    at: datetime
    actor: str
    name: str
    subject: str
    told: str
    commit: str | None
    event: Mapping[str, Any]
    """The event as `application.wire` writes it."""


class ProblemRow(NamedTuple):
    subject: str
    path: str
    line: int
    anchor: str
    what: str
    hint: str
    refusal: bool
    since: datetime | None


class HeldActRow(NamedTuple):
    id: str
    command: Mapping[str, Any]
    """The command as `application.wire` writes it."""
    by: str
    at: datetime
    why: str
    thread: str | None


class RunRow(NamedTuple):
    run: str
    issue: str
    agent: str
    since: datetime


class AuditLag(NamedTuple):
    """What no commit holds yet: how many entries, and since when the oldest waits."""

    waiting: int
    oldest: datetime | None


class Resolved(NamedTuple):
    """The one thing meant, or None and what it could be (empty: nothing fits; eleven or more: cut off at eleven)."""

    id: str | None
    candidates: tuple[str, ...]


class ReadModel(Protocol):
    """One moment of the workspace. Lists leave removed entities out; a look-up by id finds them. Every call may raise
    a StoreFailure.
    """

    def issues(self, wanted: IssueFilter = ...) -> Sequence[IssueRow]:
        """By priority, then age."""
        ...

    def issue(self, issue_id: str) -> IssueDetail | None: ...

    def issue_counts(self) -> Mapping[str, int]:
        """How many issues are in each state; states without any are left out."""
        ...

    def epics(self, status: Sequence[str] = ()) -> Sequence[EpicRow]:
        """Those in one of these states (none given: all), oldest first."""
        ...

    def epic(self, epic_id: str) -> EpicRow | None: ...

    def proposals(self, status: Sequence[str] = ()) -> Sequence[ProposalRow]:
        """Those in one of these states (none given: all), oldest first."""
        ...

    def proposal(self, proposal_id: str) -> ProposalRow | None: ...

    def threads(self, status: Sequence[str] = ()) -> Sequence[ThreadRow]:
        """Those in one of these states (none given: all), oldest first."""
        ...

    def thread(self, thread_id: str) -> ThreadRow | None: ...

    def agents(self) -> Sequence[AgentRow]: ...

    def agent(self, name: str) -> AgentRow | None: ...

    def decisions(self) -> Sequence[DecisionRow]: ...

    def decision(self, decision_id: str) -> DecisionRow | None: ...

    def runs(self) -> Sequence[RunRow]:
        """The agents' turns that run now, longest first."""
        ...

    def log(
        self, subject: str | None = None, limit: int | None = None, since: datetime | None = None
    ) -> Sequence[LogRow]:
        """The newest *limit* entries (about *subject*; not before *since*), newest first."""
        ...

    def problems(self) -> Sequence[ProblemRow]:
        """By path and line."""
        ...

    def held_acts(self) -> Sequence[HeldActRow]:
        """What waits to be confirmed, oldest first."""
        ...

    def owed_count(self) -> int:
        """How many files are still to be written, moved or removed."""
        ...

    def audit_lag(self) -> AuditLag: ...

    def document_of(self, subject: str) -> str | None:
        """The path of the file of *subject*."""
        ...

    def text_of(self, subject: str) -> str | None:
        """The whole text of the file of *subject*, as the database wants it."""
        ...

    def stamps(self) -> Mapping[str, tuple[Any, ...] | None]:
        """Path to the fields of the recorded `FileStamp`, for every document on disk: to see whether files are newer."""
        ...

    def note(self, key: str) -> str | None:
        """A single remembered value."""
        ...

    def resolve(self, typed: str, kind: str | None = None) -> Resolved:
        """The entity meant by *typed*: an id or the beginning of one (with or without its letter, in any case), an
        agent's name, a path in the tree, or what stands under `source`. *kind* leaves the others out.
        """
        ...

    def close(self) -> None: ...
