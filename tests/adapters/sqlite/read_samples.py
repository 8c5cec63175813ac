"""What the tests of the read model have in common."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from dispatchd.adapters.sqlite.read_only import SqliteReadModel, open_read_only
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance, Signature
from dispatchd.domain.command import Circumstance
from dispatchd.domain.epic import (
    Criterion,
    Epic,
    EpicStatus,
    Gate,
    GateKind,
    GatePlan,
    Stage,
    StagePlan,
    StageState,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice Doe", email="alice@example.com")


BY_ALICE = Circumstance(actor=ALICE, at=NOON, provenance=Provenance(channel=Channel.SAVE))


EPIC = Epic(
    id=EntityId("e-2222"),
    title="Login",
    created=NOON,
    status=EpicStatus.IN_PROGRESS,
    stages=(
        Stage(
            plan=StagePlan(
                name="Build",
                gate=GatePlan(
                    kind=GateKind.CHECKPOINT,
                    question="Green?",
                    criteria=(Criterion(all_issues_done=True), Criterion(command="test")),
                ),
            ),
            state=StageState.IN_PROGRESS,
            gate=Gate(approvals=(Signature(by=ALICE, at=NOON, reason="fine"),)),
            since=NOON,
        ),
        Stage(plan=StagePlan(name="Release")),
    ),
)


def issue(name: str, **facts: object) -> Issue:
    return replace(Issue(id=EntityId(f"i-{name}"), title=name, created=NOON), **facts)  # type: ignore[arg-type]


def look(path: Path) -> "closing[SqliteReadModel]":
    return closing(open_read_only(path))
