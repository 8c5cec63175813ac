"""What every engine keeps to, whatever program it drives: pure plans, nobody's words as options, no line that raises."""

import json
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatchd.application.ports.agent_engine import (
    AgentEngine,
    AnswerPermission,
    AnswerQuestion,
    Control,
    Interrupt,
    LaunchPlan,
)
from dispatchd.application.ports.agent_events import AgentEvent, TurnEnded
from dispatchd.composition.agents import engines
from tests.adapters.agents.replaying import TURN, processes, recorded, replay

ENGINES = engines()
EVIL = "--dangerously-skip-everything"
CONTROLS: tuple[Control, ...] = (
    Interrupt(),
    AnswerPermission(request="0", allowed=True),
    AnswerPermission(request="0", allowed=False, why="no"),
    AnswerPermission(request="0", allowed=False, why="later", later=True),
    AnswerQuestion(request="0", text="yes"),
    AnswerQuestion(request="0"),
)
every_engine = pytest.mark.parametrize("engine", ENGINES.values(), ids=list(ENGINES))
few = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@every_engine
def test_the_same_turn_gives_the_same_plan(engine: AgentEngine) -> None:
    assert engine.plan(TURN) == engine.plan(TURN)
    for turn in (TURN, replace(TURN, session="s-1"), replace(TURN, contained=False)):
        _assert_can_be_carried_out(engine.plan(turn))


def _assert_can_be_carried_out(plan: LaunchPlan) -> None:
    assert all("\0" not in word for word in plan.argv)
    for path in plan.files:
        assert path.is_relative_to(TURN.home) or path.is_relative_to(TURN.scratch)
    assert not any(PurePath(each).is_absolute() or ".." in PurePath(each).parts for each in plan.credentials)
    if plan.memory:
        assert isinstance(json.loads(plan.memory), dict)


@every_engine
@pytest.mark.parametrize("place", ["prompt", "system", "issue", "agent", "session", "fresh_session", "model"])
def test_no_words_of_others_are_ever_an_option(engine: AgentEngine, place: str) -> None:
    planted: dict[str, Any] = {place: EVIL}
    turn = replace(replace(TURN, session="s-1", model="m"), **planted)
    assert EVIL not in engine.plan(turn).argv


@every_engine
def test_an_engine_says_by_which_name_a_card_calls_it(engine: AgentEngine) -> None:
    assert ENGINES[engine.name] is engine
    assert all("/" not in each for each in engine.programs)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just("0"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "type", "subtype", "method", "id", "params", "result", "error", "update", "sessionUpdate", "message",
                    "content", "item", "usage", "request", "request_id", "toolCall", "options", "sessionId", "rawInput",
                    "input_tokens", "total_cost_usd", "rate_limit_info", "resetsAt", "status", "stopReason", "locations",
                ]
            ),
            inner
            | st.sampled_from(
                ["system", "assistant", "result", "control_request", "can_use_tool", "rejected", "session/update",
                 "session/request_permission", "tool_call", "item.completed", "turn.completed", "rate_limit_event"]
            ),
            max_size=6,
        )
    ),
    max_leaves=25,
)  # fmt: skip


@every_engine
@few
@given(said=JSON, garbage=st.binary(max_size=40), memory=st.text(max_size=20) | JSON.map(json.dumps))
def test_no_line_and_no_memory_raises(engine: AgentEngine, said: object, garbage: bytes, memory: str) -> None:
    for line in (json.dumps(said).encode(), garbage, json.dumps({"type": "result", "usage": said}).encode()):
        decoded = engine.decode(line, memory)
        _assert_can_be_kept(decoded.events, decoded.memory)
        for control in CONTROLS:
            engine.encode(control, decoded.memory)
    engine.conclude(1, memory)


def _assert_can_be_kept(events: tuple[AgentEvent, ...], memory: str) -> None:
    for each in events:
        repr(each).encode()
    memory.encode()


HARD = (
    b"x" * (12 << 20),
    b'{"type":"assistant","message":{"content":[{"type":"text","text":"' + b"y" * (12 << 20) + b'"}]}}',
    b'{"a":' * 100_000,
    b'{"type":' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"type":"control_request","request_id":"r","request":{"subtype":"can_use_tool","input":'
    + b'{"a":' * 400
    + b"1"
    + b"}" * 400
    + b"}}",
    b'{"type":"result","total_cost_usd":NaN,"session_id":"\\ud800","result":"\\ud83d","usage":{"input_tokens":1e999}}',
    b'{"type":"result","total_cost_usd":1e308,"usage":{"input_tokens":' + b"9" * 400 + b"}}",
    b'{"type":"rate_limit_event","rate_limit_info":{"status":"rejected","resetsAt":9007199254740991}}',
    b'{"jsonrpc":"2.0","id":"\\udfff","method":"session/request_permission","params":{}}',
    b"\xff\xfe\x00",
    b"",
)


@every_engine
@pytest.mark.parametrize("line", HARD, ids=range(len(HARD)))
def test_a_line_that_is_hard_to_bear_is_borne(engine: AgentEngine, line: bytes) -> None:
    for memory in ("", engine.plan(TURN).memory):
        decoded = engine.decode(line, memory)
        for each in decoded.events:
            _assert_is_text(each)
        assert len(decoded.memory) < 64 << 10
        engine.encode(Interrupt(), decoded.memory)


def _assert_is_text(event: AgentEvent) -> None:
    for name in event.__dataclass_fields__:
        value = getattr(event, name)
        if isinstance(value, str):
            value.encode()


@every_engine
@pytest.mark.parametrize(
    "name", ["claude1", "codex_r1", "acp_opencode", "acp_claude-agent-acp", "opencode1", "vibe_p"]
)
def test_a_turn_ends_once_however_often_its_end_is_told(engine: AgentEngine, name: str) -> None:
    lines = [line for part in processes(recorded(name)) for line in part]
    events, _, _ = replay(engine, [*lines, *lines], engine.plan(TURN).memory)
    assert sum(isinstance(each, TurnEnded) for each in events) <= 1


@every_engine
def test_an_engine_that_can_interrupt_has_words_for_it(engine: AgentEngine) -> None:
    sample = "acp_claude-agent-acp" if engine.name.startswith("acp:") else "claude1"
    _, _, memory = replay(engine, list(recorded(sample))[:4], engine.plan(TURN).memory)
    words = engine.encode(Interrupt(), memory)
    if engine.name == "acp:gemini":
        return  # it logs in first, which the recording does not
    assert bool(words) is engine.abilities.interrupt
    assert all(line.endswith(b"\n") for line in words or ())
