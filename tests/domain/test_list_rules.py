"""The list under a stage: made once, held by the gate, and ordered by what the list itself set."""

from dataclasses import replace

import pytest

from dispatchd.domain.command import Command, MoveIssue, OpenEpic, PlanStages, RejectGate
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.event import GateReopened, IssueOpened, IssuesMade
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.list_command import ListedIssues, MakeIssues, OrderIssues
from dispatchd.domain.list_rules import id_of_item
from tests.fakes.fake_board import ALICE, ASH, BOB, NOON, FakeBoard, by
from tests.fakes.fake_workspace import EPIC, open_epic, open_issue, plan, refusal, shape, the_epic, workspace

A, B, C = (EntityId(f"i-{letter * 4}") for letter in "abc")


def wanting(*titles: str) -> FakeBoard:
    board = workspace()
    open_epic(board, replace(plan("Build"), wanted=titles), plan("Release"))
    return board


def make(*ids: EntityId, runs: tuple[tuple[EntityId, ...], ...] = ()) -> MakeIssues:
    issues = tuple(Issue(id=each, title=f"Do {each}", created=NOON) for each in ids)
    return MakeIssues(epic=EPIC, stage="build", issues=issues, runs=runs)


def order(*run: EntityId) -> OrderIssues:
    return OrderIssues(epic=EPIC, stage="Build", runs=(run,))


def dependencies(board: FakeBoard, *ids: EntityId) -> list[tuple[EntityId, ...]]:
    return [found.depends_on for each in ids if (found := board.issue(each)) is not None]


def test_what_is_wanted_is_made_under_its_stage_by_whoever_asked() -> None:
    board = wanting("Do i-aaaa", "Do i-bbbb")
    happened = board.handle(make(A, B, runs=((A, B),)), by(BOB))
    assert [type(event).__name__ for event in happened] == ["IssueOpened", "IssueOpened", "IssuesMade"]
    assert [(issue.stage, issue.epic) for issue in board.issues_of(EPIC)] == [("Build", EPIC)] * 2
    assert dependencies(board, A, B) == [(), (A,)]
    assert the_epic(board).stages[0].plan.wanted == ()
    assert {circumstance.actor for event, circumstance in board.log if isinstance(event, IssueOpened)} == {
        BOB
    }


def test_making_twice_makes_once() -> None:
    board = wanting("Do i-aaaa")
    board.handle(make(A), by(ALICE))
    assert board.handle(make(A), by(BOB)) == []
    (made,) = [event for event in board.handle(make(A, B), by(BOB)) if isinstance(event, IssuesMade)]
    assert made.issues == (A, B)


def test_a_gate_waits_for_what_is_wanted_and_then_for_what_was_made() -> None:
    board = wanting("Do i-aaaa")
    assert shape(board) == ("in_progress", "in_progress", "pending")
    assert "Make this issue" in refusal(board, RejectGate(epic=EPIC, stage="Build", reason="no"))
    board.handle(make(A), by(ALICE))
    assert shape(board) == ("in_progress", "in_progress", "pending")
    board.handle(MoveIssue(issue=A, to=IssueStatus.DONE), by(ALICE))
    assert shape(board) == ("awaiting_gate", "awaiting_gate", "pending")


def test_a_gate_that_asks_stops_asking_when_more_is_wanted() -> None:
    board = wanting()
    stages = (replace(plan("Build"), wanted=("More",)), plan("Release"))
    happened = board.handle(PlanStages(epic=EPIC, stages=stages), by(ALICE))
    (reopened,) = [event for event in happened if isinstance(event, GateReopened)]
    assert reopened.why == "its list wants 1 issue more"
    assert shape(board) == ("in_progress", "in_progress", "pending")


def test_a_stage_without_a_gate_is_not_through_while_something_is_wanted() -> None:
    board = workspace()
    open_epic(board, replace(plan("Build", None), wanted=("More",)), plan("Release"))
    assert shape(board) == ("in_progress", "in_progress", "pending")


def test_the_order_of_a_list_sets_and_takes_back_what_it_set() -> None:
    board = wanting()
    for each in (A, B, C):
        open_issue(board, each, "Build")
    board.handle(order(A, B, C), by(ALICE))
    assert dependencies(board, A, B, C) == [(), (A,), (B,)]
    board.handle(order(A, C, B), by(ALICE))
    assert dependencies(board, A, B, C) == [(), (C,), (A,)]
    board.handle(OrderIssues(epic=EPIC, stage="Build", runs=()), by(ALICE))
    assert dependencies(board, A, B, C) == [(), (), ()]
    assert board.handle(order(), by(ALICE)) == []


def test_what_somebody_wrote_by_hand_is_not_the_lists_to_take_back() -> None:
    board = wanting()
    open_issue(board, A, "Build")
    open_issue(board, B, "Build", depends_on=(A,))
    board.handle(order(A, B), by(ALICE))
    board.handle(OrderIssues(epic=EPIC, stage="Build", runs=()), by(ALICE))
    assert dependencies(board, B) == [(A,)]


def test_an_order_that_closes_a_circle_is_refused_with_the_chain() -> None:
    board = wanting()
    open_issue(board, A, "Build")
    open_issue(board, B, "Build", depends_on=(A,))
    said = refusal(board, order(B, A))
    assert said == (
        'put i-aaaa before i-bbbb, or take it out of "depends_on"; i-bbbb already waits for i-aaaa: '
        "i-aaaa → i-bbbb → i-aaaa."
    )


def test_issues_that_stand_elsewhere_are_in_no_order_of_this_stage() -> None:
    board = wanting()
    open_issue(board, A, "Build")
    open_issue(board, B, "Release")
    open_issue(board, C, "Build")
    board.handle(order(A, B, C), by(ALICE))
    assert dependencies(board, A, B, C) == [(), (), (A,)]


@pytest.mark.parametrize("command", [make(A), order(A, B)])
def test_an_agent_neither_makes_nor_orders(command: Command) -> None:
    board = wanting("Do i-aaaa")
    open_issue(board, B, "Build")
    open_issue(board, EntityId("i-dddd"), "Build")
    if isinstance(command, OrderIssues):
        command = order(B, EntityId("i-dddd"))
    assert "ask a person" in refusal(board, command, ASH)


def test_a_new_epic_takes_in_what_it_lists_but_nothing_from_another() -> None:
    board = wanting()
    open_issue(board, A)
    open_issue(board, B)
    open_issue(board, C, "Build")
    other = EntityId("e-0th3")
    epic = Epic(id=other, title="Other", created=NOON, stages=(Stage(plan=plan("One")),))
    listed = ListedIssues(stage="One", issues=(A, C, B), runs=((A, C, B),))
    board.handle(OpenEpic(epic=epic, lists=(listed,)), by(ALICE))
    assert [issue.id for issue in board.issues_of(other)] == [A, B]
    assert dependencies(board, A, B, C) == [(), (A,), ()]


def test_the_id_of_an_item_follows_from_the_item_alone() -> None:
    first = id_of_item(EPIC, "Send  the link", 0, 6)
    assert first == id_of_item(EPIC, "send the LINK", 0, 6)
    assert (
        len({first, id_of_item(EPIC, "Send the link", 1, 6), id_of_item(EntityId("e-0th3"), "send", 0, 6)})
        == 3
    )
