from datetime import UTC, datetime

import pytest

from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.epic import Epic
from dispatchd.domain.fact_keys import KEYS, deadline_text, nearest, spelling
from dispatchd.domain.facts import members_of, value_of, with_members, with_value
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue, IssueStatus, Priority
from dispatchd.domain.moments import deadline_of
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread, ThreadKind
from tests.fakes.fake_board import ALICE, NOON

ENTITIES: dict[EntityKind, Entity] = {
    EntityKind.ISSUE: Issue(id=EntityId("i-7k2m"), title="x", created=NOON),
    EntityKind.EPIC: Epic(id=EntityId("e-3fq9"), title="x", created=NOON),
    EntityKind.PROPOSAL: Proposal(id=EntityId("p-9xw4"), title="x", created=NOON, proposer=ALICE),
    EntityKind.THREAD: Thread(
        id=EntityId("t-4kq2"), title="x", created=NOON, kind=ThreadKind.NOTICE, sender="ash"
    ),
    EntityKind.AGENT: Agent(name="ash"),
}
EXAMPLES = {
    "priority": "high",
    "role": "docs",
    "parent": "i-2b9x",
    "epic": "e-2222",
    "threshold": "unanimous",
    "deadline": "2026-11-28",
    "paused": "true",
    "status": "",
}


@pytest.mark.parametrize("kind", list(ENTITIES))
def test_every_fact_can_be_read_back_as_it_was_set(kind: EntityKind) -> None:
    entity = ENTITIES[kind]
    for key, fact in KEYS[kind].items():
        if fact.is_set:
            assert members_of(with_members(entity, key, ("a", "b")), key) == ("a", "b")
        elif not fact.daemons and key != "status":
            value = EXAMPLES.get(key, "something")
            assert value_of(with_value(entity, key, value), key) == value


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("todo", "unassigned"),
        ("Backlog", "unassigned"),
        ("ready", "queued"),
        ("WIP", "in_progress"),
        ("In Progress", "in_progress"),
        ("in-review", "in_review"),
        ("closed", "done"),
        ("won’t do", "cancelled"),
        ("canceled", "cancelled"),
        ("Done!", "done!"),
        ("inreviw", None),
        ("", None),
        ("!", None),
    ],
)
def test_a_state_forgives_and_takes_common_words(written: str, meant: str | None) -> None:
    assert spelling(EntityKind.ISSUE, "status", written) == meant


def test_the_types_of_a_workspace_are_its_own() -> None:
    assert spelling(EntityKind.ISSUE, "type", "Spike") is None
    assert spelling(EntityKind.ISSUE, "type", "Spike", ("bug", "spike")) == "spike"


@pytest.mark.parametrize(
    ("written", "meant"), [("que", "queued"), ("dnoe", "done"), ("assignd", "assigned"), ("x", None)]
)
def test_a_slip_is_understood_where_only_one_word_is_near(written: str, meant: str | None) -> None:
    assert nearest(written, tuple(IssueStatus)) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("wow", None), ("lwo", "low"), ("lo", "low"), ("loww", "low"), ("hgih", "high")]
)
def test_another_letter_in_a_word_of_three_makes_another_word(written: str, meant: str | None) -> None:
    assert nearest(written, tuple(Priority)) == meant


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01",
        "soon",
        "0001-01-01",
        "9999-12-31",
        "2026-11-28T25:00",
        "0001-01-01T00:00+14:00",
        "9999-12-31T23:59-10:00",
    ],
)
def test_what_is_no_day_is_no_deadline(text: str) -> None:
    assert deadline_of(text) is None


def test_a_deadline_may_be_a_moment() -> None:
    moment = deadline_of("2026-11-28T12:00+02:00")
    assert moment == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert moment is not None
    assert deadline_text(moment) == "2026-11-28T10:00:00Z"
