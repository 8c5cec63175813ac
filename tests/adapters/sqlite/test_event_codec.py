"""A commit tells of an event in the words of its row: the line is JSON of the whole entry, and is one line."""

import json
from datetime import UTC, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatchd.adapters.sqlite.event_codec import event_row, told_event
from dispatchd.application.wire import decode_event
from dispatchd.domain.actors import Actor, ActorKind, Channel, Provenance
from dispatchd.domain.agent_run import RunOutcome, run_id
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import Event, RecordedEvent, ThreadAnswered
from dispatchd.domain.headlines import ToldEvent
from dispatchd.domain.identifiers import EntityId, EventId, EventPosition
from dispatchd.domain.run_event import RunEnded

ENDS_OF_LINES = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)))
EXACTLY = st.text(st.sampled_from(ENDS_OF_LINES + 'aé\U0001f600"\\'))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
ALICE = Actor(kind=ActorKind.HUMAN, handle="alice", name="Alice", email="a@example.com")
TIMES = st.sampled_from((NOON, NOON.replace(microsecond=500_000), NOON.replace(microsecond=1)))
st.register_type_strategy(datetime, st.datetimes(timezones=st.just(UTC)))


def told(event: Event, circumstance: Circumstance, position: int = 1, event_id: str = "e") -> ToldEvent:
    """What a commit tells of *event*, by way of its row."""
    row = event_row(event, circumstance, "It happens", event_id)
    _, kind, _, at, actor, provenance, happened, words = row
    return told_event((position, event_id, kind, at, actor, provenance, happened, words))


def by(at: datetime = NOON) -> Circumstance:
    return Circumstance(actor=ALICE, at=at, provenance=Provenance(channel=Channel.SAVE))


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
def test_every_event_stands_in_its_commit_with_all_that_is_known_of_it(kind: type[Event]) -> None:
    @settings(max_examples=15)
    @given(st.from_type(kind), TIMES, st.integers(1))
    def check(event: Event, at: datetime, position: int) -> None:
        line = told(event, by(at), position)
        recorded = RecordedEvent(
            position=EventPosition(position), id=EventId("e"), circumstance=by(at), event=event
        )
        assert decode_event(json.loads(line.line)) == recorded
        assert (line.kind, line.by, line.words) == (kind, ActorKind.HUMAN, "It happens")

    check()


@given(EXACTLY, EXACTLY)
def test_an_event_is_one_line_whatever_was_written(words: str, event_id: str) -> None:
    event = ThreadAnswered(thread=EntityId("t-2222"), option=None, text=words)
    line = told(event, by(), event_id=event_id).line
    assert not set(line) & set(ENDS_OF_LINES)
    assert decode_event(json.loads(line)).event == event
    assert json.loads(line)["id"] == event_id


@pytest.mark.parametrize("outcome", [RunOutcome.OK, RunOutcome.CRASHED])
def test_how_a_turn_ended_is_known_beside_its_line(outcome: RunOutcome) -> None:
    issue = EntityId("i-7k2m")
    ended = RunEnded(issue=issue, run=run_id(issue, 1), agent="ash", outcome=outcome)
    assert told(ended, by()).outcome is outcome
