"""The list of issues that wait for nothing, beside the question that it spares: the same at every moment."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue, IssueStatus, Priority
from tests.fakes.instant_store import InstantStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
STATES = (IssueStatus.QUEUED, IssueStatus.ASSIGNED)
COMMON = (*STATES, IssueStatus.IN_PROGRESS, IssueStatus.DONE, IssueStatus.CANCELLED)


@pytest.fixture
def store() -> Iterator[InstantStore]:
    made = InstantStore()
    yield made
    made.remove()


def name_of(number: int) -> EntityId:
    return encode_id(EntityKind.ISSUE, number, 4)


def save(store: InstantStore, issue: Issue) -> None:
    store.look(lambda work: work.save(issue))


def listed(work: UnitOfWork) -> list[list[EntityId]]:
    return [[issue.id for issue in work.issues_that_may_begin(state, (), ("coder",))] for state in STATES]


def asked(work: UnitOfWork) -> list[list[EntityId]]:
    """The same, by the question without the list."""
    connection = work._issues._connection  # type: ignore[attr-defined]  # noqa: SLF001
    statement = queries("issues")["issues_that_may_begin"]
    return [
        [EntityId(row[0]) for row in connection.execute(statement, (str(state), '["coder"]', "[]"))]
        for state in STATES
    ]


def any_issue(chance: random.Random, number: int) -> Issue:
    others = chance.sample(range(30), chance.choice((0, 0, 1, 3)))
    return Issue(
        id=name_of(number),
        title=f"Issue {number}",
        created=NOON + timedelta(seconds=chance.randrange(5)),
        status=chance.choice(COMMON),
        priority=chance.choice(tuple(Priority)),
        depends_on=tuple(name_of(other) for other in others if other != number),
        removed=chance.random() < 0.1,
    )


@pytest.mark.parametrize("seed", range(5))
def test_the_list_says_what_the_question_says_whatever_is_saved(store: InstantStore, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 -- no secret
    for number in range(0, 30, 2):
        save(store, any_issue(chance, number))
    assert store.look(listed) == store.look(asked)
    for _ in range(150):
        save(store, any_issue(chance, chance.randrange(30)))
        assert store.look(listed) == store.look(asked)


def test_what_is_rolled_back_was_never_on_the_list(store: InstantStore) -> None:
    first = Issue(id=name_of(1), title="One", created=NOON, status=IssueStatus.QUEUED)
    save(store, first)
    before = store.look(listed)

    def breaks_off(work: UnitOfWork) -> None:
        work.save(replace(first, status=IssueStatus.DONE))
        assert listed(work) == [[], []]
        raise KeyError("in the middle")

    with pytest.raises(KeyError):
        store.look(breaks_off)
    assert store.look(listed) == before == [[first.id], []]
