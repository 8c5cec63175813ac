"""The people and the documents that the tests of documents speak of: each text with the entity it says."""

import difflib
from datetime import UTC, datetime
from typing import Final

from dispatchd.domain.actors import DAEMON, Actor, ActorKind, Signature
from dispatchd.domain.agent import Agent
from dispatchd.domain.decision import Decision, DecisionKind
from dispatchd.domain.epic import (
    Epic,
    EpicStatus,
    Gate,
    GateKind,
    GatePlan,
    GateState,
    Stage,
    StagePlan,
    StageState,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from dispatchd.domain.proposal import Choice, CreateIssue, Proposal, SetFact, Threshold, Vote
from dispatchd.domain.thread import Thread, ThreadKind, Turn

ALICE: Final = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")
BOB: Final = Actor(kind=ActorKind.HUMAN, handle="bob", name="Bob Roe", email="bob@example.com")
ASH: Final = Actor(kind=ActorKind.AGENT, handle="ash", name="Ash", email="ash@agents.localhost")
AFTERNOON: Final = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
MORNING: Final = datetime(2026, 11, 21, 7, 20, tzinfo=UTC)


def signed(by: Actor = ALICE, reason: str = "", at: datetime = AFTERNOON) -> Signature:
    """A signature, by default Alice's."""
    return Signature(by=by, at=at, reason=reason)


ISSUE_TEXT: Final = """\
---
id: i-7k2m
title: Login times out on slow networks
type: bug
status: queued
priority: high
labels: [auth, network]
role: coder
epic: e-3fq9
stage: Build
depends_on: [i-2b9x]
created: 2026-11-21T07:12:00Z
rev: r5f0c2a91
---

The login form gives up after two seconds …

## Acceptance

- [ ] waits thirty seconds
"""
ISSUE: Final = Issue(
    id=EntityId("i-7k2m"),
    title="Login times out on slow networks",
    created=datetime(2026, 11, 21, 7, 12, tzinfo=UTC),
    type="bug",
    status=IssueStatus.QUEUED,
    priority=Priority.HIGH,
    labels=("auth", "network"),
    role=Role.CODER,
    epic=EntityId("e-3fq9"),
    stage="Build",
    depends_on=(EntityId("i-2b9x"),),
)

EPIC_TEXT: Final = """\
---
id: e-3fq9
title: Passwordless login
status: in_progress
rev: r9c31d0aa
---

What and why …

## Stages

### Design

Gate: approval: Is the flow right?

- [x] Approved (Alice Doe, 2026-11-20 14:02Z)

### Build

1. [Send the link by mail](../issues/i-7k2m-send-link.md) · in progress
2. [Login page](../issues/i-8p3q-login-page.md) · queued

Gate: review by @alice, @bob: Walk through the demo.

- [ ] Approve
- [ ] Reject:
- [ ] Skip:

### Release

1. Canary in one region @coder !high #ops
   Watch the error rate for an hour.
2. All regions

- [ ] Make these 2 issues

Gate: decision: Which way out?

- [ ] Blue-green
- [ ] Rolling
"""
DESIGN: Final = Stage(
    plan=StagePlan(name="Design", gate=GatePlan(kind=GateKind.APPROVAL, question="Is the flow right?")),
    state=StageState.APPROVED,
    gate=Gate(state=GateState.APPROVED, approvals=(signed(),)),
)
BUILD: Final = Stage(
    plan=StagePlan(
        name="Build",
        gate=GatePlan(kind=GateKind.REVIEW, question="Walk through the demo.", approvers=("alice", "bob")),
    ),
    state=StageState.AWAITING_GATE,
)
RELEASE: Final = Stage(
    plan=StagePlan(
        name="Release",
        gate=GatePlan(kind=GateKind.DECISION, question="Which way out?", options=("Blue-green", "Rolling")),
    )
)
EPIC: Final = Epic(
    id=EntityId("e-3fq9"),
    title="Passwordless login",
    created=AFTERNOON,
    status=EpicStatus.IN_PROGRESS,
    stages=(DESIGN, BUILD, RELEASE),
)

PROPOSAL_TEXT: Final = """\
---
id: p-9xw4
title: Use argon2id for password hashes
status: open
threshold: super_majority
voters: [coder, security, "@alice"]
deadline: 2026-11-28
rev: r77ab12cd
---

Why …

## If it passes

- create issue: Replace bcrypt in auth.py
- set i-7k2m priority: high

## Votes

- ash (coder): approve. Fastest to build.

### @alice

- [ ] Approve
- [ ] Reject:
- [ ] Abstain
- [ ] More info:

## Override

- [ ] Force approve:
- [ ] Force reject:
- [ ] Veto:
"""
PROPOSAL: Final = Proposal(
    id=EntityId("p-9xw4"),
    title="Use argon2id for password hashes",
    created=AFTERNOON,
    proposer=ASH,
    threshold=Threshold.SUPER_MAJORITY,
    voters=("coder", "security", "@alice"),
    deadline=datetime(2026, 11, 29, tzinfo=UTC),
    actions=(
        CreateIssue(title="Replace bcrypt in auth.py"),
        SetFact(target="i-7k2m", key="priority", value="high"),
    ),
    votes=(Vote(voter="coder", choice=Choice.APPROVE, signature=signed(ASH, "Fastest to build.")),),
)

THREAD_TEXT: Final = """\
---
id: t-4kq2
kind: question
from: ash
issue: i-7k2m
status: open
rev: r0be1f6d3
---

# Which hash for passwords?

**ash**, 2026-11-21 07:20Z

> I can use argon2id or bcrypt. argon2id needs a new dependency.

## Your answer

- [ ] argon2id
- [ ] bcrypt
- [ ] Send
"""
THREAD: Final = Thread(
    id=EntityId("t-4kq2"),
    title="Which hash for passwords?",
    created=MORNING,
    kind=ThreadKind.QUESTION,
    sender="ash",
    issue=EntityId("i-7k2m"),
    options=("argon2id", "bcrypt"),
    turns=(Turn(by=ASH, at=MORNING, text="I can use argon2id or bcrypt. argon2id needs a new dependency."),),
)

AGENT_TEXT: Final = """\
---
name: ash
role: coder
engine: claude
paused: false
---

What this agent should know about itself; added to its role's prompt.
"""
AGENT: Final = Agent(name="ash", engine="claude")

CONFIG_TEXT: Final = """\
[people]
alice = ["alice@example.com"]

[commands]                     # what checks and gates may run
test = "make test"

[workspace]
home = "alice-laptop"          # the one clone that decides (sync.md)
start_after = "30s"
archive_after = "14d"
approve_own = true             # a person may approve what they began; an agent never
require_signed = false

[agents]
max_running = 4

[budget]
day_usd = 20
"""

DAEMON_SIGNED: Final = signed(DAEMON)


def body_of(text: str) -> str:
    """*text* below its front matter."""
    return text.split("---\n", 2)[2] if text.startswith("---\n") else text


def changed_lines(before: str, after: str) -> list[str]:
    """The lines that are in one of the two texts alone, marked as a diff marks them."""
    diff = difflib.ndiff(before.splitlines(), after.splitlines())
    return [line for line in diff if line[:2] in {"- ", "+ "} and not line[2:].startswith("rev:")]


DECISION: Final = Decision(
    id=EntityId("d-5m2x"),
    title="Use argon2id",
    kind=DecisionKind.VOTE,
    subject=EntityId("p-9xw4"),
    outcome="no_quorum",
    by=("@alice", "ash"),
    at=MORNING,
    question="Which hash?",
    tally=("ash (coder): approve. Fastest.", "@alice: reject. Slow."),
    consequences=("Nothing was run.",),
)
