"""The values that a look at the workspace gives: plain words and times, each as it stands in the files.

They are named tuples of plain words rather than the domain's types, because `status` is to be instant, and making
those types takes longer than the whole query. How they are asked for is `read_model`'s.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple


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
    ready: bool = False  # queued, and waiting for nothing
    waiting: bool = False
    """Not finished, and waiting for an unfinished dependency or for its stage to open."""
    blocked: bool = False  # somebody says so
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
    workflow: str | None = None
    phase: str | None = None


class IssueDetail(NamedTuple):
    issue: IssueRow
    text: str | None
    """The whole file as the database wants it, front matter included."""
    children: tuple[str, ...]
    dependants: tuple[str, ...]
    threads: tuple[str, ...]
    comments: "tuple[CommentRow, ...]" = ()
    """What was said about it and not taken back, in the order it was heard."""


class CommentRow(NamedTuple):
    by: str
    name: str
    is_person: bool
    at: datetime
    text: str


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
    criteria: tuple[str, ...]  # of a checkpoint: `all issues done`, `command NAME`
    state: str
    approvals: tuple[SignatureRow, ...]
    rejection: SignatureRow | None
    skipped: SignatureRow | None
    choice: str | None
    passed_checks: tuple[str, ...]
    failed_checks: tuple[str, ...] = ()  # each with why


class StageRow(NamedTuple):
    name: str
    state: str
    since: datetime | None
    gate: GateRow | None
    done: int
    """How many of its issues are done or cancelled."""
    total: int
    wanted: tuple[str, ...]
    """What its list wants and no issue has been made of."""


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
    model: str | None
    arguments: str | None
    paused: bool
    removed: bool
    path: str | None
    working_on: tuple[str, ...]
    uncontained: bool = False
    stopping: bool = False  # its turn was told to end


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


class BrakeRow(NamedTuple):
    """Who has paused all work, since when and why."""

    by: str
    name: str
    since: datetime
    reason: str


class RunRow(NamedTuple):
    """A turn. `note` is what it does now, in a few words; `stopping`: it was told to end."""

    run: str
    issue: str
    agent: str
    since: datetime
    contained: bool
    note: str
    stopping: bool = False


class WorkRow(NamedTuple):
    """What agents have made of an issue so far: `working`, `submitted` or `bounced`."""

    issue: str
    phase: str
    agent: str
    held: bool
    bounces: int


class AuditLag(NamedTuple):
    """What no commit holds yet: how many entries, and since when the oldest waits."""

    waiting: int
    oldest: datetime | None


class Resolved(NamedTuple):
    """The one thing meant, or None and what it could be (empty: nothing fits; eleven or more: cut off at eleven)."""

    id: str | None
    candidates: tuple[str, ...]


class NameRow(NamedTuple):
    """Something that can be named by its id; an agent's id is its name."""

    id: str
    kind: str
    title: str
    status: str
    assignee: str | None
    path: str | None
