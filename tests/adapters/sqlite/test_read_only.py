import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.adapters.sqlite.store import SyncStore, sync_store
from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.application.ports.read_rows import IssueFilter
from dispatchd.application.ports.store_failures import DatabaseDamaged, DatabaseMissing
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord, UnitOfWork
from dispatchd.domain.actors import Signature
from dispatchd.domain.agent import Agent
from dispatchd.domain.consensus import missing_seats, tally
from dispatchd.domain.decision import Decision, DecisionKind
from dispatchd.domain.event import IssueMoved, ThreadAnswered, ThreadOpened
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, EventPosition
from dispatchd.domain.issue import IssueStatus, Role
from dispatchd.domain.proposal import Choice, CreateIssue, Proposal, Vote
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn
from tests.adapters.sqlite.read_samples import ALICE, BY_ALICE, EPIC, NOON, issue, look


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state.db"


@pytest.fixture
def store(path: Path) -> Iterator[SyncStore]:
    with sync_store(path) as opened:
        yield opened


def test_a_look_loads_neither_validation_nor_event_loop_nor_domain_rules() -> None:
    program = "import sys, dispatchd.adapters.sqlite.read_only; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    heavy = {"pydantic", "aiosqlite", "asyncio", "dataclasses", "tomlkit", "dispatchd.domain.issue"}
    assert heavy.isdisjoint(shown.stdout.split())


def test_without_a_database_the_next_step_is_named(path: Path) -> None:
    with pytest.raises(DatabaseMissing, match="dispatchd sync"):
        open_read_only(path)
    path.write_bytes(b"no database" * 500)
    with pytest.raises(DatabaseDamaged):
        open_read_only(path)
    assert path.read_bytes() == b"no database" * 500


def test_a_look_is_of_one_moment_and_holds_no_writer_up(store: SyncStore, path: Path) -> None:
    store.run(lambda unit: unit.save(issue("2222")))
    with look(path) as model:
        assert len(model.issues()) == 1
        store.run(lambda unit: unit.save(issue("3333")))
        assert len(model.issues()) == 1
    with look(path) as model:
        assert len(model.issues()) == 2


def test_a_look_works_after_the_writer_has_left(path: Path) -> None:
    with sync_store(path) as store:
        store.run(lambda unit: unit.save(issue("2222")))
    with look(path) as model:
        assert [row.id for row in model.issues()] == ["i-2222"]


def test_an_issue_is_shown_with_its_text_and_what_hangs_on_it(store: SyncStore, path: Path) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.save(
            issue("2222", labels=("b", "a"), removed=True, role=Role.PM, branch="x", pr="7", source="s")
        )
        unit.save(issue("3333", parent=EntityId("i-2222"), depends_on=(EntityId("i-2222"),)))
        unit.save(
            Thread(
                id=EntityId("t-2222"),
                title="T",
                created=NOON,
                kind=ThreadKind.QUESTION,
                sender="ash",
                issue=EntityId("i-2222"),
            )
        )
        seen = unit.blobs.put("Grüße".encode())
        unit.documents.save(
            DocumentRecord(
                path=DocumentPath("issues/x.md"),
                subject="i-2222",
                kind=EntityKind.ISSUE,
                seen=seen,
                current=seen,
            )
        )

    store.run(work)
    with look(path) as model:
        shown = model.issue("i-2222")
        assert shown is not None
        assert shown.issue.labels == ("b", "a")
        assert (shown.issue.removed, shown.issue.path, shown.text) == (True, "issues/x.md", "Grüße")
        assert (shown.children, shown.dependants, shown.threads) == (("i-3333",), ("i-3333",), ("t-2222",))
        assert model.issue("i-4444") is None
        assert model.issues(IssueFilter(text="GRÜSSE")) == ()
        assert model.issue_counts() == {"unassigned": 1}


def test_an_epic_is_shown_with_gates_and_progress(store: SyncStore, path: Path) -> None:
    def work(unit: UnitOfWork) -> None:
        unit.save(EPIC)
        for name, status, stage in (
            ("2222", "done", " build"),
            ("3333", "queued", "Build"),
            ("4444", "done", None),
        ):
            unit.save(issue(name, status=IssueStatus(status), epic=EPIC.id, stage=stage))

    store.run(work)
    with look(path) as model:
        (row,) = model.epics()
        assert model.epic("e-2222") == row
        assert (row.done, row.total, [(stage.done, stage.total) for stage in row.stages]) == (
            2,
            3,
            [(1, 2), (0, 0)],
        )
        gate = row.stages[0].gate
        assert gate is not None
        assert gate.criteria == ("all issues done", "command test")
        assert (gate.approvals[0].by, gate.approvals[0].at, gate.approvals[0].reason) == (
            "alice",
            NOON,
            "fine",
        )
        assert row.stages[1].gate is None
        assert (model.epics(["draft"]), len(model.epics(["in_progress", "draft"]))) == ((), 1)


def test_a_proposal_is_counted_as_the_rules_count_it(store: SyncStore, path: Path) -> None:
    signed = Signature(by=ALICE, at=NOON, reason="why not")
    votes = tuple(
        Vote(voter=seat, choice=choice, signature=signed)
        for seat, choice in (("@alice", Choice.REJECT), ("@alice", Choice.APPROVE), ("bob", Choice.REJECT))
    )
    proposal = Proposal(
        id=EntityId("p-2222"),
        title="P",
        created=NOON,
        proposer=ALICE,
        voters=("@alice", "coder", "pm"),
        votes=votes,
        actions=(CreateIssue(title="New"),),
    )

    def work(unit: UnitOfWork) -> tuple[str, ...]:
        unit.save(proposal)
        unit.save(Agent(name="ash"))
        return missing_seats(unit, proposal)

    missing = store.run(work)
    count = tally(votes, proposal.voters)
    with look(path) as model:
        (row,) = model.proposals(["open"])
        assert model.proposal("p-2222") == row
    assert row.missing == missing == ("coder",)
    assert (row.approve, row.reject, row.abstain, row.more_info) == (count.approve, count.reject, 0, 0)
    assert row.actions == ({"type": "CreateIssue", "title": "New"},)


def test_threads_agents_and_decisions_are_shown(store: SyncStore, path: Path) -> None:
    thread = Thread(
        id=EntityId("t-2222"), title="T", created=NOON, kind=ThreadKind.QUESTION, sender="ash", options=("a", "b"),
        turns=(Turn(by=ALICE, at=NOON, text="Which?"),), status=ThreadStatus.ANSWERED, chosen="a", answered_at=NOON,
    )  # fmt: skip
    decision = Decision(
        id=EntityId("d-2222"), title="D", kind=DecisionKind.VOTE, subject=EntityId("p-2222"), outcome="passed",
        by=("Alice Doe",), at=NOON, tally=("1 : 0",),
    )  # fmt: skip

    def work(unit: UnitOfWork) -> None:
        for entity in (thread, decision, Agent(name="ash"), Agent(name="elm", removed=True)):
            unit.save(entity)

    store.run(work)
    with look(path) as model:
        (shown,) = model.threads(["answered"])
        assert model.thread("t-2222") == shown
        assert (shown.chosen, shown.answered_at, shown.options) == ("a", NOON, ("a", "b"))
        assert [(turn.by, turn.is_person, turn.text) for turn in shown.turns] == [("alice", True, "Which?")]
        assert model.threads(["open"]) == ()
        assert [agent.name for agent in model.agents()] == ["ash"]
        gone = model.agent("elm")
        assert gone is not None
        assert gone.removed
        assert [(row.outcome, row.by, row.tally) for row in model.decisions()] == [
            ("passed", ("Alice Doe",), ("1 : 0",))
        ]
        assert model.decision("d-2222") == model.decisions()[0]
        assert model.decision("t-2222") is None


def test_the_log_is_read_newest_first_by_subject_time_and_number(store: SyncStore, path: Path) -> None:
    def work(unit: UnitOfWork) -> None:
        for number, name in enumerate(("i-2222", "i-3333", "i-2222")):
            moved = IssueMoved(issue=EntityId(name), before=IssueStatus.QUEUED, after=IssueStatus.DONE)
            unit.append(
                moved, replace(BY_ALICE, at=NOON + timedelta(hours=number)), f"told {number}", f"e{number}"
            )
        unit.audit.mark([EventPosition(1)], "abc")

    store.run(work)
    with look(path) as model:
        assert [row.told for row in model.log()] == ["told 2", "told 1", "told 0"]
        assert [row.id for row in model.log("i-2222", limit=1)] == ["e2"]
        assert [row.id for row in model.log(since=NOON + timedelta(hours=1))] == ["e2", "e1"]
        first = model.log()[-1]
        assert (first.type, first.actor, first.commit, first.at) == ("IssueMoved", "alice", "abc", NOON)
        assert first.event["after"] == "done"
        assert model.audit_lag() == (3, NOON)


def test_the_log_of_an_issue_has_what_was_asked_and_answered_about_it(store: SyncStore, path: Path) -> None:
    def work(unit: UnitOfWork) -> None:
        for number, about in enumerate(("i-2222", "i-3333")):
            asked = Thread(
                id=EntityId(f"t-{number}222"),
                title="Which hash?",
                created=NOON,
                kind=ThreadKind.QUESTION,
                sender="ash",
                issue=EntityId(about),
            )
            unit.save(asked)
            unit.append(ThreadOpened(thread=asked), BY_ALICE, f"asks about {about}", f"a{number}")
            moved = IssueMoved(issue=EntityId(about), before=IssueStatus.QUEUED, after=IssueStatus.DONE)
            unit.append(moved, BY_ALICE, f"finishes {about}", f"b{number}")
            answered = ThreadAnswered(thread=asked.id, option=None, text="argon2id")
            unit.append(answered, BY_ALICE, f"answers about {about}", f"c{number}")

    store.run(work)
    with look(path) as model:
        assert [row.told.split()[0] for row in model.log("i-2222")] == ["answers", "finishes", "asks"]
        assert {row.told.split()[-1] for row in model.log("i-2222")} == {"i-2222"}
        assert [row.id for row in model.log("t-1222", limit=1)] == ["c1"]


def test_problems_debts_and_stamps_are_told(store: SyncStore, path: Path) -> None:
    stamp = FileStamp(2**64 - 1, 2**63, 3, 4, 5, 6, 1, True)

    def work(unit: UnitOfWork) -> None:
        old, new = unit.blobs.put(b"old"), unit.blobs.put(b"new")
        file = DocumentPath("issues/x.md")
        unit.documents.save(
            DocumentRecord(
                path=file, subject="i-2222", kind=EntityKind.ISSUE, seen=old, current=new, stamp=stamp
            )
        )
        unit.problems.replace(
            "i-2222", [ProblemRecord(subject="i-2222", path=file, anchor="file", what="bad", line=3)]
        )
        unit.set_note("head", "abc")

    store.run(work)
    with look(path) as model:
        assert model.owed_count() == 1
        assert [(row.path, row.line, row.what) for row in model.problems()] == [("issues/x.md", 3, "bad")]
        assert model.looks() == {"issues/x.md": tuple(stamp)[:6]}
        assert (model.note("head"), model.document_of("i-2222"), model.text_of("i-2222")) == (
            "abc",
            "issues/x.md",
            "new",
        )
        assert (model.note("x"), model.document_of("x"), model.text_of("x"), model.runs()) == (
            None,
            None,
            None,
            (),
        )
