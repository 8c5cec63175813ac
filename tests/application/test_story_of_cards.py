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


def test_an_engine_that_nobody_knows_is_refused_on_its_line(world: World) -> None:
    world.edit(AGENT, "engine: claude", "engine: cluade")
    world.settle()
    assert ash(world).engine == "claude"
    assert 'did you mean claude? "cluade" is no engine' in world.read(AGENT)
    assert [problem.path for problem in world.problems()] == [AGENT]


@pytest.mark.parametrize("engine", ["codex", "acp:gemini", "command:mine", "scripted"])
def test_every_engine_and_every_command_may_be_named(world: World, engine: str) -> None:
    world.edit(AGENT, "engine: claude", f"engine: {engine}")
    world.settle()
    assert ash(world).engine == engine
    assert "dispatchd:" not in world.read(AGENT)


def test_a_new_card_with_an_engine_that_nobody_knows_names_none_until_it_is_mended(world: World) -> None:
    path = "agents/elm/agent.md"
    world.save(path, "---\nname: elm\nengine: cluade\n---\n\nCard\n")
    world.settle()
    elm = world.store.look(lambda work: work.agent("elm"))
    assert elm is not None
    assert elm.engine == ""
    assert "engine: cluade # dispatchd: did you mean claude?" in world.read(path)
    world.edit(path, "engine: cluade", "engine: claude")
    world.settle()
    elm = world.store.look(lambda work: work.agent("elm"))
    assert elm is not None
    assert elm.engine == "claude"
    assert "dispatchd:" not in world.read(path)


def test_an_engine_that_is_being_typed_is_not_answered(world: World) -> None:
    world.edit(AGENT, "engine: claude", "engine: acp")
    world.advance(10.0)
    assert "dispatchd:" not in world.read(AGENT)
