"""Two ends of a branch as one tree."""

from datetime import UTC, datetime

import pytest

from dispatchd.application.joining import Join, plan_join
from dispatchd.application.ports.audit_log import AuditCommit, CommitId, Signature
from dispatchd.domain.identifiers import DocumentPath
from dispatchd.reconcile.document_merge import Winner
from tests.fakes.fake_audit_log import FakeAuditLog

BOB = Signature(name="Bob Roe", email="bob@example.com", at=datetime(2026, 11, 21, 12, 0, tzinfo=UTC))
LEAK = "---\nid: i-7k2m\ntitle: A leak\npriority: low\nlabels: [water]\n---\n\nIt drips.\n"
A = "issues/a.md"


@pytest.fixture
def log() -> FakeAuditLog:
    made = FakeAuditLog()
    made.person_commits(commit({A: LEAK, "context/notes.md": "one\ntwo\nthree\n", "STATUS.md": "old"}))
    return made


def commit(changes: dict[str, str | None]) -> AuditCommit:
    named = {
        DocumentPath(path): text.encode() if text is not None else None for path, text in changes.items()
    }
    return AuditCommit(author=BOB, subject="by hand", changes=named)


def join(
    log: FakeAuditLog,
    ours: dict[str, str | None],
    theirs: dict[str, str | None],
    winner: Winner = Winner.OURS,
) -> dict[str, str | None]:
    """What joining *theirs* to *ours* changes."""
    base = log.head()
    there = log.person_commits(commit(theirs), (base,))
    here = log.person_commits(commit(ours), (base,))
    return told(plan_join(log, here, there, winner))


def told(joined: Join) -> dict[str, str | None]:
    return {str(path): text.decode() if text is not None else None for path, text in joined.changes.items()}


def test_what_only_they_changed_is_taken_byte_by_byte(log: FakeAuditLog) -> None:
    assert join(log, {}, {A: LEAK + "\r\n"}) == {A: LEAK + "\r\n"}


def test_what_only_we_changed_stays(log: FakeAuditLog) -> None:
    assert join(log, {A: LEAK + "More\n"}, {"issues/b.md": "New\n"}) == {"issues/b.md": "New\n"}


def test_different_facts_of_one_document_both_come(log: FakeAuditLog) -> None:
    changes = join(
        log,
        {A: LEAK.replace("priority: low", "priority: high")},
        {A: LEAK.replace("[water]", "[water, kitchen]").replace("drips", "pours")},
    )
    text = changes[A] or ""
    assert "priority: high" in text
    assert "labels: [water, kitchen]" in text
    assert "It pours." in text


@pytest.mark.parametrize(("winner", "expected"), [(Winner.OURS, "high"), (Winner.THEIRS, "critical")])
def test_a_contradiction_goes_to_the_winner_and_leaves_no_markers(
    log: FakeAuditLog, winner: Winner, expected: str
) -> None:
    changes = join(
        log,
        {A: LEAK.replace("priority: low", "priority: high").replace("It drips", "Ours drips")},
        {A: LEAK.replace("priority: low", "priority: critical").replace("It drips", "Theirs drips")},
        winner,
    )
    text = changes.get(A) or LEAK.replace("priority: low", "priority: high")
    assert f"priority: {expected}" in text
    assert "<<<<" not in text


def test_an_edit_beats_a_deletion_on_either_side(log: FakeAuditLog) -> None:
    edited = LEAK + "More\n"
    assert join(log, {A: None}, {A: edited}) == {A: edited}
    assert join(log, {A: edited}, {A: None}) == {}


def test_what_both_deleted_stays_deleted(log: FakeAuditLog) -> None:
    assert join(log, {A: None}, {A: None}) == {}


def test_a_document_that_we_moved_takes_their_edit_along(log: FakeAuditLog) -> None:
    moved = {A: None, "archive/2026/11/a.md": LEAK.replace("priority: low", "priority: high")}
    changes = join(log, moved, {A: LEAK + "More\n"})
    assert set(changes) == {"archive/2026/11/a.md"}
    assert "priority: high" in (changes["archive/2026/11/a.md"] or "")
    assert "More" in (changes["archive/2026/11/a.md"] or "")


def test_a_document_that_they_moved_takes_our_edit_along(log: FakeAuditLog) -> None:
    changes = join(log, {A: LEAK + "More\n"}, {A: None, "issues/better.md": LEAK})
    assert changes[A] is None
    assert "More" in (changes["issues/better.md"] or "")


def test_of_a_page_that_home_renders_homes_text_is_taken_whole(log: FakeAuditLog) -> None:
    ours: dict[str, str | None] = {"WAITING.md": "ours"}
    theirs: dict[str, str | None] = {"WAITING.md": "theirs"}
    assert join(log, ours, theirs, Winner.THEIRS) == {}
    log.person_commits(commit({"WAITING.md": None}))
    assert join(log, ours, theirs, Winner.OURS) == {"WAITING.md": "theirs"}


def test_lines_of_plain_files_from_both_sides_come_together(log: FakeAuditLog) -> None:
    ours, theirs = "zero\none\ntwo\nthree\n", "one\ntwo\nthree\nfour\n"
    changes = join(log, {"context/notes.md": ours}, {"context/notes.md": theirs})
    assert changes == {"context/notes.md": "zero\none\ntwo\nthree\nfour\n"}


def test_ends_without_a_common_past_are_joined_too(log: FakeAuditLog) -> None:
    here = log.head()
    joined = plan_join(log, here, CommitId(here), Winner.OURS)
    assert told(joined) == {}


@pytest.mark.parametrize("winner", Winner)
def test_two_documents_of_one_name_both_stay_and_home_keeps_the_name(
    log: FakeAuditLog, winner: Winner
) -> None:
    new = "issues/login.md"
    ours, theirs = "---\nid: i-aaaa\n---\n\nOurs\n", "---\nid: i-bbbb\n---\n\nTheirs\n"
    changes = join(log, {new: ours}, {new: theirs}, winner)
    if winner is Winner.THEIRS:
        assert changes == {"issues/login-2.md": theirs}
    else:
        assert changes == {new: theirs, "issues/login-2.md": ours}


def test_one_document_added_on_both_sides_is_one(log: FakeAuditLog) -> None:
    new = "issues/login.md"
    adopted = "---\nid: i-aaaa\ntitle: Login\n---\n\nWords\n"
    (changed,) = join(log, {new: "Words\n"}, {new: adopted}, Winner.THEIRS).items()
    assert changed == (new, adopted)
