"""What a card says of its agent's engine: the model, and more arguments for the program."""

import pytest

from dispatchd.domain.agent import Agent
from tests.application.world import World

AGENT = "agents/ash/agent.md"
CARD = '---\nname: ash\nengine: claude\nmodel: great-one\narguments: --effort high --note="two words"\n---\n\nCard\n'
MALLORY = ("Mallory", "mallory@evil.example")


@pytest.fixture(autouse=True)
def _card(world: World) -> None:
    world.save(AGENT, CARD)
    world.settle()


def ash(world: World) -> Agent:
    agent = world.store.look(lambda work: work.agent("ash"))
    assert agent is not None
    return agent


def test_a_card_names_a_model_and_arguments_in_one_line(world: World) -> None:
    assert (ash(world).model, ash(world).arguments) == ("great-one", '--effort high --note="two words"')
    assert 'arguments: --effort high --note="two words"' in world.read(AGENT)


def test_a_line_that_is_taken_out_is_gone(world: World) -> None:
    world.save(AGENT, world.read(AGENT).replace("model: great-one\n", ""))
    world.settle()
    assert ash(world).model is None


def test_a_quote_without_an_end_is_refused_on_its_line(world: World) -> None:
    world.save(AGENT, world.read(AGENT).replace('words"', "words"))
    world.settle()
    assert "end the quote" in world.read(AGENT)
    assert ash(world).arguments == '--effort high --note="two words"'


def test_a_new_card_with_a_quote_without_an_end_is_an_agent_without_arguments(world: World) -> None:
    world.save("agents/elm/agent.md", "---\nname: elm\narguments: --note='x\n---\n\nCard\n")
    world.settle()
    elm = world.store.look(lambda work: work.agent("elm"))
    assert elm is not None
    assert elm.arguments is None
    assert "end the quote" in world.read("agents/elm/agent.md")


def test_arguments_are_no_strangers_to_write(world: World) -> None:
    text = world.read(AGENT).replace("--effort high", "--dangerously-skip-permissions")
    world.commit({AGENT: text}, MALLORY)
    world.settle()
    assert "dangerously" not in (ash(world).arguments or "")
