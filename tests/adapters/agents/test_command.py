"""Any program as an agent: told on standard input, judged by its exit code."""

import pytest

from dispatchd.adapters.agents.command import CommandEngine
from dispatchd.application.ports.agent_events import Said
from dispatchd.domain.agent_run import RunOutcome
from tests.adapters.agents.replaying import TURN

ENGINE = CommandEngine()


def test_it_is_told_who_it_is_and_what_to_do_in_both_ways() -> None:
    plan = ENGINE.plan(TURN)
    (told,) = plan.first_lines
    assert told.startswith(b"You are ash.")
    assert told.endswith(b"Do it.")
    assert plan.files[TURN.scratch / "prompt.md"] == told
    assert plan.environment["DISPATCHD_PROMPT"] == str(TURN.scratch / "prompt.md")
    assert not plan.keeps_reading


def test_what_it_prints_is_what_it_says() -> None:
    assert ENGINE.decode(b"42% done\xff", "").events == (Said(text="42% done\ufffd"),)
    assert ENGINE.decode(b"  ", "").events == ()


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, RunOutcome.OK),
        (1, RunOutcome.AGENT_ERROR),
        (127, RunOutcome.FAILED_TO_START),
        (-9, None),
        (None, None),
    ],
)
def test_its_exit_code_is_how_its_turn_ended(code: int | None, outcome: RunOutcome | None) -> None:
    ended = ENGINE.conclude(code, "")
    assert (ended.outcome if ended is not None else None) == outcome


def test_a_failure_is_told_with_its_exit_code_and_the_last_words() -> None:
    memory = ENGINE.decode(b"title: A page that may crash\n", "").memory
    memory = ENGINE.decode(b"   \n", memory).memory
    ended = ENGINE.conclude(7, memory)
    assert ended is not None
    assert ended.said == "exit code 7, and last it said: title: A page that may crash"
    assert (ended := ENGINE.conclude(7, "")) is not None
    assert ended.said == "exit code 7"
