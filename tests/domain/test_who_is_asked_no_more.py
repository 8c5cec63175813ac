"""Nobody is asked how work is to go on whose issue is over: the thread closes by itself."""

import pytest

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.board import Entity
from dispatchd.domain.command import Command, MoveIssue, OpenThread, RemoveEntity
from dispatchd.domain.due_turns import stuck_cause
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn
from tests.fakes.fake_board import ALICE, NOON, FakeBoard, by

ISSUE, OTHER, THREAD = EntityId("i-7k2m"), EntityId("i-8p3q"), EntityId("t-4kq2")


@pytest.fixture
def board() -> FakeBoard:
    there = FakeBoard()
    issues: list[Issue] = [
        Issue(id=each, title="Login", created=NOON, status=IssueStatus.IN_PROGRESS) for each in (ISSUE, OTHER)
    ]
    there.entities = {each.id: each for each in issues}
    asked = Thread(
        id=THREAD,
        title="Login: how is it to go on?",
        created=NOON,
        kind=ThreadKind.ESCALATION,
        sender=DAEMON.handle,
        issue=ISSUE,
        cause=stuck_cause(ISSUE),
        options=("Try again", "Leave it to me"),
        turns=(Turn(by=DAEMON, at=NOON, text="It does not go on."),),
    )
    there.handle(OpenThread(thread=asked), by(DAEMON))
    return there


def status(board: FakeBoard) -> ThreadStatus:
    thread: Entity | None = board.thread(THREAD)
    assert isinstance(thread, Thread)
    return thread.status


@pytest.mark.parametrize(
    "over",
    [
        MoveIssue(issue=ISSUE, to=IssueStatus.CANCELLED),
        MoveIssue(issue=ISSUE, to=IssueStatus.DONE),
        RemoveEntity(subject=ISSUE),
    ],
)
def test_the_question_closes_with_its_issue(board: FakeBoard, over: Command) -> None:
    board.handle(over, by(ALICE))
    assert status(board) is ThreadStatus.DISMISSED


def test_it_stays_while_its_issue_goes_on_and_others_end(board: FakeBoard) -> None:
    board.handle(MoveIssue(issue=OTHER, to=IssueStatus.CANCELLED), by(ALICE))
    board.handle(MoveIssue(issue=ISSUE, to=IssueStatus.BLOCKED), by(ALICE))
    assert status(board) is ThreadStatus.OPEN
