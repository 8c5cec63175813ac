"""Lines of an agent that spell what nothing can keep."""

import json

import pytest

from dispatchd.adapters.agents.claude import ClaudeEngine
from dispatchd.adapters.agents.scripted import ScriptedEngine
from dispatchd.application.agents.keepable import MOST
from dispatchd.application.agents.listening import decode_lines
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.application.wire import dump_value
from dispatchd.domain.agent_run import RunId

HOSTILE = (
    b"[" * 200_000,
    b'{"type": "say", "text": "\\ud800 half"}',
    b'{"type": "session", "session": "\\udfff"}',
    b'{"type": "permission", "request": "\\ud800", "tool": "run", "command": "rm \\udc00"}',
    b'{"type": "used", "read": 1' + b"0" * 40 + b', "written": -5}',
    b'{"type": "used", "read": 1e999, "written": NaN}',
    b'{"type": "used", "read": 1' + b"0" * 5000 + b"}",
    b'{"type": "end", "outcome": "\\ud800", "said": "\\ud800"}',
    b'{"type": "result", "subtype": "success", "result": "\\ud800", "usage": {"input_tokens": 1'
    + b"0" * 40
    + b"}}",
    b'{"type": "assistant", "message": {"content": [{"type": "text", "text": "\\ud800"}]}}',
    b'{"type": "rate_limit_event", "rate_limit_info": {"status": "rejected", "resetsAt": 1e300}}',
    b'{"type": "result", "subtype": "success", "total_cost_usd": 1e999}',
    b'{"type": "result", "subtype": "success", "total_cost_usd": NaN}',
    b'{"type": "control_request", "request_id": "\\ud800", "request": {"subtype": "x\\ud800"}}',
    b"\xff\xfe\x00",
    b"null",
    b'"text"',
    b"{}",
)


def test_what_a_turn_was_told_to_have_cost_does_not_fall() -> None:
    lines = b"".join(
        b'{"type": "result", "total_cost_usd": %s, "usage": {"input_tokens": %d}}\n' % told
        for told in ((b"0.5", 9), (b"0.75", 5), (b"0.0", 0), (b"null", 0))
    )
    spent = decode_lines(ClaudeEngine(), RunProgress(run=RunId("i-aaaa.1")), lines).progress.spent
    assert (spent.micros, spent.read) == (750_000, 9)


@pytest.mark.parametrize("engine", [ScriptedEngine(), ClaudeEngine()], ids=lambda each: each.name)
@pytest.mark.parametrize("line", HOSTILE, ids=lambda each: each[:60].decode("latin-1"))
def test_whatever_a_line_spells_it_can_be_kept(engine: ScriptedEngine | ClaudeEngine, line: bytes) -> None:
    heard = decode_lines(engine, RunProgress(run=RunId("i-aaaa.1")), line + b"\n")
    kept = json.dumps(dump_value(heard.progress), ensure_ascii=False).encode()
    assert len(kept) < 100_000
    assert 0 <= heard.progress.spent.read <= MOST
    assert 0 <= heard.progress.spent.written <= MOST
    for asked in (*heard.permissions, *heard.questions):
        str(asked).encode()
