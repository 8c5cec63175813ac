"""A play that waits for leave goes on where it was cut off, so that it does not matter when somebody answers."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from dispatchd.adapters.agents.scripted import ScriptedEngine
from dispatchd.application.ports.agent_engine import AnswerPermission, TurnSpec
from dispatchd.application.ports.agent_events import AgentEvent, PermissionAsked, TurnEnded
from dispatchd.domain.agent_run import RunOutcome
from tests.adapters.agents.replaying import TURN

ENGINE = ScriptedEngine()
SCRIPT = """\
```toml script
[[turn]]
step = [
  { run = "echo begun >> story" },
  { run = "echo allowed >> story", ask_first = true },
  { run = "echo after >> story" },
]

[[turn]]
step = [{ run = "echo second >> story" }]
```
"""
YES = AnswerPermission(request="p2", allowed=True)
YES_AFTERWARDS = AnswerPermission(request="p1", allowed=True)
LATER = AnswerPermission(request="p2", allowed=False, why="A person will answer.", later=True)
STILL_LATER = replace(LATER, request="p1")
NO = AnswerPermission(request="p2", allowed=False, why="A person has denied it.")
NO_AFTERWARDS = replace(NO, request="p1")


@pytest.fixture
def turn(tmp_path: Path) -> TurnSpec:
    home = tmp_path / "home"
    return replace(TURN, prompt=SCRIPT, home=home, scratch=tmp_path / "scratch")


def play(turn: TurnSpec, *answers: AnswerPermission) -> Sequence[AgentEvent]:
    """One turn in a process of its own, told *answers*; a first one where *turn* names no session."""
    plan = ENGINE.plan(turn)
    for path, content in plan.files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    told = b"".join(line for each in answers for line in ENGINE.encode(each, "") or ())
    done = subprocess.run(
        plan.argv, input=told, capture_output=True, cwd=turn.home.parent, check=True, timeout=60
    )
    return [event for line in done.stdout.splitlines() for event in ENGINE.decode(line, "").events]


def going_on(turn: TurnSpec) -> TurnSpec:
    return replace(turn, session=turn.fresh_session, prompt="# Answer to: run")


def story(turn: TurnSpec) -> list[str]:
    return (turn.home.parent / "story").read_text(encoding="utf-8").split()


def end_of(events: Sequence[AgentEvent]) -> TurnEnded:
    (end,) = (each for each in events if isinstance(each, TurnEnded))
    return end


def test_leave_given_at_once_lets_the_turn_go_on(turn: TurnSpec) -> None:
    play(turn, YES)
    play(going_on(turn))
    assert story(turn) == ["begun", "allowed", "after", "second"]


def test_leave_given_later_plays_the_rest_of_the_turn_that_was_cut_off_and_nothing_twice(
    turn: TurnSpec,
) -> None:
    cut = play(turn, LATER)
    assert end_of(cut).outcome is RunOutcome.OK
    assert story(turn) == ["begun"]
    again = play(going_on(turn), STILL_LATER)
    assert [each.command for each in again if isinstance(each, PermissionAsked)] == ["echo allowed >> story"]
    assert story(turn) == ["begun"]
    play(going_on(turn), YES_AFTERWARDS)
    assert story(turn) == ["begun", "allowed", "after"]
    play(going_on(turn))
    assert story(turn) == ["begun", "allowed", "after", "second"]


@pytest.mark.parametrize("wait_first", [False, True])
def test_a_denial_ends_the_turn_whenever_it_comes(turn: TurnSpec, wait_first: bool) -> None:
    if wait_first:
        play(turn, LATER)
    denied = play(going_on(turn), NO_AFTERWARDS) if wait_first else play(turn, NO)
    assert end_of(denied).said == "A person has denied it."
    play(going_on(turn))
    assert story(turn) == ["begun", "second"]


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_a_step_that_may_be_denied_waits_for_its_answer_too(turn: TurnSpec, answer: str) -> None:
    turn = replace(turn, prompt=SCRIPT.replace("ask_first = true", "ask_first = true, may_fail = true"))
    play(turn, LATER)
    assert story(turn) == ["begun"]
    play(going_on(turn), YES_AFTERWARDS if answer == "yes" else NO_AFTERWARDS)
    assert story(turn) == ["begun", *(["allowed"] if answer == "yes" else []), "after"]


def test_a_play_that_was_kept_by_an_older_version_goes_on(turn: TurnSpec) -> None:
    play(turn, NO)
    kept = turn.home / ".scripted" / f"{turn.fresh_session}.json"
    assert json.loads(kept.read_text(encoding="utf-8")) == {"next": 1}
    play(going_on(turn))
    assert story(turn) == ["begun", "second"]
