"""How a turn ended, below its transcript: what the transcript itself cannot say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dispatchd.application.agents.transcripts import asked_in, end_of
from dispatchd.application.ports.run_room import Life, RunExit, RunSight
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.thread import Thread, ThreadKind

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
RUN = AgentRun(
    id=RunId("i-7k2m.1"),
    issue=EntityId("i-7k2m"),
    agent="ash",
    engine="scripted",
    occasion=Occasion.BEGIN,
    started=NOON,
    ended=NOON,
    outcome=RunOutcome.CRASHED,
    said="it ended with exit code 3 in the middle of its turn: KeyError: 'model'",
)
ERRORS = "\n".join(["Traceback:", *(f"  line {number}" for number in range(20)), "KeyError: 'model'"])
SIGHT = RunSight(life=Life.EXITED, exit=RunExit(code=3), stderr_tail=ERRORS)


def test_a_crash_is_told_with_its_exit_code_and_the_last_of_its_errors() -> None:
    told = end_of(RUN, SIGHT)
    assert told[0] == "= the turn ended: crashed (exit code 3)"
    assert "in the middle of its turn" in told[1]
    assert told[-1] == "  | KeyError: 'model'"
    assert "  | Traceback:" not in told


def test_a_signal_is_told_by_its_number() -> None:
    sight = RunSight(life=Life.EXITED, exit=RunExit(code=None, signal=9))
    assert end_of(RUN, sight)[0] == "= the turn ended: crashed (signal 9)"


@pytest.mark.parametrize("outcome", [RunOutcome.FAILED_TO_START, RunOutcome.LOST])
def test_what_left_no_word_of_its_end_is_told_all_the_same(outcome: RunOutcome) -> None:
    told = end_of(replace(RUN, outcome=outcome, said="claude is not installed"), RunSight(life=Life.ABSENT))
    assert told == (f"= the turn ended: {outcome.value.replace('_', ' ')}", "  claude is not installed")


def test_a_turn_that_ended_well_has_said_so_itself() -> None:
    assert end_of(replace(RUN, outcome=RunOutcome.OK), SIGHT) == ()


def test_a_turn_whose_end_nobody_has_noted_says_that() -> None:
    (told,) = end_of(replace(RUN, outcome=None, ended=None), SIGHT)
    assert "when the daemon looks" in told
    assert end_of(replace(RUN, outcome=None, ended=None), RunSight(life=Life.ALIVE)) == ()


@pytest.mark.parametrize("outcome", [RunOutcome.CANCELLED, RunOutcome.INTERRUPTED])
def test_what_people_stopped_is_told_without_an_exit_code(outcome: RunOutcome) -> None:
    stopped = replace(RUN, outcome=outcome, said="")
    assert end_of(stopped, RunSight(life=Life.EXITED, exit=RunExit(code=0))) == (
        f"= the turn ended: {outcome}",
    )


def test_what_an_agent_asked_in_its_turn_is_told_with_it() -> None:
    asked = Thread(
        id=EntityId("t-4kq2"), title="Which hash?", created=NOON, kind=ThreadKind.QUESTION, sender="ash"
    )
    others = (
        replace(asked, sender="oak"),
        replace(asked, kind=ThreadKind.NOTICE),
        replace(asked, created=NOON + timedelta(minutes=1)),
        replace(asked, created=NOON - timedelta(minutes=1)),
    )
    assert asked_in(RUN, (asked, *others)) == ("? asks: Which hash? (t-4kq2)",)
