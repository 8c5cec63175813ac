"""Recorded lines of real programs, as an engine hears them."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from dispatchd.application.ports.agent_engine import AgentEngine, TurnSpec
from dispatchd.application.ports.agent_events import AgentEvent

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "agents"
TURN = TurnSpec(
    run="i-7k2m.1",
    agent="ash",
    issue="i-7k2m",
    prompt="Do it.",
    system="You are ash.",
    folder=Path("/home/dev/ws"),
    home=Path("/home/ash"),
    scratch=Path("/work"),
    fresh_session="11111111-1111-4111-8111-111111111111",
    tools_command=("python", "-m", "dispatchd", "mcp"),
    tools_environment={"DISPATCHD_RUN": "i-7k2m.1"},
    command="true",
)


def recorded(name: str) -> Iterator[bytes]:
    """What the program printed: some recordings keep both directions."""
    path = SAMPLES / f"{name}.jsonl"
    if not path.exists():
        pytest.skip("the corpora of recorded lines of real programs are not here")
    for line in path.read_bytes().splitlines():
        try:
            heard = json.loads(line)
        except ValueError:
            yield line
            continue
        if not isinstance(heard, dict) or "dir" not in heard:
            yield line
        elif heard["dir"] == "<":
            yield json.dumps(heard["m"]).encode()


def processes(lines: Iterable[bytes]) -> list[list[bytes]]:
    """The lines of each process: one begins with the answer to the first request."""
    parts: list[list[bytes]] = [[]]
    for line in lines:
        if b'"protocolVersion": 1' in line and parts[-1]:
            parts.append([])
        parts[-1].append(line)
    return parts


def replay(
    engine: AgentEngine, lines: Iterable[bytes], memory: str
) -> tuple[list[AgentEvent], list[bytes], str]:
    """The events, the replies, and the memory after them."""
    events: list[AgentEvent] = []
    replies: list[bytes] = []
    for line in lines:
        decoded = engine.decode(line, memory)
        memory = decoded.memory
        events += decoded.events
        replies += decoded.replies
    return events, replies, memory
