"""A rate limit is the account's: no turn begins on that engine until it is over, and no attempt is used up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatchd.application.agents.circuit import Resting
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome
from dispatchd.domain.identifiers import EntityId
from tests.fakes.instant_store import InstantStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
LIMITED = AgentRun(
    id=RunId("i-7k2m.1"),
    issue=EntityId("i-7k2m"),
    agent="ash",
    engine="claude",
    occasion=Occasion.BEGIN,
    started=NOON - timedelta(minutes=9),
    ended=NOON,
    outcome=RunOutcome.RATE_LIMITED,
    resets_at=NOON + timedelta(hours=1),
)


@pytest.fixture
def store() -> Iterator[InstantStore]:
    made = InstantStore()
    yield made
    made.remove()


def why(store: InstantStore, engine: str, *, minutes: int) -> str | None:
    return store.look(lambda work: Resting(work, NOON + timedelta(minutes=minutes), {}).why(engine))


def test_every_issue_waits_for_the_account_and_other_engines_go_on(store: InstantStore) -> None:
    store.look(lambda work: work.runs.save(LIMITED))
    assert why(store, "claude", minutes=1) == "the account of claude is at its limit until 13:00:00Z"
    assert why(store, "codex", minutes=1) is None
    assert why(store, "claude", minutes=60) is None


def test_a_limit_of_another_day_is_told_with_its_date(store: InstantStore) -> None:
    store.look(lambda work: work.runs.save(replace(LIMITED, resets_at=NOON + timedelta(days=7))))
    assert (
        why(store, "claude", minutes=1) == "the account of claude is at its limit until 2026-11-28 12:00:00Z"
    )


def test_a_limit_that_no_account_has_holds_for_an_hour(store: InstantStore) -> None:
    for_decades = replace(LIMITED, resets_at=datetime(2099, 7, 4, tzinfo=UTC))
    store.look(lambda work: work.runs.save(for_decades))
    assert why(store, "claude", minutes=59) == "the account of claude is at its limit until 13:00:00Z"
    assert why(store, "claude", minutes=60) is None


def test_a_limit_that_was_over_before_it_was_met_is_tried_again_soon(store: InstantStore) -> None:
    store.look(lambda work: work.runs.save(replace(LIMITED, resets_at=NOON - timedelta(days=1))))
    assert why(store, "claude", minutes=4) is not None
    assert why(store, "claude", minutes=5) is None


def test_without_a_word_of_its_end_the_limit_is_tried_again_soon(store: InstantStore) -> None:
    store.look(lambda work: work.runs.save(replace(LIMITED, resets_at=None)))
    assert why(store, "claude", minutes=4) is not None
    assert why(store, "claude", minutes=5) is None


def test_a_turn_that_went_well_since_says_that_the_account_takes_requests(store: InstantStore) -> None:
    store.look(lambda work: work.runs.save(LIMITED))
    later = NOON + timedelta(minutes=2)
    well = replace(LIMITED, id=RunId("i-8p3q.1"), ended=later, outcome=RunOutcome.OK, resets_at=None)
    store.look(lambda work: work.runs.save(well))
    assert why(store, "claude", minutes=3) is None
