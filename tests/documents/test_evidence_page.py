"""The page of a check says what was run on what, and what it printed, whatever that was."""

from datetime import UTC, datetime

from dispatchd.documents.evidence_page import evidence_path, evidence_text
from dispatchd.domain.flow import Evidence
from dispatchd.domain.identifiers import EntityId

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def test_it_stands_by_its_number_and_phase() -> None:
    path = evidence_path(EntityId("i-7k2m"), "verify red", 5)
    assert path == "evidence/i-7k2m/05-verify-red.md"


def test_it_says_what_was_run_and_what_came() -> None:
    evidence = Evidence(
        commit="a" * 40,
        command="make test",
        exit_code=1,
        as_expected=True,
        why="2 new tests fail, 1 old pass",
        passed=1,
        failed=2,
        fresh=2,
        fresh_failed=2,
        tail="a\n```\nb\n",
    )
    assert evidence_text("Login", "verify red", 2, AT, evidence) == (
        "# verify red, round 2: Login\n\n"
        "- as it has to be: 2 new tests fail, 1 old pass\n"
        f"- commit: `{'a' * 40}`\n"
        "- command: `make test`\n"
        "- exit code: 1\n"
        "- tests: 1 passed, 2 failed; 2 of 2 new tests failed\n"
        "- run by dispatchd, 2026-11-21 12:00Z\n\n"
        "The end of what it printed:\n\n````text\na\n```\nb\n````\n"
    )


def test_a_command_that_never_ended_has_no_exit_code() -> None:
    evidence = Evidence(commit="a" * 40, command="echo `date`", why="it took too long")
    text = evidence_text("Login", "verify green", 1, AT, evidence)
    assert "- command: `` echo `date` ``\n- exit code: it took too long\n- run by" in text
    assert "printed" not in text
