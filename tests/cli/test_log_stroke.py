"""The log on the screen leaves out what only repeats the line beside it."""

from datetime import UTC, datetime

from dispatchd.application.ports.read_rows import LogRow
from dispatchd.cli.log_stroke import without_repeats

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)


def row(kind: str, actor: str = "dispatchd", subject: str = "i-7k2m", key: str = "") -> LogRow:
    event = {"key": key} if key else {}
    return LogRow(1, kind, kind, AT, actor, actor, subject, "", None, event)


def kinds(*rows: LogRow) -> list[str]:
    return [each.type for each in without_repeats(rows)]


def test_what_a_turn_makes_so_is_told_by_its_start() -> None:
    assert kinds(
        row("WorkBegun"),
        row("FactSet", key="assignee"),
        row("FactSet", key="branch"),
        row("IssueMoved"),
        row("IssueMoved"),
        row("RunStarted"),
    ) == ["WorkBegun", "RunStarted"]


def test_a_submission_a_bounce_and_a_merge_tell_the_state_they_lead_to() -> None:
    assert kinds(row("WorkSubmitted", "ash"), row("IssueMoved", "ash"), row("RunEnded")) == [
        "WorkSubmitted",
        "RunEnded",
    ]
    assert kinds(row("WorkBounced"), row("IssueMoved"), row("RunStarted")) == ["WorkBounced", "RunStarted"]
    assert kinds(row("IssueMoved"), row("WorkMerged"), row("IssueMoved")) == ["WorkMerged", "IssueMoved"]


def test_what_people_do_is_always_told() -> None:
    assert len(kinds(row("IssueMoved", "alice"), row("RunStarted"))) == 2
    assert len(kinds(row("FactSet", key="priority"), row("RunStarted"))) == 2
    assert len(kinds(row("IssueMoved", subject="i-8p3q"), row("RunStarted"))) == 2
