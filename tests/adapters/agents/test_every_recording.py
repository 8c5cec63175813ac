"""Every recording that there is, whole, cut and spoilt, for every engine: none may raise, and no turn ends twice."""

from collections.abc import Iterator

import pytest

from dispatchd.adapters.agents.acp import AcpEngine
from dispatchd.adapters.agents.acp_profiles import PROFILES
from dispatchd.adapters.agents.claude import ClaudeEngine
from dispatchd.adapters.agents.codex import CodexEngine
from dispatchd.adapters.agents.command import CommandEngine
from dispatchd.adapters.agents.scripted import ScriptedEngine
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.agent_events import TurnEnded
from tests.adapters.agents import test_acp, test_claude, test_codex
from tests.adapters.agents.replaying import SAMPLES, TURN, processes, recorded, replay

ENGINES: dict[str, AgentEngine] = {
    "claude": ClaudeEngine(),
    "codex": CodexEngine(),
    "command": CommandEngine(),
    "scripted": ScriptedEngine(),
    **{f"acp:{profile.key}": AcpEngine(profile) for profile in PROFILES},
}
OF_NO_ENGINE = frozenset(
    {
        *("gemini1", "st_gemini", "opencode1", "opencode_warm", "st_opencode", "pi1", "st_pi", "vibe_p"),
        *("mini1", "mini2", "mini3", "mini4"),
        *("hooks_PostToolUse", "hooks_PreToolUse", "hooks_SessionEnd", "hooks_SessionStart", "hooks_Stop"),
        "hooks_UserPromptSubmit",
    }
)
"""What the programs print in other ways than those by which we drive them, and what hooks of theirs are given."""
GARBAGE = (
    b"",
    b"npm warn deprecated",
    b"\xff\xfe\x00",
    b"[]",
    b"null",
    b"7",
    b"{}",
    b'{"type":',
    b'{"type": "result"',
    b'{"jsonrpc": "2.0", "id": 99, "result": null}',
    b'{"jsonrpc": "2.0", "id": {}, "method": "session/request_permission", "params": []}',
    b'{"jsonrpc": "2.0", "method": "session/update", "params": {"update": 3}}',
    b'{"type": "control_request", "request": []}',
    b'{"type": "item.completed", "item": null}',
    b"[" * 4000,
)
NAMES = sorted(path.stem for path in SAMPLES.glob("*.jsonl"))
pytestmark = pytest.mark.skipif(
    not NAMES, reason="the corpora of recorded lines of real programs are not here"
)


def players() -> Iterator[tuple[str, AgentEngine, str, list[bytes]]]:
    """Each recorded process of a program that we drive: its name, its engine, the memory it begins with, its lines."""
    for name in test_claude.ENDS:
        yield name, ENGINES["claude"], "", list(recorded(name))
    for name in test_codex.RECORDED:
        yield name, ENGINES["codex"], "", list(recorded(name))
    for name in test_acp.ENDS:
        engine = test_acp.engine_of(name)
        for number, lines in enumerate(processes(recorded(name))):
            turn = test_acp.OUTSIDE if not number else test_acp.RESUMED
            yield f"{name} {number}", engine, engine.plan(turn).memory, lines


def ends(engine: AgentEngine, lines: list[bytes], memory: str) -> list[TurnEnded]:
    return [each for each in replay(engine, lines, memory)[0] if isinstance(each, TurnEnded)]


def test_of_every_recording_it_is_known_how_its_turn_ends() -> None:
    known = {*test_claude.ENDS, *test_codex.RECORDED, *test_acp.ENDS, *OF_NO_ENGINE}
    assert known == set(NAMES)


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_no_line_of_any_program_raises_in_any_engine(engine: str) -> None:
    begins = ("", ENGINES[engine].plan(TURN).memory, "no memory", '{"stage": 3, "inputs": 7, "before": []}')
    for name in NAMES:
        for memory in begins:
            assert len(ends(ENGINES[engine], list(recorded(name)), memory)) <= 1, (name, memory)


def test_lines_that_are_none_change_nothing_of_how_a_turn_ends() -> None:
    for name, engine, memory, lines in players():
        spoilt = [each for line in lines for each in (*GARBAGE, line)]
        assert ends(engine, [*spoilt, *GARBAGE], memory) == ends(engine, lines, memory), name


def test_a_transcript_that_is_cut_anywhere_ends_no_turn_that_did_not_end() -> None:
    for name, engine, memory, lines in players():
        whole = ends(engine, lines, memory)
        for number, line in enumerate(lines):
            cut = ends(engine, [*lines[:number], line[: len(line) // 2]], memory)
            assert cut == whole[: len(cut)], (name, number)


def test_a_transcript_that_is_heard_twice_ends_its_turn_once() -> None:
    for name, engine, memory, lines in players():
        assert ends(engine, [*lines, *lines], memory) == ends(engine, lines, memory), name
