from typing import Any, Final

import pytest

from dispatchd.domain.actors import DAEMON, Actor
from dispatchd.domain.agent_run import RunId
from dispatchd.domain.command import (
    AnswerThread,
    DeliverAnswer,
    DismissThread,
    MoveIssue,
    OpenThread,
    RemoveEntity,
    RestoreEntity,
    SetFact,
)
from dispatchd.domain.event import ThreadAnswered, ThreadOpened, TurnAdded
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.permissions import ALLOW_ONCE, DENY, LeaveUse
from dispatchd.domain.removal_rules import DELETE_IT, KEEP_IT
from dispatchd.domain.thread import Deletion, Thread, ThreadKind, ThreadPurpose, ThreadStatus, Turn
from tests.fakes.fake_board import ALICE, ASH, BIRCH, BOB, NOON, STRANGER, FakeBoard, by
from tests.fakes.fake_workspace import refusal, stand_issue, workspace

ASKED: Final = EntityId("t-4kq2")
LOGIN: Final = EntityId("i-7k2m")


def a_thread(sender: Actor = ASH, text: str = "I can use either.", **facts: Any) -> Thread:
    kept = {"kind": ThreadKind.QUESTION, "options": ("argon2id", "bcrypt"), **facts}
    return Thread(
        id=ASKED,
        title="Which hash for passwords?",
        created=NOON,
        sender=sender.handle,
        turns=(Turn(by=sender, at=NOON, text=text),),
        **kept,
    )


def asking(sender: Actor = ASH, **facts: Any) -> FakeBoard:
    board = workspace()
    board.handle(OpenThread(thread=a_thread(sender, **facts)), by(sender))
    return board


def the_thread(board: FakeBoard) -> Thread:
    thread = board.thread(ASKED)
    assert thread is not None
    return thread


def answer(option: str | None = None, text: str = "") -> AnswerThread:
    return AnswerThread(thread=ASKED, option=option, text=text)


@pytest.mark.parametrize("option", ["Send", "seen", "Seen:"])
def test_an_option_that_is_called_like_a_box_of_every_thread_is_refused(option: str) -> None:
    board = workspace()
    refused = refusal(board, OpenThread(thread=a_thread(options=("bcrypt", option))), ASH)
    assert "something else" in refused


def test_an_option_answers_at_once_and_once() -> None:
    board = asking()
    assert board.handle(answer("Argon2id"), by(ALICE)) == [
        ThreadAnswered(thread=ASKED, option="argon2id", text="")
    ]
    thread = the_thread(board)
    assert (thread.status, thread.chosen, thread.answered_at) == (ThreadStatus.ANSWERED, "argon2id", NOON)
    assert thread.turns[-1] == Turn(by=ALICE, at=NOON, text="argon2id")
    assert board.handle(answer("argon2id"), by(ALICE)) == []
    assert 'it was answered "argon2id"' in refusal(board, answer("bcrypt"), BOB)


def test_no_answer_says_what_would_be_one() -> None:
    board = asking()
    assert refusal(board, answer(text="  \n")) == (
        'tick "argon2id" or "bcrypt", or write an answer and tick Send; there is no answer yet.'
    )
    assert refusal(board, answer("md5")) == 'tick "argon2id" or "bcrypt"; "md5" is not offered.'


def test_only_a_person_answers_what_waits_for_one() -> None:
    board = asking()
    for agent in (ASH, BIRCH):
        assert refusal(board, answer("argon2id"), agent)
    assert "[people]" in refusal(board, answer("argon2id"), STRANGER)


def test_a_thread_to_one_person_is_theirs() -> None:
    board = asking(to="alice")
    assert refusal(board, answer("argon2id"), BOB) == "@alice can answer; the question is theirs."
    board.handle(answer("argon2id"), by(ALICE))


def test_the_one_who_asked_may_say_more_meanwhile() -> None:
    board = asking()
    assert board.handle(answer(text="bcrypt needs nothing new."), by(ASH)) == [
        TurnAdded(thread=ASKED, text="bcrypt needs nothing new.")
    ]
    assert the_thread(board).status is ThreadStatus.OPEN


def test_a_message_to_an_agent_is_answered_by_that_agent() -> None:
    board = asking(ALICE, to="ash", kind=ThreadKind.MESSAGE, options=())
    board.handle(answer(text="And mind the tests."), by(BOB))
    assert the_thread(board).status is ThreadStatus.OPEN
    assert refusal(board, answer(text="Done."), BIRCH)
    board.handle(answer(text="Done."), by(ASH))
    assert the_thread(board).status is ThreadStatus.ANSWERED


def test_nobody_begins_a_thread_in_anothers_name_or_asks_to_confirm_an_act() -> None:
    board = workspace()
    assert "your own name" in refusal(board, OpenThread(thread=a_thread(ALICE)), ASH)
    confirming = a_thread(purpose=ThreadPurpose.CONFIRM_DELETION, act=Deletion(subjects=(LOGIN,)))
    assert "the daemon's" in refusal(board, OpenThread(thread=confirming), ASH)
    answered = a_thread(status=ThreadStatus.ANSWERED, chosen="argon2id")
    board.handle(OpenThread(thread=answered), by(ASH))
    assert (the_thread(board).status, the_thread(board).chosen) == (ThreadStatus.OPEN, None)


def test_the_daemon_asks_once_about_one_cause() -> None:
    board = workspace()
    board.handle(OpenThread(thread=a_thread(DAEMON, cause="unreadable:issues/x.md")), by(DAEMON))
    again = Thread(
        id=EntityId("t-5555"),
        title="x",
        created=NOON,
        kind=ThreadKind.PROBLEM,
        sender="dispatchd",
        cause="unreadable:issues/x.md",
    )
    assert board.handle(OpenThread(thread=again), by(DAEMON)) == []
    board.handle(DismissThread(thread=ASKED), by(DAEMON))
    assert len(board.handle(OpenThread(thread=again), by(DAEMON))) == 1


def test_closing_is_for_people_the_sender_and_the_daemon() -> None:
    board = asking()
    assert "not for an agent" in refusal(board, DismissThread(thread=ASKED), BIRCH)
    board.handle(SetFact(subject=ASKED, key="status", value="dismissed"), by(ALICE))
    assert the_thread(board).status is ThreadStatus.DISMISSED
    assert board.handle(DismissThread(thread=ASKED), by(ASH)) == []


def test_an_answer_is_taken_away_by_who_asked_once() -> None:
    board = asking()
    assert "there is no answer yet" in refusal(board, DeliverAnswer(thread=ASKED), ASH)
    board.handle(answer("bcrypt"), by(ALICE))
    assert refusal(board, DeliverAnswer(thread=ASKED), BIRCH).startswith("ash asked")
    assert len(board.handle(DeliverAnswer(thread=ASKED), by(ASH))) == 1
    assert board.handle(DeliverAnswer(thread=ASKED), by(DAEMON)) == []


def test_only_the_daemon_notes_what_used_the_leave_that_was_given_and_once() -> None:
    board = asking(kind=ThreadKind.PERMISSION, options=(ALLOW_ONCE, DENY))
    board.handle(answer(ALLOW_ONCE), by(ALICE))
    board.handle(DeliverAnswer(thread=ASKED), by(DAEMON))
    use = LeaveUse(run=RunId("i-7k2m.1"), request="p1")
    assert "daemon" in refusal(board, DeliverAnswer(thread=ASKED, use=use), ASH)
    assert len(board.handle(DeliverAnswer(thread=ASKED, use=use), by(DAEMON))) == 1
    assert the_thread(board).use == use
    other = LeaveUse(run=RunId("i-7k2m.2"), request="p1")
    assert board.handle(DeliverAnswer(thread=ASKED, use=other), by(DAEMON)) == []
    assert the_thread(board).use == use


@pytest.mark.parametrize("status", list(IssueStatus))
def test_deleting_an_open_issue_cancels_it_and_restoring_brings_back_what_it_was(status: IssueStatus) -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=status)
    board.handle(RemoveEntity(subject=LOGIN), by(ALICE))
    issue = board.issue(LOGIN)
    assert issue is not None
    assert issue.removed
    assert issue.status is (status if status.is_final else IssueStatus.CANCELLED)
    assert board.handle(RemoveEntity(subject=LOGIN), by(ALICE)) == []
    assert "dispatchd restore i-7k2m" in refusal(board, MoveIssue(issue=LOGIN, to=IssueStatus.QUEUED))
    board.handle(RestoreEntity(subject=LOGIN), by(ALICE))
    issue = board.issue(LOGIN)
    assert issue is not None
    assert (issue.removed, issue.status) == (False, status)
    assert board.handle(RestoreEntity(subject=LOGIN), by(ALICE)) == []


@pytest.mark.parametrize(("option", "gone"), [(DELETE_IT, True), (KEEP_IT, False)])
def test_deleting_what_an_agent_works_on_asks_first(option: str, gone: bool) -> None:
    board = workspace()
    stand_issue(board, LOGIN, status=IssueStatus.IN_PROGRESS, assignee="ash")
    board.worked_on.add(LOGIN)
    happened = board.handle(RemoveEntity(subject=LOGIN), by(ALICE))
    [thread] = [event.thread for event in happened if isinstance(event, ThreadOpened)]
    assert thread.purpose is ThreadPurpose.CONFIRM_DELETION
    assert board.handle(RemoveEntity(subject=LOGIN), by(ALICE)) == []
    assert refusal(board, AnswerThread(thread=thread.id, option=option), ASH)
    board.handle(AnswerThread(thread=thread.id, option=option), by(BOB))
    issue = board.issue(LOGIN)
    assert issue is not None
    assert issue.removed is gone


def test_agents_delete_nothing_and_cards_and_records_come_back() -> None:
    board = workspace()
    stand_issue(board, LOGIN)
    assert "not for an agent" in refusal(board, RemoveEntity(subject=LOGIN), ASH)
    assert "comes back" in refusal(board, RemoveEntity(subject=EntityId("ash")))
    assert "comes back" in refusal(board, RemoveEntity(subject=EntityId("d-5m2x")))
