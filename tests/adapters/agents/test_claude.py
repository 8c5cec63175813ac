"""Claude Code's lines: recorded ones replayed whole, and what each kind comes to."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatchd.adapters.agents.claude import ClaudeEngine
from dispatchd.application.ports.agent_engine import AnswerPermission, AnswerQuestion, Interrupt, TurnSpec
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    Malformed,
    PermissionAsked,
    QuestionAsked,
    RateLimited,
    SessionStarted,
    TurnEnded,
    Used,
)
from dispatchd.domain.agent_run import RunOutcome

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "agents"
ENGINE = ClaudeEngine()
ENDS: dict[str, RunOutcome | None] = {
    "claude1": RunOutcome.OK,
    "claude_bare": RunOutcome.OK,
    "claude_cfgdir": RunOutcome.OK,
    "claude_default": RunOutcome.OK,
    "claude_err401": RunOutcome.FAILED_TO_START,
    "claude_err500": RunOutcome.API_ERROR,
    "claude_nokey": RunOutcome.FAILED_TO_START,
    "claude_outside": RunOutcome.OK,
    "claude_resume_unrelated": RunOutcome.AGENT_ERROR,
    "claude_sdk_bundled": RunOutcome.OK,
    "claude_skip_sandbox": RunOutcome.OK,
    "claude_strace": RunOutcome.OK,
    "claude_strace_quiet": RunOutcome.OK,
    "claude_trunc": RunOutcome.OK,
    "bidi_ask_answered": RunOutcome.OK,
    "bidi_interrupt_pending_perm": RunOutcome.AGENT_ERROR,
    "bidi_interrupt_shell": RunOutcome.AGENT_ERROR,
    "bidi_kill9": None,
    "bidi_kill9_resume": RunOutcome.OK,
    "bidi_perm_allow": RunOutcome.OK,
    "bidi_resume_othercwd": RunOutcome.OK,
    "mcp_human5": RunOutcome.OK,
    "mcp_broken": RunOutcome.OK,
    "mcp_permprompt": RunOutcome.OK,
    "bidi_ask_noprompt": RunOutcome.OK,
    "bidi_hooks": RunOutcome.OK,
    "bidi_mcp_status": RunOutcome.OK,
    "bidi_multi": RunOutcome.OK,
    "mcp_human70": RunOutcome.OK,
    "mcp_human_long": RunOutcome.OK,
    "mcp_human_noallow": RunOutcome.OK,
    "mcp_human_timeout": RunOutcome.OK,
    "mcp_slow_MCPCONNECTIONNONBLOCKING0": RunOutcome.OK,
    "mcp_slow_MCPCONNECTIONNONBLOCKINGfalse": RunOutcome.OK,
    "mcp_slow_X1": RunOutcome.OK,
    "mcp_slow_alwaysload": RunOutcome.OK,
    "mcp_slow_ct": RunOutcome.OK,
    "qwen1": RunOutcome.OK,
    "sig_2": RunOutcome.AGENT_ERROR,
    "sig_9": None,
    "sig_15": None,
}
"""How each recorded turn ended; None: its process was killed before it said so."""


def lines_of(name: str) -> Iterator[bytes]:
    path = SAMPLES / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the recorded lines of real programs are not here")
    for line in path.read_bytes().splitlines():
        if not name.startswith("bidi"):
            yield line
            continue
        heard = json.loads(line)
        if heard["dir"] == "<":
            yield json.dumps(heard["m"]).encode()


def replay(lines: Iterator[bytes]) -> list[AgentEvent]:
    memory = ""
    events: list[AgentEvent] = []
    for line in lines:
        decoded = ENGINE.decode(line, memory)
        memory = decoded.memory
        events += decoded.events
    return events


@pytest.mark.parametrize("name", sorted(ENDS))
def test_a_recorded_turn_ends_as_it_did(name: str) -> None:
    events = replay(lines_of(name))
    ends = [each.outcome for each in events if isinstance(each, TurnEnded)]
    wanted = ENDS[name]
    assert ends == ([] if wanted is None else [wanted])
    assert not [each for each in events if isinstance(each, Malformed)]
    assert any(isinstance(each, SessionStarted) for each in events)


def test_a_permission_is_asked_with_its_command_and_answered_with_its_input() -> None:
    asked = {
        "type": "control_request",
        "request_id": "r1",
        "request": {
            "subtype": "can_use_tool",
            "tool_name": "Bash",
            "input": {"command": "make", "description": "d"},
        },
    }
    decoded = ENGINE.decode(json.dumps(asked).encode(), "")
    assert decoded.events == (PermissionAsked(request="r1", tool="Bash", command="make"),)
    (line,) = ENGINE.encode(AnswerPermission(request="r1", allowed=True), decoded.memory) or ()
    response = json.loads(line)["response"]["response"]
    assert response == {"behavior": "allow", "updatedInput": {"command": "make", "description": "d"}}
    (line,) = ENGINE.encode(AnswerPermission(request="r1", allowed=False, why="no"), decoded.memory) or ()
    assert json.loads(line)["response"]["response"] == {"behavior": "deny", "message": "no"}


def test_its_own_question_is_answered_or_put_off() -> None:
    given = {"questions": [{"question": "Which?", "options": [{"label": "A"}, {"label": "B"}]}]}
    asked = {
        "type": "control_request",
        "request_id": "r2",
        "request": {"subtype": "can_use_tool", "tool_name": "AskUserQuestion", "input": given},
    }
    decoded = ENGINE.decode(json.dumps(asked).encode(), "")
    assert decoded.events == (QuestionAsked(request="r2", text="Which?", options=("A", "B")),)
    (line,) = ENGINE.encode(AnswerQuestion(request="r2", text="A"), decoded.memory) or ()
    assert json.loads(line)["response"]["response"]["updatedInput"]["answers"] == {"Which?": "A"}
    (line,) = ENGINE.encode(AnswerQuestion(request="r2"), decoded.memory) or ()
    assert json.loads(line)["response"]["response"]["behavior"] == "deny"


def test_money_and_tokens_are_read_from_the_result() -> None:
    result = {
        "type": "result",
        "is_error": False,
        "result": "Done.",
        "session_id": "s",
        "total_cost_usd": 0.0123,
        "usage": {
            "input_tokens": 10,
            "cache_creation_input_tokens": 5,
            "cache_read_input_tokens": 7,
            "output_tokens": 3,
        },
    }
    used = next(
        each for each in ENGINE.decode(json.dumps(result).encode(), "").events if isinstance(each, Used)
    )
    assert (used.spent.read, used.spent.cached, used.spent.written, used.spent.micros) == (15, 7, 3, 12300)


def test_a_rate_limit_says_until_when() -> None:
    told = {"type": "rate_limit_event", "rate_limit_info": {"status": "rejected", "resetsAt": 1795245200}}
    (limited,) = ENGINE.decode(json.dumps(told).encode(), "").events
    assert isinstance(limited, RateLimited)
    assert limited.resets_at is not None


@pytest.mark.parametrize(
    "line",
    [b"", b"not json", b"[1]", b"\xff\xfe", b'{"type": 7}', b'{"type":"assistant","message":3}', b"{" * 5000],
)
def test_no_line_whatever_raises(line: bytes) -> None:
    ENGINE.decode(line, "")
    ENGINE.decode(line, "not json either")


def test_words_of_others_are_never_taken_for_options() -> None:
    turn = TurnSpec(
        run="i-7k2m.1",
        agent="ash",
        issue="i-7k2m",
        prompt="--dangerously-skip-permissions",
        system="--evil",
        folder=Path("/clone"),
        home=Path("/home/ash"),
        scratch=Path("/work"),
        fresh_session="11111111-1111-4111-8111-111111111111",
        tools_command=("python", "-m", "dispatchd", "mcp"),
    )
    plan = ENGINE.plan(turn)
    assert "--append-system-prompt=--evil" in plan.argv
    assert not any(argument.startswith("--dangerously") for argument in plan.argv)
    assert b"--dangerously-skip-permissions" in plan.first_lines[0]
    again = ENGINE.plan(turn)
    assert again == plan


def test_an_interrupt_is_a_line() -> None:
    (line,) = ENGINE.encode(Interrupt(), "") or ()
    assert json.loads(line)["request"] == {"subtype": "interrupt"}
