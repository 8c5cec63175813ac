"""Agents of the Agent Client Protocol: recorded ones replayed whole, and the handshake as the protocol's own schema reads it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from acp import schema

from dispatchd.adapters.agents.acp import AcpEngine
from dispatchd.adapters.agents.acp_leave import needs_no_leave
from dispatchd.adapters.agents.acp_profiles import PROFILES, AcpProfile
from dispatchd.application.ports.agent_engine import AnswerPermission, Interrupt
from dispatchd.application.ports.agent_events import (
    PermissionAsked,
    Said,
    SessionStarted,
    ToolCalled,
    TurnEnded,
    Used,
)
from dispatchd.domain.agent_run import RunOutcome, Spent
from tests.adapters.agents.replaying import TURN, processes, recorded, replay

ENGINES = {profile.key: AcpEngine(profile) for profile in PROFILES}
PLAIN = AcpEngine(AcpProfile(key="plain", argv=("plain",)))
OUTSIDE = replace(TURN, contained=False)
RESUMED = replace(OUTSIDE, session="an-earlier-one")
ENDS: dict[str, list[list[RunOutcome]]] = {
    "acp_claude-agent-acp": [[RunOutcome.OK]],
    "acp_claude-code-acp_fs": [[RunOutcome.OK]],
    "acp_cline": [[RunOutcome.FAILED_TO_START]],
    "acp_codex-acp": [[RunOutcome.OK]],
    "acp_copilot": [[RunOutcome.FAILED_TO_START]],
    "acp_elicit_claude": [[RunOutcome.OK]],
    "acp_gemini": [[RunOutcome.OK]],
    "acp_kimi": [[]],
    "acp_mcp_claude-agent-acp": [[], [RunOutcome.OK]],
    "acp_mcp_codex-acp": [[], [RunOutcome.OK]],
    "acp_mcp_gemini": [[], []],
    "acp_mcp_opencode": [[], [RunOutcome.OK]],
    "acp_mcp_qwen": [[RunOutcome.OK], [RunOutcome.OK]],
    "acp_opencode": [[RunOutcome.OK]],
    "acp_openhands": [[RunOutcome.FAILED_TO_START]],
    "acp_qwen": [[RunOutcome.OK]],
    "acp_vibe": [[RunOutcome.OK]],
}
"""How the first turn of each process in a recording ended; empty: it was killed before it did, or never began."""


def engine_of(name: str) -> AcpEngine:
    return ENGINES["gemini"] if name == "acp_mcp_gemini" else PLAIN


@pytest.mark.parametrize("name", sorted(ENDS))
def test_a_recorded_agent_of_the_protocol_ends_as_it_did(name: str) -> None:
    engine = engine_of(name)
    ends = []
    for number, lines in enumerate(processes(recorded(name))):
        turn = RESUMED if number else OUTSIDE
        events, _, _ = replay(engine, lines, engine.plan(turn).memory)
        ends.append([each.outcome for each in events if isinstance(each, TurnEnded)])
    assert ends == ENDS[name]


def test_the_handshake_is_what_the_protocol_describes() -> None:
    plan = PLAIN.plan(OUTSIDE)
    schema.InitializeRequest.model_validate(_params(plan.first_lines[0], "initialize"))
    _, replies, memory = replay(PLAIN, list(recorded("acp_claude-agent-acp"))[:2], plan.memory)
    new, prompt = replies
    asked = schema.NewSessionRequest.model_validate(_params(new, "session/new"))
    assert asked.cwd == str(TURN.folder)
    (server,) = asked.mcp_servers
    assert isinstance(server, schema.McpServerStdio)
    assert (server.command, server.args) == ("python", ["-m", "dispatchd", "mcp"])
    said = schema.PromptRequest.model_validate(_params(prompt, "session/prompt"))
    assert said.session_id == "6686a5c5-b742-4e58-b085-1ef63e4e4718"
    assert isinstance(said.prompt[0], schema.TextContentBlock)
    assert said.prompt[0].text == "You are ash.\n\n---\n\nDo it."
    assert "Do it." not in memory


def test_a_conversation_is_taken_up_and_what_it_tells_of_the_past_is_not_heard_again() -> None:
    past, present = processes(recorded("acp_mcp_claude-agent-acp"))
    turn = replace(OUTSIDE, session="f46bd0e9-f1f0-4efd-9264-4fc1746994cd")
    events, replies, _ = replay(PLAIN, present, PLAIN.plan(turn).memory)
    load = schema.LoadSessionRequest.model_validate(_params(replies[0], "session/load"))
    assert load.session_id == turn.session
    prompt = _params(replies[1], "session/prompt")
    assert prompt["prompt"] == [{"type": "text", "text": "Do it."}]
    started = next(place for place, each in enumerate(events) if isinstance(each, SessionStarted))
    assert started == 0
    assert past
    assert any(isinstance(each, ToolCalled) for each in events)


def test_a_conversation_that_is_lost_is_begun_again_with_everything_told() -> None:
    _, present = processes(recorded("acp_mcp_gemini"))
    engine = ENGINES["gemini"]
    memory = engine.plan(replace(OUTSIDE, session="b30a65fa-a024-4aa6-a2a9-9f8dfa7c8316")).memory
    events, replies, memory = replay(engine, present, memory)
    assert [json.loads(each)["method"] for each in replies] == ["authenticate", "session/load", "session/new"]
    again = {"jsonrpc": "2.0", "id": 3, "result": {"sessionId": "another"}}
    events, (prompt,), _ = replay(engine, [json.dumps(again).encode()], memory)
    assert events == [SessionStarted(session="another")]
    text = _params(prompt, "session/prompt")["prompt"][0]["text"]
    assert text.startswith("You are ash.")
    assert "Your earlier conversation is lost" in text
    assert text.endswith("Do it.")


@pytest.mark.parametrize(
    ("name", "yes", "no"),
    [
        ("acp_claude-agent-acp", "allow", "reject"),
        ("acp_codex-acp", "approved", "abort"),
        ("acp_gemini", "proceed_once", "cancel"),
        ("acp_opencode", "once", "reject"),
        ("acp_qwen", "proceed_once", "cancel"),
        ("acp_vibe", "allow_once", "reject_once"),
    ],
)
def test_leave_is_given_by_the_kind_of_an_option_and_never_for_always(name: str, yes: str, no: str) -> None:
    memory, asked = _until_asked(PLAIN, name, OUTSIDE)
    for allowed, option in ((True, yes), (False, no)):
        (line,) = PLAIN.encode(AnswerPermission(request=asked.request, allowed=allowed), memory) or ()
        response = schema.RequestPermissionResponse.model_validate(json.loads(line)["result"])
        assert isinstance(response.outcome, schema.AllowedOutcome)
        assert response.outcome.option_id == option


def test_a_request_for_leave_says_the_command_or_the_file() -> None:
    _, asked = _until_asked(PLAIN, "acp_codex-acp", OUTSIDE)
    assert asked.command == "printf '%s' 'written by stub\n' > stub_file.txt"
    _, asked = _until_asked(PLAIN, "acp_claude-agent-acp", OUTSIDE)
    assert (asked.tool, asked.command) == ("Write", "")
    assert asked.paths == ("/home/dev/ws/acp-319432/stub_file.txt",)
    _, asked = _until_asked(PLAIN, "acp_vibe", OUTSIDE)
    assert "stub_shell.txt" in asked.command


def test_inside_a_cell_its_own_files_need_no_leave_and_commands_do() -> None:
    engine = ENGINES["claude"]
    events, replies, _ = replay(engine, recorded("acp_claude-agent-acp"), engine.plan(TURN).memory)
    asked = [each for each in events if isinstance(each, PermissionAsked)]
    assert [each.command for each in asked] == ["echo hello-from-stub > stub_shell.txt"]
    given = json.loads(replies[2])
    assert given["result"]["outcome"] == {"outcome": "selected", "optionId": "allow"}
    elsewhere = replace(TURN, folder=TURN.home)
    events, _, _ = replay(engine, recorded("acp_claude-agent-acp"), engine.plan(elsewhere).memory)
    assert len([each for each in events if isinstance(each, PermissionAsked)]) == 2


def test_a_turn_is_cancelled_together_with_what_it_waits_for() -> None:
    memory, asked = _until_asked(PLAIN, "acp_gemini", OUTSIDE)
    stop, answer = PLAIN.encode(Interrupt(), memory) or ()
    assert _params(stop, "session/cancel") == {"sessionId": "cb37368c-f23b-4812-8c9e-656c02f28473"}
    assert json.loads(answer) == {"jsonrpc": "2.0", "id": 0, "result": {"outcome": {"outcome": "cancelled"}}}
    assert asked.request == "0"
    assert PLAIN.encode(Interrupt(), "") is None


def test_what_it_was_never_offered_is_refused() -> None:
    lines = list(recorded("acp_opencode"))
    _, replies, _ = replay(PLAIN, lines, PLAIN.plan(OUTSIDE).memory)
    refused = [json.loads(each) for each in replies if b"error" in each]
    assert [(each["id"], each["error"]["code"]) for each in refused] == [(1, -32601)]


def test_words_in_pieces_are_one_saying() -> None:
    events, _, _ = replay(PLAIN, recorded("acp_claude-agent-acp"), PLAIN.plan(OUTSIDE).memory)
    assert [each.text for each in events if isinstance(each, Said)] == ["All done by stub."]
    assert [each.said for each in events if isinstance(each, TurnEnded)] == ["All done by stub."]


def test_tokens_are_counted_for_the_turn_alone() -> None:
    vibe = ENGINES["vibe"]
    turn = replace(OUTSIDE, session="s", spent_before=Spent(read=20, written=40))
    memory = vibe.plan(turn).memory
    events, _, _ = replay(vibe, recorded("acp_vibe"), memory)
    (used,) = (each for each in events if isinstance(each, Used))
    assert used.spent == Spent(read=10, written=20)
    events, _, _ = replay(PLAIN, recorded("acp_gemini"), PLAIN.plan(OUTSIDE).memory)
    assert [each.spent for each in events if isinstance(each, Used)] == [Spent(read=30, written=60)]


def _until_asked(engine: AcpEngine, name: str, turn: Any) -> tuple[str, PermissionAsked]:
    memory = engine.plan(turn).memory
    for line in recorded(name):
        decoded = engine.decode(line, memory)
        memory = decoded.memory
        asked = [each for each in decoded.events if isinstance(each, PermissionAsked)]
        if asked:
            return memory, asked[0]
    raise AssertionError("it asks nothing")


def _params(line: bytes, method: str) -> dict[str, Any]:
    said = json.loads(line)
    assert said["method"] == method
    assert line.endswith(b"\n")
    params: dict[str, Any] = said["params"]
    return params


@pytest.mark.parametrize("command", ["git add -A", "git commit -qm 'A word'", "git diff HEAD"])
def test_git_on_its_own_branch_needs_no_leave_inside_a_cell(command: str) -> None:
    call = {"kind": "execute", "title": command}
    assert needs_no_leave(call, {"command": command}, "/clone")


@pytest.mark.parametrize(
    "command",
    [
        "git push",
        "git",
        "git add -A && make",
        "git log > /elsewhere",
        'git commit -m "$(make)"',
        "git 'add",
        "touch x",
    ],
)
def test_any_other_command_is_asked_also_when_it_is_named_like_a_tool_of_ours(command: str) -> None:
    call = {"kind": "execute", "title": f"{command} (dispatchd MCP Server)"}
    assert not needs_no_leave(call, {"command": command, "server": "dispatchd"}, "/clone")


@pytest.mark.parametrize(
    ("call", "known"),
    [
        ({"kind": "other", "title": "ask_human (dispatchd MCP Server)"}, {}),
        ({"title": "Approve MCP tool call"}, {"server": "dispatchd"}),
        ({"kind": "other", "title": "dispatchd_ask_human"}, {}),
    ],
    ids=["gemini", "codex", "opencode"],
)
def test_our_own_tools_need_no_leave(call: dict[str, str], known: dict[str, str]) -> None:
    assert needs_no_leave(call, known, "/clone")
    assert not needs_no_leave({"title": "Approve MCP tool call"}, {"server": "another"}, "/clone")


def test_inside_a_cell_codex_leaves_its_own_sandbox_off_and_asks() -> None:
    assert "sandbox_mode=danger-full-access" in ENGINES["codex"].plan(TURN).argv
    assert "approval_policy=untrusted" in ENGINES["codex"].plan(TURN).argv
    assert ENGINES["codex"].plan(OUTSIDE).argv == ("codex-acp",)


@pytest.mark.parametrize("name", ["acp_mcp_claude-agent-acp", "acp_mcp_opencode", "acp_mcp_codex-acp"])
def test_who_only_reads_a_transcript_hears_its_turn_to_the_end(name: str) -> None:
    _, present = processes(recorded(name))
    events, _, _ = replay(PLAIN, present, "")
    assert [each.outcome for each in events if isinstance(each, TurnEnded)] == [RunOutcome.OK]
