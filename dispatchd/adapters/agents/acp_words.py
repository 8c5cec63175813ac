"""The small parts that both halves of the Agent Client Protocol's codec need: requests, answers, words that are over."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from dispatchd.adapters.agents.acp_memory import AcpMemory
from dispatchd.adapters.agents.reading_json import line_of
from dispatchd.application.ports.agent_events import AgentEvent, Said, Thought

Heard = tuple[tuple[AgentEvent, ...], tuple[bytes, ...]]
"""What a line means, and what it is answered."""
SERVER: Final = "dispatchd"
"""What our tools' server is called towards the agent."""
_NO_SUCH_METHOD: Final = -32601


def request(number: int, method: str, params: Mapping[str, Any]) -> bytes:
    """One of ours."""
    return line_of({"jsonrpc": "2.0", "id": number, "method": method, "params": dict(params)})


def line_of_answer(number: int | str, result: Mapping[str, Any]) -> bytes:
    """An answer to one of the agent's."""
    return line_of({"jsonrpc": "2.0", "id": number, "result": dict(result)})


def cancelled(number: Any) -> bytes:
    """Neither yes nor no: the turn is over."""
    return line_of({"jsonrpc": "2.0", "id": number, "result": {"outcome": {"outcome": "cancelled"}}})


def refusal(number: int | str) -> bytes:
    """It asked for what it was never offered."""
    error = {"code": _NO_SUCH_METHOD, "message": "dispatchd offers no such method"}
    return line_of({"jsonrpc": "2.0", "id": number, "error": error})


def end_words(kept: AcpMemory, *, words: bool = False, thoughts: bool = False) -> Iterator[AgentEvent]:
    """What was said or thought in pieces is over: both, or the one that is named."""
    if kept.thought and not (words and not thoughts):
        yield Thought(text=kept.thought)
        kept.thought = ""
    if kept.said and not (thoughts and not words):
        yield Said(text=kept.said)
        kept.said = ""
