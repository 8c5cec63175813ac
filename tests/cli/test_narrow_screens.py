"""What a screen says of somebody's next step, however narrow the terminal: whole, and not in the middle of words."""

from dataclasses import replace

import pytest

from dispatchd.application.workspace_status import status_of
from dispatchd.cli.invocation import Invocation
from dispatchd.cli.status_screen import status_lines
from dispatchd.cli.tables import Column, table_told_whole, wrapped_table
from dispatchd.cli.terminal import Screen, display_width
from dispatchd.domain.issue import IssueStatus
from tests.cli.conftest import Call
from tests.fakes import small_workspace as small
from tests.fakes.composition_double import CompositionDouble

COLUMNS = (Column(), Column(gives_way=True), Column(gives_way=True))
STEP = "held; to go on: dispatchd agent start i-7k2m"
UNASSIGNED = replace(small.MAIL, status=IssueStatus.UNASSIGNED)


def screen(composition: CompositionDouble, width: int | None) -> list[str]:
    invocation = Invocation(composition, composition.root)
    invocation.screen = Screen(width=width)
    with invocation.reading() as model:
        return "\n".join(status_lines(invocation, status_of(model), invocation.daemon)).split("\n")


def test_a_line_of_the_log_goes_on_below_itself_and_breaks_between_words() -> None:
    said = "alice answers “Which colour does the button have, and who says so?”: Blue"
    rows = [("2026-11-21 07:20Z", "event0", said), ("2026-11-21 07:21Z", "event1", "ash submits")]
    columns = (Column(), Column(), Column())
    lines = "\n".join(wrapped_table(columns, rows, Screen(width=64))).split("\n")
    assert all(display_width(line) <= 64 for line in lines)
    assert lines[1].startswith(" " * 27)
    assert " ".join(line[27:] for line in lines[:2]) == said
    assert lines[2] == "2026-11-21 07:21Z  event1  ash submits"
    assert wrapped_table(columns, rows, Screen())[0].endswith(said)


@pytest.fixture
def unassigned(composition: CompositionDouble) -> CompositionDouble:
    small.fill(composition.root, (UNASSIGNED,))
    return composition


def test_where_issues_only_want_to_be_queued_status_says_so_and_teaches_nothing(
    unassigned: CompositionDouble, call: Call
) -> None:
    out = call("status")[1]
    assert "Next\n  nothing is queued; 1 unassigned: dispatchd issue list --status unassigned\n" in out
    assert "Four things" not in out


def test_what_could_be_queued_is_told_in_whole_words_on_a_narrow_terminal(
    unassigned: CompositionDouble,
) -> None:
    lines = screen(unassigned, 60)
    assert lines[-2:] == [
        "  nothing is queued; 1 unassigned: dispatchd issue list",
        "    --status unassigned",
    ]


def test_what_to_do_stands_below_its_row_where_the_row_has_no_room_for_it() -> None:
    rows = [("i-7k2m", "Login times out on slow networks", STEP), ("i-8p3q", "Login page", "x" * 60)]
    lines = "\n".join(table_told_whole(COLUMNS, rows, (True, False), Screen(width=60), 2)).split("\n")
    assert lines[0].startswith("  i-7k2m  Login times")
    assert lines[1] == f"    {STEP}"
    assert lines[2].endswith("…")
    assert all(display_width(line) <= 60 for line in lines)


def test_what_to_do_stands_in_its_row_where_there_is_room() -> None:
    rows = [("i-7k2m", "Login", STEP)]
    assert table_told_whole(COLUMNS, rows, (True,), Screen(width=80)) == [f"i-7k2m  Login  {STEP}"]
    assert table_told_whole(COLUMNS, [("i-7k2m", "x" * 99, STEP)], (True,), Screen()) == [
        f"i-7k2m  {'x' * 99}  {STEP}"
    ]
