"""Which turn an issue asks for, and what it waits for where it asks for none."""

from dataclasses import replace
from datetime import timedelta

import pytest

from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome, Work, WorkPhase
from dispatchd.domain.due_turns import MOST_ATTEMPTS, MOST_IDLE, Due, Waits, back_off, due_turn, stuck_cause
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from tests.fakes.fake_board import NOON, FakeBoard

ISSUE = Issue(
    id=EntityId("i-7k2m"), title="Login", created=NOON, status=IssueStatus.IN_PROGRESS, assignee="ash"
)
WORK = Work(issue=ISSUE.id, agent="ash", branch="b", base="0" * 40, turns=1, session="s")
LAST = AgentRun(
    id=RunId("i-7k2m.1"),
    issue=ISSUE.id,
    agent="ash",
    engine="scripted",
    occasion=Occasion.BEGIN,
    started=NOON,
    ended=NOON,
    outcome=RunOutcome.OK,
)
ASKED = Thread(
    id=EntityId("t-4kq2"),
    title="Which hash?",
    created=NOON,
    kind=ThreadKind.QUESTION,
    sender="ash",
    issue=ISSUE.id,
)


def asks(
    issue: Issue = ISSUE, work: Work | None = WORK, last: AgentRun | None = LAST, *threads: Thread
) -> Due | Waits:
    board = FakeBoard(works={} if work is None else {issue.id: work})
    board.entities = {"ash": Agent(name="ash"), issue.id: issue}
    return due_turn(board, issue, last, threads)


def test_a_queued_issue_begins() -> None:
    queued = replace(ISSUE, status=IssueStatus.QUEUED, assignee=None)
    assert asks(queued, None, None) == Due(occasion=Occasion.BEGIN)


def test_nothing_begins_beside_a_turn_that_runs() -> None:
    assert asks(ISSUE, WORK, replace(LAST, ended=None, outcome=None)) == Waits(why="ash works on it")


def test_what_only_a_person_began_waits_for_a_person() -> None:
    assert isinstance(asks(ISSUE, None, None), Waits)


def test_an_open_question_is_waited_for_and_its_answer_goes_on() -> None:
    assert asks(ISSUE, WORK, LAST, ASKED) == Waits(why="it waits for an answer to t-4kq2")
    answered = replace(ASKED, status=ThreadStatus.ANSWERED)
    assert asks(ISSUE, WORK, LAST, answered) == Due(occasion=Occasion.ANSWER)
    delivered = replace(answered, delivered=True)
    assert asks(ISSUE, WORK, LAST, delivered) == Due(occasion=Occasion.GO_ON)


def test_somebody_elses_question_holds_nothing_up() -> None:
    assert asks(ISSUE, WORK, LAST, replace(ASKED, sender="birch")) == Due(occasion=Occasion.GO_ON)


def test_work_that_came_back_goes_on_with_that() -> None:
    bounced = replace(WORK, phase=WorkPhase.BOUNCED, bounces=1)
    assert asks(ISSUE, bounced) == Due(occasion=Occasion.BOUNCE)


def test_a_person_who_is_asked_how_to_go_on_is_waited_for() -> None:
    bounced = replace(WORK, phase=WorkPhase.BOUNCED, bounces=3)
    stuck = replace(ASKED, sender="dispatchd", cause=stuck_cause(ISSUE.id))
    assert isinstance(asks(ISSUE, bounced, LAST, stuck), Waits)
    assert asks(ISSUE, bounced, LAST, replace(stuck, status=ThreadStatus.ANSWERED)) == Due(
        occasion=Occasion.ANSWER
    )


def test_turns_that_do_nothing_end_in_a_question_to_people() -> None:
    assert asks(ISSUE, replace(WORK, idle=MOST_IDLE - 1)) == Due(occasion=Occasion.GO_ON)
    waits = asks(ISSUE, replace(WORK, idle=MOST_IDLE))
    assert isinstance(waits, Waits)
    assert waits.stuck


def test_what_was_said_last_brings_no_full_stop_into_the_sentence_it_stands_in() -> None:
    waits = asks(ISSUE, replace(WORK, idle=MOST_IDLE), replace(LAST, said="My script has no more turns."))
    assert isinstance(waits, Waits)
    assert waits.why.endswith("it said last: “My script has no more turns”")


@pytest.mark.parametrize(
    "outcome",
    [RunOutcome.CRASHED, RunOutcome.API_ERROR, RunOutcome.STALLED, RunOutcome.TIMED_OUT, RunOutcome.LOST],
)
def test_what_broke_off_is_tried_again_later_and_not_for_ever(outcome: RunOutcome) -> None:
    due = asks(ISSUE, WORK, replace(LAST, outcome=outcome))
    assert isinstance(due, Due)
    assert due.attempt == 2
    assert due.not_before is not None
    assert due.not_before > NOON
    last_try = asks(ISSUE, WORK, replace(LAST, outcome=outcome, attempt=MOST_ATTEMPTS))
    assert isinstance(last_try, Waits)
    assert last_try.stuck


def test_a_rate_limit_uses_up_no_attempt_and_waits_until_it_is_over() -> None:
    resets = NOON + timedelta(hours=1)
    limited = replace(LAST, outcome=RunOutcome.RATE_LIMITED, attempt=MOST_ATTEMPTS, resets_at=resets)
    assert asks(ISSUE, WORK, limited) == Due(
        occasion=Occasion.RETRY, attempt=MOST_ATTEMPTS, not_before=resets
    )


def test_a_rate_limit_without_an_end_waits_as_long_as_any_back_off() -> None:
    limited = asks(ISSUE, WORK, replace(LAST, outcome=RunOutcome.RATE_LIMITED, ended=NOON))
    assert isinstance(limited, Due)
    assert limited.not_before == NOON + timedelta(minutes=5)


@pytest.mark.parametrize("outcome", [RunOutcome.FAILED_TO_START, RunOutcome.OVER_BUDGET])
def test_what_no_try_can_mend_asks_people_at_once(outcome: RunOutcome) -> None:
    waits = asks(ISSUE, WORK, replace(LAST, outcome=outcome, said="claude is not installed"))
    assert waits == Waits(why="claude is not installed", stuck=True)


def test_another_assignee_begins_for_itself() -> None:
    assert asks(replace(ISSUE, assignee="birch")) == Due(occasion=Occasion.BEGIN)
    assert isinstance(asks(replace(ISSUE, assignee=None)), Waits)


def test_back_off_doubles_and_has_an_end() -> None:
    waits = [back_off(replace(LAST, attempt=attempt)) for attempt in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(seconds=10)
    assert waits[-1] == timedelta(minutes=5)
