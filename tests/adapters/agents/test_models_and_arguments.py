"""What a card says of the model and of more arguments reaches the program, in its own words, and nothing else does."""

from dataclasses import replace

import pytest

from dispatchd.adapters.agents.acp import AcpEngine
from dispatchd.adapters.agents.acp_profiles import PROFILES
from dispatchd.adapters.agents.claude import ClaudeEngine
from dispatchd.adapters.agents.codex import CodexEngine
from dispatchd.adapters.agents.command import CommandEngine
from dispatchd.adapters.agents.scripted import ScriptedEngine
from dispatchd.application.ports.agent_engine import AgentEngine
from tests.adapters.agents.replaying import TURN

ENGINES: tuple[AgentEngine, ...] = (
    ScriptedEngine(),
    ClaudeEngine(),
    CodexEngine(),
    CommandEngine(),
    *(AcpEngine(profile) for profile in PROFILES),
)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_engine_says_truly_whether_it_can_be_told_a_model(engine: AgentEngine) -> None:
    silent, told = engine.plan(TURN), engine.plan(replace(TURN, model="great-one"))
    changed = (silent.argv, silent.environment) != (told.argv, told.environment)
    assert changed is engine.abilities.models
    if changed:
        assert any("great-one" in each for each in (*told.argv, *told.environment.values()))


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_an_engine_says_truly_whether_it_takes_more_arguments(engine: AgentEngine) -> None:
    told = engine.plan(replace(TURN, arguments=("--effort", "high one")))
    assert (_pair(told.argv) == ("--effort", "high one")) is engine.abilities.arguments


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.name)
def test_a_model_that_looks_like_an_option_is_none(engine: AgentEngine) -> None:
    assert "--dangerous" not in engine.plan(replace(TURN, model="--dangerous")).argv


def _pair(argv: tuple[str, ...]) -> tuple[str, ...]:
    if "--effort" not in argv:
        return ()
    at = argv.index("--effort")
    return argv[at : at + 2]
