"""Under which new names an agent may begin to speak."""

import pytest

from dispatchd.application.requests.planning import plan
from dispatchd.application.requests.request import Request, Verb
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import IntroduceAgent
from dispatchd.domain.errors import Rejected
from tests.fakes.board_double import ASH, BoardDouble, by, draw


@pytest.fixture
def board() -> BoardDouble:
    return BoardDouble()


@pytest.mark.parametrize(
    ("name", "meant"), [("ahs", "ash"), ("as", "ash"), ("rwoan", "rowan"), ("rowann", "rowan")]
)
def test_a_slip_in_an_agents_name_makes_no_agent(board: BoardDouble, name: str, meant: str) -> None:
    board.add(Agent(name="ash"))
    board.add(Agent(name="rowan"))
    request = Request(verb=Verb.TELL, speaker=name, arguments={"text": "hello"})
    with pytest.raises(Rejected, match=f"did you mean {meant}"):
        plan(board.work, request, by(ASH), draw)


@pytest.mark.parametrize("name", ["ash-2", "ash2", "ashley", "elm", "oak"])
def test_a_name_of_its_own_is_no_slip(board: BoardDouble, name: str) -> None:
    board.add(Agent(name="ash"))
    board.add(Agent(name="elf"))
    request = Request(verb=Verb.TELL, speaker=name, arguments={"text": "hello"})
    assert plan(board.work, request, by(ASH), draw)[0] == IntroduceAgent(agent=Agent(name=name, paused=True))
