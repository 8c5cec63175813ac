"""What takes an event back is found from the log and the board alone; here the corners that stories do not reach."""

from datetime import timedelta

import pytest

from dispatchd.domain.command import MoveIssue, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, RecordedEvent
from dispatchd.domain.identifiers import EntityId, EventId, EventPosition
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.steering_command import AddComment, NoteUndone, WithdrawComment
from dispatchd.domain.steering_event import CommentWithdrawn
from dispatchd.domain.stroke import stroke_of
from dispatchd.domain.undo_rules import Past, way_back
from tests.fakes.fake_board import ALICE, ASH, NOON, FakeBoard, by
from tests.fakes.fake_workspace import refusal, stand_issue, workspace

LOGIN = EntityId("i-7k2m")


@pytest.fixture
def board() -> FakeBoard:
    made = workspace()
    stand_issue(made, LOGIN, status=IssueStatus.QUEUED)
    return made


def recorded(board: FakeBoard) -> list[RecordedEvent]:
    return [
        RecordedEvent(
            position=EventPosition(place), id=EventId(f"event{place}"), circumstance=circumstance, event=event
        )
        for place, (event, circumstance) in enumerate(board.log, start=1)
    ]


def undo(board: FakeBoard, place: int = -1) -> list[Event]:
    log = recorded(board)
    past = Past(recorded=log[place], stroke=stroke_of(log[place], log))
    return [event for command in way_back(board, past) for event in board.handle(command, by(ALICE))]


def told(board: FakeBoard, place: int = -1) -> str:
    with pytest.raises(Rejected) as refused:
        undo(board, place)
    return str(refused.value)


def test_two_acts_of_one_second_are_two_strokes(board: FakeBoard) -> None:
    board.handle(SetFact(subject=LOGIN, key="assignee", value="ash"), by(ALICE))
    board.handle(MoveIssue(issue=LOGIN, to=IssueStatus.IN_PROGRESS), by(ALICE))
    undo(board)
    issue = board.issue(LOGIN)
    assert issue is not None
    assert (issue.status, issue.assignee) == (IssueStatus.ASSIGNED, "ash")


def test_what_an_agent_works_on_is_left_to_it(board: FakeBoard) -> None:
    board.handle(SetFact(subject=LOGIN, key="assignee", value="ash"), by(ALICE))
    board.worked_on.add(LOGIN)
    assert told(board).startswith("do it when ash has stopped working on i-7k2m")


def test_what_the_daemon_wrote_followed_from_something(board: FakeBoard) -> None:
    board.handle(MoveIssue(issue=LOGIN, to=IssueStatus.UNASSIGNED), by(ALICE))
    board.handle(SetFact(subject=LOGIN, key="assignee", value="ash"), by(ALICE))
    board.handle(MoveIssue(issue=LOGIN, to=IssueStatus.QUEUED), by(ALICE))
    assert len(recorded(board)) == 4  # queued, and assigned by that
    undo(board)
    issue = board.issue(LOGIN)
    assert issue is not None
    assert (issue.status, issue.assignee) == (IssueStatus.UNASSIGNED, "ash")


def test_a_comment_is_taken_back_once_and_the_right_one(board: FakeBoard) -> None:
    for minutes in range(2):
        board.handle(AddComment(issue=LOGIN, text="+1"), by(ALICE, NOON + timedelta(minutes=minutes)))
    board.handle(AddComment(issue=LOGIN, text="+1"), by(ASH))
    assert undo(board, -1) == [CommentWithdrawn(issue=LOGIN, by="ash", said_at=NOON, text="+1")]
    issue = board.issue(LOGIN)
    assert issue is not None
    assert [(each.by.handle, each.withdrawn) for each in issue.comments] == [
        ("alice", False),
        ("alice", False),
        ("ash", True),
    ]
    assert told(board, -2).startswith("nothing needs to be done")


def test_agents_take_nothing_back(board: FakeBoard) -> None:
    note = NoteUndone(undone=EventId("event1"), subject=LOGIN, did="Alice Doe queues i-7k2m")
    assert "taking back what was done is not for an agent" in refusal(board, note, ASH)
    withdraw = WithdrawComment(issue=LOGIN, by="alice", said_at=NOON, text="+1")
    assert "is not for an agent" in refusal(board, withdraw, ASH)


@pytest.mark.parametrize("text", ["", " \n\t\n", "a\0b", "half \ud800", "x" * 100_001])
def test_what_no_file_can_hold_is_no_comment(board: FakeBoard, text: str) -> None:
    assert refusal(board, AddComment(issue=LOGIN, text=text))
