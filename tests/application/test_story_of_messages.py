"""An agent tells another, or people, something: that needs no answer, and holds nobody up."""

from dataclasses import replace
from typing import Any

import pytest

from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.speaking import speak
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import AgentRun, Occasion
from dispatchd.domain.command import Command
from dispatchd.domain.due_turns import MOST_IDLE, Due, Waits
from dispatchd.domain.run_command import BounceWork, StartRun
from tests.application.flow_world import ISSUE, PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run


class GoingOn(FlowWorld):
    """Each turn is one that goes on, as after one that came to nothing."""

    def daemon(self, *commands: Command) -> None:
        goes_on = [
            replace(each, occasion=Occasion.GO_ON) if isinstance(each, StartRun) else each
            for each in commands
        ]
        super().daemon(*goes_on)


@pytest.fixture
def way(world: World) -> FlowWorld:
    way = GoingOn(world, "plain")
    world.edit(PATH, "workflow: plain\n", "")
    world.settle()
    return way


def says(way: FlowWorld, turn: AgentRun, verb: str, **words: Any) -> str:
    """The thread that comes of it."""
    done = run(speak(way.desk, turn.id, verb, words))
    return str(done.get("thread") or done["subject"])


def comes_back(way: FlowWorld) -> None:
    way.daemon(BounceWork(issue=ISSUE, why="conflict", findings="Both changed code.", most=3))


def due(way: FlowWorld) -> Due | Waits:
    def look(work: Any) -> Due | Waits:
        return due_of(work, work.issue(ISSUE))

    return way.world.store.look(look)


TOLD = [
    ("send_message", {"text": "hello", "to": "oak"}),
    ("send_message", {"text": "hello", "to": "ash"}),
    ("send_message", {"text": "hello", "to": "alice"}),
    ("send_message", {"text": "hello"}),
    ("request_review", {}),
]


@pytest.mark.parametrize(("verb", "words"), TOLD)
def test_who_told_something_goes_on_when_the_work_comes_back(
    way: FlowWorld, verb: str, words: dict[str, str]
) -> None:
    turn = way.start("ash")
    says(way, turn, verb, **words)
    way.submit(turn, {"code": "new"})
    way.end(turn)
    comes_back(way)
    assert due(way) == Due(occasion=Occasion.BOUNCE)


def test_a_question_beside_a_message_is_still_waited_for(way: FlowWorld) -> None:
    turn = way.start("ash")
    asked = says(way, turn, "ask_human", question="Which hash?")
    says(way, turn, "send_message", text="I have asked.", to="oak")
    way.end(turn)
    assert due(way) == Waits(why=f"it waits for an answer to {asked}")


def test_a_turn_that_only_told_something_does_not_go_on_for_ever(way: FlowWorld) -> None:
    for _ in range(MOST_IDLE):
        turn = way.start("ash")
        says(way, turn, "send_message", text="Nothing yet.", to="oak")
        way.end(turn)
    waits = due(way)
    assert isinstance(waits, Waits)
    assert waits.stuck


def test_what_is_answered_to_a_message_is_heard(way: FlowWorld) -> None:
    turn = way.start("ash")
    told = says(way, turn, "send_message", text="I take v2.", to="alice")
    way.end(turn)
    way.world.ask(Verb.ANSWER, thread=told, text="Take v3")
    assert due(way) == Due(occasion=Occasion.ANSWER)


def test_half_a_character_in_a_message_is_shown_as_what_it_is(way: FlowWorld) -> None:
    turn = way.start("ash")
    thread = says(way, turn, "send_message", text="half \ud83d of one", to="alice")
    way.world.settle()
    (path,) = [each for each in way.world.paths("inbox/") if thread in way.world.read(each)]
    assert "half <U+D83D> of one" in way.world.read(path)
