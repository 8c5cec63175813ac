"""Which issues are asked whether their turn is due, where thousands are queued: those that somebody free could take."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.candidates import COMPARED, MOST_FOLLOWED, asked, candidate, free_hands
from dispatchd.application.agents.flows.turns import Ways
from dispatchd.application.agents.looks import why
from dispatchd.application.ports.unit_of_work import ProblemRecord, UnitOfWork
from dispatchd.documents.config_document import read_config
from dispatchd.domain.agent import Agent
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from dispatchd.domain.scheduling import Candidate, Limits
from tests.fakes.instant_store import InstantStore

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MANY = 2000
WAYS = Ways(assets=PackagedAssets(), commands={})
LIMITS = Limits(running=4, roles={}, engines={})


def name_of(number: int) -> EntityId:
    return encode_id(EntityKind.ISSUE, number, 6)


def queued(number: int, **facts: object) -> Issue:
    return Issue(
        id=name_of(number),
        title=f"Issue {number}",
        created=NOON + timedelta(seconds=number),
        status=IssueStatus.QUEUED,
        **facts,  # type: ignore[arg-type]
    )


@pytest.fixture
def store() -> Iterator[InstantStore]:
    made = InstantStore()
    yield made
    made.remove()


def lay(store: InstantStore, *issues: Issue, agents: tuple[Agent, ...] = (Agent(name="ash"),)) -> None:
    def save(work: UnitOfWork) -> None:
        for issue in issues:
            work.save(issue)
        for agent in agents:
            work.save(agent)

    store.look(save)


def those_asked(store: InstantStore) -> list[EntityId]:
    def look(work: UnitOfWork) -> list[EntityId]:
        hands = free_hands(tuple(work.agents()), work.runs.live(), LIMITS)
        found = asked(work, WAYS, hands, NOON, timedelta(0))
        return [issue.id for issue, one in found if isinstance(one, Candidate)]

    return store.look(look)


def test_of_thousands_the_most_urgent_are_compared(store: InstantStore) -> None:
    urgent = queued(MANY + 1, priority=Priority.CRITICAL)
    lay(store, *(queued(number) for number in range(MANY)), urgent)
    found = those_asked(store)
    assert found[0] == urgent.id
    assert found[1] == name_of(0)
    assert len(found) == COMPARED


def test_what_says_that_it_waits_for_something_nobody_knows_is_not_begun(store: InstantStore) -> None:
    lay(store, queued(1), queued(2))
    refused = ProblemRecord(
        subject=name_of(1),
        path=DocumentPath("issues/one.md"),
        anchor="key:depends_on",
        what="no issue is called i-zzzz",
        refusal=True,
    )
    store.look(lambda work: work.problems.replace(name_of(1), [refused]))
    assert those_asked(store) == [name_of(2)]
    store.look(lambda work: work.problems.replace(name_of(1), [replace(refused, anchor="key:priority")]))
    assert those_asked(store) == [name_of(1), name_of(2)]


def test_what_nobody_free_could_take_keeps_nobody_from_working(store: InstantStore) -> None:
    others = (
        queued(number, role=Role.SECURITY, priority=Priority.CRITICAL) for number in range(COMPARED * 3)
    )
    given = (queued(MANY + number, assignee="birch") for number in range(COMPARED * 3))
    last = queued(2 * MANY, priority=Priority.LOW)
    lay(store, *others, *given, last, agents=(Agent(name="ash"), Agent(name="birch", paused=True)))
    assert those_asked(store) == [last.id]


def test_an_issue_with_a_workflow_is_asked_for_its_phases_role(store: InstantStore) -> None:
    waits = (queued(number, workflow="tdd", priority=Priority.CRITICAL) for number in range(COMPARED * 2))
    design = queued(MANY, workflow="design-review", role=Role.DOCS)
    coder = queued(MANY + 1, priority=Priority.LOW)
    lay(store, *waits, design, coder, agents=(Agent(name="ash"),))
    assert coder.id in those_asked(store), "what an architect has to begin keeps no coder from working"
    ways = Ways(assets=PackagedAssets(), commands={"test": "make test"})
    due = store.look(lambda work: candidate(work, ways, design, timedelta(0)))
    assert isinstance(due, Candidate)
    assert due.issue.role is Role.ARCHITECT


def test_what_waits_for_an_unfinished_one_is_not_asked(store: InstantStore) -> None:
    first = queued(0)
    lay(store, first, *(queued(number, depends_on=(first.id,)) for number in range(1, MANY)))
    assert those_asked(store) == [first.id]


def test_what_the_longest_chain_waits_for_begins_first_of_the_same_urgency(store: InstantStore) -> None:
    first, last = queued(0), queued(9)
    middle = (
        queued(number, depends_on=(name_of(number - 10 if number < 30 else 9),)) for number in (19, 29, 30)
    )
    lay(store, first, *middle, last)

    def look(work: UnitOfWork) -> dict[str, int]:
        hands = free_hands(tuple(work.agents()), work.runs.live(), LIMITS)
        found = asked(work, WAYS, hands, NOON, timedelta(0))
        return {issue.id: one.chain for issue, one in found if isinstance(one, Candidate)}

    assert store.look(look) == {first.id: 0, last.id: 2}


def test_a_circle_and_a_crowd_behind_an_issue_are_not_followed_for_ever(store: InstantStore) -> None:
    first, end = queued(0), 200
    crowd = (queued(number, depends_on=(first.id,)) for number in range(1, 100))
    circle = (queued(number, depends_on=(name_of(end + (number + 1) % 3),)) for number in range(end, end + 3))
    chain = (queued(number, depends_on=(name_of(number - 1),)) for number in range(301, 400))
    lay(store, first, *crowd, *circle, queued(300), *chain)
    assert store.look(lambda work: work.chain_behind(first.id, MOST_FOLLOWED)) == 1
    assert store.look(lambda work: work.chain_behind(name_of(end), MOST_FOLLOWED)) <= MOST_FOLLOWED
    assert store.look(lambda work: work.chain_behind(name_of(300), MOST_FOLLOWED)) == MOST_FOLLOWED
    assert store.look(lambda work: work.chain_behind(name_of(399), MOST_FOLLOWED)) == 0


def test_where_nobody_is_free_nothing_that_waits_is_asked(store: InstantStore) -> None:
    lay(store, queued(0), agents=(Agent(name="ash", paused=True),))
    assert those_asked(store) == []


def test_why_explains_the_last_of_thousands_all_the_same(store: InstantStore) -> None:
    lay(store, *(queued(number) for number in range(MANY)))
    config = read_config("").config
    assert config is not None

    def look(work: UnitOfWork, number: int) -> str:
        issue = work.issue(name_of(number))
        assert issue is not None
        return why(work, PackagedAssets(), config, issue, NOON).why

    assert store.look(lambda work: look(work, MANY - 1)) == "every coder is at work"
    assert "ash takes it" in store.look(lambda work: look(work, 0))
