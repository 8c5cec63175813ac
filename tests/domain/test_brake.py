"""The brake, and whether work may begin."""

from datetime import timedelta

import pytest

from dispatchd.domain.command import MoveIssue, SetFact
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus, Priority
from dispatchd.domain.starting import obstacles, startable
from dispatchd.domain.steering_command import PauseWork, ResumeWork
from dispatchd.domain.steering_event import WorkPaused, WorkResumed
from tests.fakes.fake_board import ALICE, ASH, BOB, NOON, STRANGER, FakeBoard, by
from tests.fakes.fake_workspace import open_epic, open_issue, plan, refusal, stand_issue, workspace

LOGIN, FORM = EntityId("i-7k2m"), EntityId("i-8p3q")


@pytest.fixture
def board() -> FakeBoard:
    made = workspace()
    stand_issue(made, LOGIN, status=IssueStatus.QUEUED)
    stand_issue(made, FORM, status=IssueStatus.QUEUED, priority=Priority.HIGH)
    return made


def test_it_is_pulled_once_by_whoever_came_first_and_may_get_another_reason(board: FakeBoard) -> None:
    assert board.handle(PauseWork(reason="Red\n  tests"), by(ALICE)) == [WorkPaused(reason="Red tests")]
    assert board.handle(PauseWork(), by(BOB)) == []
    assert board.handle(PauseWork(reason="Lunch"), by(BOB, NOON + timedelta(hours=1)))
    assert board.pause is not None
    assert (board.pause.by, board.pause.since, board.pause.reason) == (ALICE, NOON, "Lunch")
    assert board.handle(ResumeWork(), by(BOB)) == [WorkResumed()]
    assert board.handle(ResumeWork(), by(BOB)) == []


def test_anybody_may_pull_it_and_people_let_it_go(board: FakeBoard) -> None:
    for who in (STRANGER, ASH):
        assert board.handle(PauseWork(), by(who))
        assert "letting the brake go is" in refusal(board, ResumeWork(), who)
        board.handle(ResumeWork(), by(ALICE))


def test_nothing_may_begin_while_it_is_on(board: FakeBoard) -> None:
    issues = [issue for issue in (board.issue(LOGIN), board.issue(FORM)) if issue]
    assert [issue.id for issue in startable(board, issues)] == [FORM, LOGIN]
    board.handle(PauseWork(reason="Red"), by(ALICE))
    assert startable(board, issues) == []
    assert obstacles(board, issues[0]) == ("Alice Doe has paused all work since 2026-11-21 12:00Z: Red",)
    move = MoveIssue(issue=LOGIN, to=IssueStatus.ASSIGNED)
    assert refusal(board, move, ASH).startswith('kept "queued"; wait until work goes on')


def test_what_has_begun_may_be_finished_and_people_go_on(board: FakeBoard) -> None:
    board.handle(MoveIssue(issue=LOGIN, to=IssueStatus.ASSIGNED), by(ASH))
    board.handle(MoveIssue(issue=LOGIN, to=IssueStatus.IN_PROGRESS), by(ASH))
    board.handle(PauseWork(), by(ALICE))
    board.handle(MoveIssue(issue=LOGIN, to=IssueStatus.AWAITING_REVIEW), by(ASH))
    board.handle(SetFact(subject=FORM, key="assignee", value="birch"), by(ALICE))
    form = board.issue(FORM)
    assert form is not None
    assert form.status is IssueStatus.ASSIGNED
    assert "wait until work goes on" in refusal(board, MoveIssue(issue=FORM, to=IssueStatus.IN_PROGRESS), ASH)


def test_each_thing_in_the_way_is_named(board: FakeBoard) -> None:
    open_epic(board, plan("Design"), plan("Build"))
    open_issue(board, "i-2b9x", "Build", depends_on=(LOGIN,), status=IssueStatus.UNASSIGNED)
    board.handle(SetFact(subject=EntityId("ash"), key="paused", value="true"), by(ALICE))
    issue = board.issue(EntityId("i-2b9x"))
    assert issue is not None
    assert obstacles(board, issue) == (
        'i-2b9x is "unassigned"; "queued" lets an agent begin',
        "i-7k2m is queued",
        '"Build" of e-3fq9 is not open yet',
    )
    board.handle(SetFact(subject=LOGIN, key="assignee", value="ash"), by(ALICE))
    login = board.issue(LOGIN)
    assert login is not None
    assert obstacles(board, login) == ("ash is paused",)
