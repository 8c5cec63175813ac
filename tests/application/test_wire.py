import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatchd.application.wire import (
    WireError,
    decode_event,
    dump_circumstance,
    dump_command,
    dump_entity,
    dump_event,
    dump_time,
    encode_event,
    load_circumstance,
    load_command,
    load_entity,
    load_event,
    load_time,
)
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.board import Entity
from dispatchd.domain.command import Circumstance, Command, MoveIssue, OpenIssue
from dispatchd.domain.decision import Decision
from dispatchd.domain.event import Event, IssueMoved, RecordedEvent, ThreadAnswered
from dispatchd.domain.identifiers import EntityId, EventId, EventPosition
from dispatchd.domain.issue import Issue, IssueStatus

BEGIN = datetime(1900, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
TIMES = st.datetimes(
    min_value=BEGIN,
    max_value=BEGIN.replace(year=2200),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))]),
)
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ISSUE = Issue(id=EntityId("i-2222"), title="T", created=NOON)
st.register_type_strategy(datetime, TIMES)

BY = Circumstance(
    actor=Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice", email="a@example.com"),
    at=NOON,
    provenance=Provenance(channel=Channel.SAVE),
)


def there_and_back(data: object) -> Any:
    return json.loads(json.dumps(data))


@pytest.mark.parametrize("kind", get_args(Command), ids=lambda kind: kind.__name__)
def test_every_command_comes_back_equal(kind: type[Command]) -> None:
    @settings(max_examples=25)
    @given(st.from_type(kind))
    def check(command: Command) -> None:
        assert load_command(there_and_back(dump_command(command))) == command

    check()


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_comes_back_equal_with_all_that_is_known_of_it(kind: type[Event]) -> None:
    @settings(max_examples=25)
    @given(st.from_type(kind), st.from_type(Circumstance), st.integers(1))
    def check(event: Event, circumstance: Circumstance, position: int) -> None:
        assert load_event(there_and_back(dump_event(event))) == event
        recorded = RecordedEvent(
            position=EventPosition(position),
            id=EventId("e"),
            circumstance=replace(circumstance, doubted=False),
            event=event,
        )
        assert decode_event(there_and_back(encode_event(recorded))) == recorded
        assert load_circumstance(there_and_back(dump_circumstance(circumstance))) == circumstance

    check()


@pytest.mark.parametrize("kind", [*get_args(Entity), Decision], ids=lambda kind: kind.__name__)
def test_every_entity_comes_back_equal(kind: type[Entity | Decision]) -> None:
    @settings(max_examples=25)
    @given(st.from_type(kind))
    def check(entity: Entity | Decision) -> None:
        assert load_entity(there_and_back(dump_entity(entity))) == entity

    check()


def test_an_event_reads_as_what_it_says() -> None:
    moved = IssueMoved(issue=EntityId("i-2222"), before=IssueStatus.QUEUED, after=IssueStatus.DONE)
    assert dump_event(moved) == {"type": "IssueMoved", "issue": "i-2222", "before": "queued", "after": "done"}


def test_what_is_empty_by_default_is_left_out_and_what_is_empty_otherwise_is_not() -> None:
    told = ThreadAnswered(thread=EntityId("t-2222"), option=None, text="")
    assert dump_event(told) == {"type": "ThreadAnswered", "thread": "t-2222", "option": None, "text": ""}
    assert "labels" not in dump_entity(ISSUE)


def test_a_time_is_written_in_utc_and_as_short_as_it_is_exact() -> None:
    there = datetime(2026, 11, 21, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert dump_time(there) == "2026-11-21T12:00:00Z"
    assert dump_time(NOON.replace(microsecond=5)) == "2026-11-21T12:00:00.000005Z"
    assert load_time("2026-11-21T17:30:00+05:30") == NOON


def _move(**changes: object) -> dict[str, object]:
    return {"type": "MoveIssue", "issue": "i-2222", "to": "done", **changes}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (None, "type None"),
        ([], "type None"),
        ({"type": []}, "type []"),
        (_move(type="IssueMoved"), "IssueMoved"),
        ({"type": "MoveIssue", "to": "done"}, "issue"),
        (_move(colour="red"), "colour"),
        (_move(to="finished"), "MoveIssue.to: 'finished' is none of unassigned, queued"),
        (_move(to=["done"]), "MoveIssue.to"),
        (_move(issue=7), "MoveIssue.issue: 7 is no text"),
        (_move(issue="\ud800"), "MoveIssue.issue"),
        (_move(forced=1), "MoveIssue.forced"),
        ({"type": "ChangeSet", "subject": "i", "key": "labels", "add": "abc"}, "ChangeSet.add"),
        ({"type": "PlanStages", "epic": "e", "stages": [], "renamed": [["a"]]}, "PlanStages.renamed"),
        ({"type": "OpenIssue", "issue": "i-2222"}, "OpenIssue.issue: Issue"),
        ({"type": "OpenIssue", "issue": {"id": "i", "title": "t", "created": "2026-11-21"}}, "has no zone"),
        ({"type": "OpenIssue", "issue": {"id": "i", "title": "t", "created": "now"}}, "Issue.created: 'now'"),
    ],
)
def test_what_is_no_command_is_refused_with_its_place(data: object, place: str) -> None:
    with pytest.raises(WireError) as refused:
        load_command(data)
    assert place in str(refused.value)


def test_a_recorded_event_has_all_its_parts_and_no_others() -> None:
    moved = IssueMoved(issue=EntityId("i-2222"), before=IssueStatus.QUEUED, after=IssueStatus.DONE)
    whole = encode_event(
        RecordedEvent(position=EventPosition(1), id=EventId("e"), circumstance=BY, event=moved)
    )
    for wrong in (None, {**whole, "more": 1}, {key: whole[key] for key in whole if key != "at"}):
        with pytest.raises(WireError):
            decode_event(wrong)
    with pytest.raises(WireError):
        decode_event({**whole, "position": True})


def test_a_time_without_a_zone_is_not_written() -> None:
    with pytest.raises(WireError, match="has no zone"):
        dump_time(datetime(2026, 11, 21))  # noqa: DTZ001 - the very mistake


def test_commands_that_look_alike_stay_apart() -> None:
    assert load_command(dump_command(OpenIssue(issue=ISSUE))) == OpenIssue(issue=ISSUE)
    assert load_command(_move()) == MoveIssue(issue=EntityId("i-2222"), to=IssueStatus.DONE)


def test_a_client_that_sends_a_command_loads_no_validation_library() -> None:
    program = (
        "import sys, dispatchd.application.wire; print('pydantic' in sys.modules, 'asyncio' in sys.modules)"
    )
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert shown.stdout.split() == ["False", "False"]
