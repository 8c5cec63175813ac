"""What is told of a stretch of agents' work: what waits for an answer says so, and for which."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from dispatchd.application.agents.looks import report
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import AgentRun, Happening, Occasion, RunOutcome, Work, WorkPhase, run_id
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from tests.fakes.instant_store import InstantStore

NOON: Final = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUE: Final = Issue(id=EntityId("i-2222"), title="Greet", created=NOON, status=IssueStatus.IN_PROGRESS)
BEGUN: Final = Happening(at=NOON, text="ash begins")
WORK: Final = Work(issue=ISSUE.id, agent="ash", branch="dispatchd/i-2222", base="b" * 40, story=(BEGUN,))
ASKED: Final = Thread(
    id=EntityId("t-2222"),
    title="Hello or Hi?",
    created=NOON + timedelta(minutes=1),
    kind=ThreadKind.QUESTION,
    sender="ash",
    issue=ISSUE.id,
)


@pytest.fixture
def store() -> Iterator[InstantStore]:
    made = InstantStore()
    yield made
    made.remove()


def told(
    store: InstantStore, made: Work, thread: Thread, issue: Issue = ISSUE, since: datetime = NOON
) -> list[str]:
    def look(work: UnitOfWork) -> list[str]:
        for each in (issue, thread):
            work.save(each)
        work.runs.save_work(made)
        return [text for _, text in report(work, since).under_way]

    return store.look(look)


def test_work_that_waits_for_an_answer_is_told_with_its_question(store: InstantStore) -> None:
    question = "waits for an answer to t-2222: Hello or Hi?"
    assert told(store, WORK, ASKED) == [question]
    assert told(store, WORK, ASKED, since=ASKED.created) == [question]
    assert told(store, WORK, ASKED, since=ASKED.created + timedelta(minutes=1)) == []


def test_what_came_after_the_question_is_told_instead(store: InstantStore) -> None:
    held = replace(
        WORK, story=(BEGUN, Happening(at=NOON + timedelta(minutes=2), text="the work on it is held"))
    )
    assert told(store, held, ASKED) == ["the work on it is held"]
    answered = replace(ASKED, status=ThreadStatus.ANSWERED)
    assert told(store, WORK, answered) == ["ash begins"]
    submitted = replace(WORK, phase=WorkPhase.SUBMITTED)
    assert told(store, submitted, ASKED, replace(ISSUE, status=IssueStatus.AWAITING_REVIEW)) == ["ash begins"]


def test_what_was_cancelled_is_neither_under_way_nor_trouble(store: InstantStore) -> None:
    taken_back = replace(ISSUE, status=IssueStatus.CANCELLED)
    run = AgentRun(
        id=run_id(ISSUE.id, 1),
        issue=ISSUE.id,
        agent="ash",
        engine="scripted",
        started=NOON,
        occasion=Occasion.BEGIN,
        ended=NOON,
        outcome=RunOutcome.CANCELLED,
    )

    def look(work: UnitOfWork) -> list[list[str]]:
        work.save(taken_back)
        work.runs.save_work(WORK)
        work.runs.save(run)
        found = report(work, NOON)
        return [[text for _, text in told] for told in (found.under_way, found.cancelled, found.troubles)]

    assert store.look(look) == [[], ["ash begins"], []]
