"""The log tells things in their order, as many as were asked for; on the screen without what only repeats its neighbour."""

import json
from datetime import UTC, datetime

from dispatchd.application.ports.read_rows import LogRow
from dispatchd.cli.log_stroke import without_repeats
from dispatchd.domain.run_event import WorkSubmitted
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble

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


def test_as_many_lines_of_the_log_are_shown_as_were_asked_for(
    composition: CompositionDouble, call: Call
) -> None:
    small.fill(composition.root)
    for number in range(1, 40, 2):
        submitted = WorkSubmitted(issue=small.LOGIN.id, commit="c" * 40, summary="Done.")
        small.happen(composition.root, f"ash submits, {number}", number, submitted)
        small.happen(composition.root, "i-7k2m is in review", number)
    for most in (1, 3, 6, 19):
        told = [line.split("  ", 2)[2] for line in call("log", "-n", str(most))[1].splitlines()]
        assert told == [f"ash submits, {number}" for number in range(1, 40, 2)][-most:]
    assert len(call("log", "-n", "100")[1].splitlines()) == 20
    assert len(json.loads(call("log", "--json", "-n", "6")[1])["items"]) == 6


def test_what_was_told_late_stands_where_it_happened(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    small.happen(composition.root, "alice queues i-7k2m", 1)
    small.happen(composition.root, "ash begins i-7k2m", 3)
    small.happen(composition.root, "alice writes in i-7k2m", 2)
    told = [line.split("  ", 2)[2] for line in call("log")[1].splitlines()]
    assert told == ["alice queues i-7k2m", "alice writes in i-7k2m", "ash begins i-7k2m"]
    assert [each["told"] for each in json.loads(call("log", "--json")[1])["items"]] == told


def test_the_log_begins_where_it_is_asked_to(composition: CompositionDouble, call: Call) -> None:
    small.fill(composition.root)
    for number in (1, 50, 100):
        small.happen(composition.root, f"alice does {number}", number)
    told = [line.split("  ", 2)[2] for line in call("log", "--since", "07:45")[1].splitlines()]
    assert told == ["alice does 50", "alice does 100"]
    told = [line.split("  ", 2)[2] for line in call("log", "i-7k2m", "--since", "1h")[1].splitlines()]
    assert told == ["alice does 100"]
    code, out, err = call("log", "i-7k2m", "--since", "1m")
    assert (code, out) == (0, "")
    assert err == "Nothing has happened since 2026-11-21 08:59Z.\n"
    assert len(json.loads(call("log", "--since", "yesterday", "--json")[1])["items"]) == 3
    assert call("log", "--since", "soon")[0] == 1
