"""Caps on what an issue, an epic or an agent may cost: reached, they keep turns from beginning until a person says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatchd.application.agents.caps import Purse
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import BudgetSettings
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome, Spent
from dispatchd.domain.epic import Epic
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus, Turn
from tests.fakes.instant_store import InstantStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
EPIC = EntityId("e-3fq9")
ISSUE = Issue(id=EntityId("i-7k2m"), title="Login", created=NOON, epic=EPIC)
OTHER = replace(ISSUE, id=EntityId("i-8p3q"))
ASH, PLAYER = Agent(name="ash", engine="claude"), Agent(name="elm", engine="scripted")
RUN = AgentRun(
    id=RunId("i-7k2m.1"),
    issue=ISSUE.id,
    agent="ash",
    engine="claude",
    occasion=Occasion.BEGIN,
    started=NOON,
    ended=NOON,
    outcome=RunOutcome.OK,
    spent=Spent(micros=3_000_000),
)


@pytest.fixture
def store() -> Iterator[InstantStore]:
    made = InstantStore()
    made.look(lambda work: work.save(Epic(id=EPIC, title="Login", created=NOON)))
    for issue in (ISSUE, OTHER):
        made.look(lambda work: work.save(issue))  # noqa: B023 -- called here
    made.look(lambda work: work.runs.save(RUN))
    yield made
    made.remove()


def why(store: InstantStore, budget: BudgetSettings, issue: Issue, agent: Agent = ASH) -> str | None:
    return store.look(lambda work: Purse(work, budget, NOON).why_not(issue, agent))


def test_an_issue_that_has_cost_its_cap_waits_and_others_go_on(store: InstantStore) -> None:
    budget = BudgetSettings(issue_usd=3)
    assert why(store, budget, ISSUE) == "$3.00 of $3.00 are spent on i-7k2m"
    assert why(store, budget, OTHER) is None
    assert why(store, budget, ISSUE, PLAYER) is None
    assert why(store, BudgetSettings(issue_usd=4), ISSUE) is None


def test_an_epic_counts_all_its_issues_and_what_begins_in_the_same_decision(store: InstantStore) -> None:
    assert why(store, BudgetSettings(epic_usd=3), OTHER) == "$3.00 of $3.00 are spent on e-3fq9"

    def both(work: UnitOfWork) -> list[str | None]:
        purse = Purse(work, BudgetSettings(epic_usd=4), NOON)
        return [purse.why_not(OTHER, ASH), purse.why_not(ISSUE, ASH)]

    assert store.look(both) == [None, "$3.00 of $4.00 are spent on e-3fq9, turns at work count as $1.00"]


def test_an_agents_cap_is_a_days(store: InstantStore) -> None:
    budget = BudgetSettings(agent_usd=2)
    assert why(store, budget, OTHER) == "$3.00 of $2.00 are spent on ash today"
    yesterday = NOON - timedelta(days=1)
    store.look(lambda work: work.runs.save(replace(RUN, ended=yesterday)))
    assert why(store, budget, OTHER) is None


_NO_MORE = (
    "$3.00 of $4.50 are spent today, turns at work count as $1.00, "
    "and one more turn counts as $1.00 until it has ended"
)


def test_of_a_days_money_a_decision_gives_each_dollar_once(store: InstantStore) -> None:
    def both(work: UnitOfWork) -> list[str | None]:
        purse = Purse(work, BudgetSettings(day_usd=4.5), NOON)
        return [purse.why_not(ISSUE, ASH), purse.why_not(OTHER, ASH)]

    assert store.look(both) == [None, _NO_MORE]


@pytest.mark.parametrize(
    ("issue", "cap", "chosen", "goes_on"),
    [
        (ISSUE, 3, "Raise to $6.00", True),
        (ISSUE, 3, "Stop", False),
        (OTHER, 0, "Raise to $1.00", True),
        (OTHER, 0, "Stop", False),
    ],
)
def test_a_person_raises_a_cap_or_leaves_it(
    store: InstantStore, issue: Issue, cap: float, chosen: str, *, goes_on: bool
) -> None:
    budget = BudgetSettings(issue_usd=cap)

    def breach(work: UnitOfWork) -> str:
        purse = Purse(work, budget, NOON)
        purse.why_not(issue, ASH)
        return next(iter(purse.breaches))

    thread = Thread(
        id=EntityId("t-4kq2"),
        title="Money",
        created=NOON,
        kind=ThreadKind.ESCALATION,
        sender=DAEMON.handle,
        cause=store.look(breach),
        status=ThreadStatus.ANSWERED,
        chosen=chosen,
        turns=(Turn(by=DAEMON, at=NOON, text="?"),),
    )
    store.look(lambda work: work.save(thread))
    assert (why(store, budget, issue) is None) is goes_on
