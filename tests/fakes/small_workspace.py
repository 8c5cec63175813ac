"""A small workspace in a real database: a question, a gate, a vote, work that runs, is next, waits, and is done."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dispatchd.adapters.sqlite.store import sync_store
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord, UnitOfWork
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance, Signature
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.command import Circumstance
from dispatchd.domain.epic import Epic, EpicStatus, GateKind, GatePlan, Stage, StagePlan, StageState
from dispatchd.domain.event import Event, IssueMoved
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from dispatchd.domain.proposal import Choice, Proposal, Vote
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn

START = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)
ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")
ASH = Actor(kind=ActorKind.AGENT, handle="ash", name="ash", email="ash@localhost")


def later(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


LOGIN = Issue(
    id=EntityId("i-7k2m"),
    title="Login times out on slow networks",
    created=later(1),
    type="bug",
    status=IssueStatus.IN_PROGRESS,
    priority=Priority.HIGH,
    labels=("auth", "network"),
    assignee="ash",
)
PAGE = Issue(
    id=EntityId("i-8p3q"),
    title="Login page",
    created=later(2),
    status=IssueStatus.QUEUED,
    role=Role.CODER,
    depends_on=(EntityId("i-7k2m"),),
)
MAIL = Issue(
    id=EntityId("i-2b9x"),
    title="Send the link by mail",
    created=later(3),
    status=IssueStatus.QUEUED,
    priority=Priority.CRITICAL,
    role=Role.CODER,
)
MOVED = IssueMoved(issue=LOGIN.id, before=IssueStatus.QUEUED, after=IssueStatus.IN_PROGRESS)
FORM = Issue(id=EntityId("i-5d5d"), title="Old form", created=later(4), status=IssueStatus.DONE)
EPIC = Epic(
    id=EntityId("e-3fq9"),
    title="Passwordless login",
    created=later(1),
    status=EpicStatus.AWAITING_GATE,
    stages=(
        Stage(
            plan=StagePlan(
                name="Design", gate=GatePlan(kind=GateKind.APPROVAL, question="Is the flow right?")
            ),
            state=StageState.AWAITING_GATE,
            since=later(9),
        ),
        Stage(plan=StagePlan(name="Build")),
    ),
)
PROPOSAL = Proposal(
    id=EntityId("p-9xw4"),
    title="Use argon2id for password hashes",
    created=later(5),
    proposer=ASH,
    voters=("coder", "@alice"),
    deadline=later(24 * 60),
    votes=(
        Vote(
            voter="coder",
            choice=Choice.APPROVE,
            signature=Signature(by=ASH, at=later(6), reason="Fastest to build."),
        ),
    ),
)
QUESTION = Thread(
    id=EntityId("t-4kq2"),
    title="Which hash for passwords?",
    created=later(7),
    kind=ThreadKind.QUESTION,
    sender="ash",
    issue=LOGIN.id,
    options=("argon2id", "bcrypt"),
    turns=(Turn(by=ASH, at=later(7), text="I can use argon2id or bcrypt."),),
)
PATHS = {
    LOGIN.id: "issues/login timeout.md",
    PAGE.id: "issues/i-8p3q-login-page.md",
    MAIL.id: "issues/i-2b9x-send-the-link-by-mail.md",
    FORM.id: "issues/old form.md",
    EPIC.id: "epics/e-3fq9-passwordless-login.md",
    PROPOSAL.id: "proposals/p-9xw4-use-argon2id.md",
    QUESTION.id: "inbox/t-4kq2-which-hash.md",
    "ash": "agents/ash/agent.md",
}
EVERYTHING: tuple[Entity, ...] = (LOGIN, PAGE, MAIL, FORM, EPIC, PROPOSAL, QUESTION, Agent(name="ash"))


def database_in(root: Path) -> Path:
    """Where the database of the workspace in *root* lies, its folder made."""
    folder = root / ".git" / "dispatchd"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "state.db"


def fill(root: Path, entities: Sequence[Entity] = EVERYTHING) -> None:
    """Make the database of the workspace in *root* hold *entities*, and a document for each."""

    def save(work: UnitOfWork) -> None:
        for entity in entities:
            work.save(entity)
            subject = entity.name if isinstance(entity, Agent) else entity.id
            title = "" if isinstance(entity, Agent) else entity.title
            text = f"---\nid: {subject}\n---\n\nAll about {title}.\n"
            blob = work.blobs.put(text.encode())
            work.documents.save(
                DocumentRecord(
                    path=DocumentPath(PATHS.get(subject, f"issues/{subject}.md")),
                    subject=subject,
                    kind=EntityKind.AGENT if isinstance(entity, Agent) else kind_of(EntityId(subject)),
                    seen=blob,
                    current=blob,
                )
            )

    with sync_store(database_in(root)) as store:
        store.run(save)


def happen(root: Path, told: str, number: int = 1, event: Event = MOVED) -> None:
    """Put an event into the log, *number* minutes after the beginning."""
    by = Circumstance(actor=ALICE, at=later(number), provenance=Provenance(channel=Channel.COMMAND))
    with sync_store(database_in(root)) as store:
        store.run(
            lambda work: work.append(event, by, told, f"{'event' if event is MOVED else 'other'}{number:011}")
        )


def park(root: Path) -> None:
    """Make the file of an issue unreadable."""
    problem = ProblemRecord(
        subject=LOGIN.id,
        path=DocumentPath(PATHS[LOGIN.id]),
        anchor="file",
        line=7,
        what="There are conflict markers",
        hint="Keep one side and remove the markers",
    )
    with sync_store(database_in(root)) as store:
        store.run(lambda work: work.problems.replace(LOGIN.id, [problem]))


def refuse(root: Path, anchor: str) -> None:
    """Make an edit of an issue refused at *anchor*."""
    problem = ProblemRecord(
        subject=LOGIN.id,
        path=DocumentPath(PATHS[LOGIN.id]),
        anchor=anchor,
        what="kept what was there",
        refusal=True,
    )
    with sync_store(database_in(root)) as store:
        store.run(lambda work: work.problems.replace(LOGIN.id, [problem]))


def answer(root: Path, text: str) -> None:
    """Answer the question, as a person."""
    answered = replace(
        QUESTION,
        status=ThreadStatus.ANSWERED,
        chosen="bcrypt",
        turns=(*QUESTION.turns, Turn(by=ALICE, at=later(8), text=text)),
    )
    with sync_store(database_in(root)) as store:
        store.run(lambda work: work.save(answered))
