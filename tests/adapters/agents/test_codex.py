"""Codex's lines: recorded turns replayed whole, and what is counted."""

import json
from dataclasses import replace

import pytest

from dispatchd.adapters.agents.codex import CodexEngine
from dispatchd.application.ports.agent_events import (
    Malformed,
    Said,
    SessionStarted,
    ToolCalled,
    TurnEnded,
    Used,
)
from dispatchd.domain.agent_run import RunOutcome, Spent
from tests.adapters.agents.replaying import TURN, recorded, replay

ENGINE = CodexEngine()
RECORDED = ("codex1", "codex_bypass", "codex_r1", "codex_r2", "codex_ws_tmpdir", "st_codex")


@pytest.mark.parametrize("name", RECORDED)
def test_a_recorded_turn_of_codex_ends_well(name: str) -> None:
    events, _, _ = replay(ENGINE, recorded(name), "")
    assert [each.outcome for each in events if isinstance(each, TurnEnded)] == [RunOutcome.OK]
    assert isinstance(events[0], SessionStarted)
    assert any(isinstance(each, Said) for each in events)
    assert not [each for each in events if isinstance(each, Malformed)]


def test_a_command_that_it_runs_is_told() -> None:
    events, _, _ = replay(ENGINE, recorded("codex_bypass"), "")
    assert [each.tool for each in events if isinstance(each, ToolCalled)] == ["shell", "shell"]


def test_a_resumed_turn_counts_what_is_new() -> None:
    (first,) = (each for each in replay(ENGINE, recorded("codex_r1"), "")[0] if isinstance(each, Used))
    resumed = replace(TURN, session="01a1fcfc-6877-7481-a40f-947329b3e8d9", spent_before=first.spent)
    plan = ENGINE.plan(resumed)
    assert plan.argv[-3:] == ("resume", resumed.session, "-")
    (second,) = (
        each for each in replay(ENGINE, recorded("codex_r2"), plan.memory)[0] if isinstance(each, Used)
    )
    assert (first.spent, second.spent) == (Spent(read=20, written=40), Spent(read=20, written=40))


@pytest.mark.parametrize(
    ("words", "outcome"),
    [
        ("unexpected status 401 Unauthorized", RunOutcome.FAILED_TO_START),
        ("You've hit your usage limit.", RunOutcome.RATE_LIMITED),
        ("exceeded retry limit, last status: 503", RunOutcome.API_ERROR),
        ("the model went silent", RunOutcome.AGENT_ERROR),
    ],
)
def test_a_failed_turn_says_why(words: str, outcome: RunOutcome) -> None:
    line = json.dumps({"type": "turn.failed", "error": {"message": words}}).encode()
    assert ENGINE.decode(line, "").events == (TurnEnded(outcome=outcome, said=words),)


def test_inside_a_cell_its_own_sandbox_is_off_and_outside_it_is_on() -> None:
    assert "--dangerously-bypass-approvals-and-sandbox" in ENGINE.plan(TURN).argv
    outside = ENGINE.plan(replace(TURN, contained=False)).argv
    assert "--dangerously-bypass-approvals-and-sandbox" not in outside
    assert "--sandbox=workspace-write" in outside


def test_its_first_request_waits_for_our_tools() -> None:
    argv = ENGINE.plan(TURN).argv
    assert "--config=mcp_servers.dispatchd.required=true" in argv
    assert "--config=mcp_servers.dispatchd.startup_timeout_sec=60" in argv
