"""The issues that are asked whether their work goes on, beside asking every one: nobody who could go on is left out."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatchd.application.agents.candidates import due_of
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import AgentRun, Occasion, RunOutcome, Work, WorkPhase, run_id
from dispatchd.domain.due_turns import Due, stuck_cause
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from tests.fakes.instant_store import InstantStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
BEGUN = (IssueStatus.IN_PROGRESS, IssueStatus.BLOCKED)
AGENTS = ("ash", "bo")


@pytest.fixture
def store() -> Iterator[InstantStore]:
    made = InstantStore()
    yield made
    made.remove()


def name_of(number: int, kind: EntityKind = EntityKind.ISSUE) -> EntityId:
    return encode_id(kind, number, 4)


def issue_at(number: int, **facts: object) -> Issue:
    issue = Issue(id=name_of(number), title=f"Issue {number}", created=NOON, status=IssueStatus.BLOCKED)
    return replace(issue, **{"assignee": "ash", **facts})  # type: ignore[arg-type]


def turn_of(issue: EntityId, number: int = 1, /, **facts: object) -> AgentRun:
    run = AgentRun(
        id=run_id(issue, number),
        issue=issue,
        agent="ash",
        engine="scripted",
        occasion=Occasion.BEGIN,
        started=NOON,
        ended=NOON,
        outcome=RunOutcome.OK,
    )
    return replace(run, **facts)  # type: ignore[arg-type]


def question_of(issue: EntityId, number: int = 1, /, **facts: object) -> Thread:
    thread = Thread(
        id=name_of(number, EntityKind.THREAD),
        title="Which hash?",
        created=NOON + timedelta(seconds=number),
        kind=ThreadKind.QUESTION,
        sender="ash",
        issue=issue,
    )
    return replace(thread, **facts)  # type: ignore[arg-type]


def lay_any(work: UnitOfWork, chance: random.Random, number: int) -> None:
    issue = issue_at(
        number,
        status=chance.choice((*BEGUN, IssueStatus.QUEUED)),
        assignee=chance.choice((*AGENTS, None)),
        workflow=chance.choice((None, None, None, "review")),
        removed=chance.random() < 0.1,
    )
    work.save(issue)
    turns = chance.choice((0, 1, 1, 2))
    for turn in range(1, turns + 1):
        ended = None if chance.random() < 0.2 else NOON
        work.runs.save(turn_of(issue.id, turn, ended=ended, outcome=None if ended is None else RunOutcome.OK))
    if chance.random() < 0.9:
        phase = chance.choice((WorkPhase.WORKING, WorkPhase.WORKING, WorkPhase.BOUNCED))
        made = Work(
            issue=issue.id, agent=chance.choice(AGENTS), branch="b", base="c", phase=phase, turns=turns
        )
        work.runs.save_work(made)
    for each in range(chance.choice((0, 1, 2, 3))):
        stuck = stuck_cause(issue.id) if chance.random() < 0.3 else ""
        thread = question_of(
            issue.id,
            10 * number + each,
            kind=chance.choice(tuple(ThreadKind)),
            sender="dispatchd" if stuck else chance.choice(AGENTS),
            cause=stuck,
            status=chance.choice((ThreadStatus.OPEN, ThreadStatus.OPEN, ThreadStatus.ANSWERED)),
            delivered=chance.random() < 0.5,
            removed=chance.random() < 0.1,
        )
        work.save(thread)


def left_out(work: UnitOfWork) -> list[Issue]:
    at_work = {issue.id for issue in work.issues_at_work()}
    return [issue for issue in work.issues_in(BEGUN) if issue.id not in at_work]


@pytest.mark.parametrize("seed", range(8))
def test_who_is_left_out_waits_and_nobody_need_be_told(store: InstantStore, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret

    def lay_many(work: UnitOfWork) -> None:
        for number in range(1, 60):
            lay_any(work, chance, number)

    store.look(lay_many)
    found = store.look(lambda work: [(issue, due_of(work, issue)) for issue in left_out(work)])
    assert found
    for issue, due in found:
        assert issue.workflow is None
        assert not isinstance(due, Due), (issue, due)
        assert not due.stuck
    asked = store.look(lambda work: [issue.id for issue in work.issues_at_work()])
    assert asked == [
        issue.id for issue in store.look(lambda work: list(work.issues_in(BEGUN))) if issue.id in asked
    ]


def waits_for_an_answer(work: UnitOfWork, **facts: object) -> bool:
    issue = issue_at(1)
    work.save(issue)
    work.runs.save(turn_of(issue.id))
    work.runs.save_work(Work(issue=issue.id, agent="ash", branch="b", base="c", turns=1))
    work.save(question_of(issue.id, **facts))
    return issue in left_out(work)


def test_an_open_question_spares_the_asking_and_its_answer_does_not(store: InstantStore) -> None:
    assert store.look(waits_for_an_answer)
    assert not store.look(lambda work: waits_for_an_answer(work, status=ThreadStatus.ANSWERED))
    assert not store.look(lambda work: waits_for_an_answer(work, kind=ThreadKind.NOTICE))
    assert not store.look(lambda work: waits_for_an_answer(work, sender="bo"))
    assert store.look(
        lambda work: waits_for_an_answer(work, sender="dispatchd", cause=stuck_cause(name_of(1)))
    )


def test_an_answer_is_brought_though_another_question_is_open(store: InstantStore) -> None:
    def look(work: UnitOfWork, *, delivered: bool) -> bool:
        heard = question_of(name_of(1), 2, status=ThreadStatus.ANSWERED, delivered=delivered)
        work.save(heard)
        return waits_for_an_answer(work)

    assert not store.look(lambda work: look(work, delivered=False))
    assert store.look(lambda work: look(work, delivered=True))


def test_a_turn_that_runs_spares_the_asking(store: InstantStore) -> None:
    def look(work: UnitOfWork) -> bool:
        issue = issue_at(1, status=IssueStatus.IN_PROGRESS)
        work.save(issue)
        work.runs.save(turn_of(issue.id, ended=None, outcome=None))
        return issue in left_out(work)

    assert store.look(look)
