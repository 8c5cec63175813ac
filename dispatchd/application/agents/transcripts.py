"""The transcript of a run in words for people: what the agent said and did, a line each."""

from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    Malformed,
    PermissionAsked,
    QuestionAsked,
    RateLimited,
    Said,
    ToolCalled,
    ToolReturned,
    TurnEnded,
)


def lines_of(engine: AgentEngine, line: bytes, memory: str) -> tuple[tuple[str, ...], str]:
    """What one line tells, and the engine's memory after it."""
    decoded = engine.decode(line, memory)
    told = tuple(words for event in decoded.events if (words := _told(event)))
    return told, decoded.memory


def _told(event: AgentEvent) -> str:
    match event:
        case Said(text=text):
            return text.strip()
        case ToolCalled(tool=tool, about=about):
            return f"> {tool}: {about}" if about else f"> {tool}"
        case ToolReturned(failed=True, about=about):
            return f"  failed: {about.strip()}"
        case PermissionAsked(tool=tool, command=command, about=about):
            return f"? asks leave for {tool}: {command or about}"
        case QuestionAsked(text=text):
            return f"? {text}"
        case RateLimited(text=text):
            return f"! {text}"
        case TurnEnded(outcome=outcome, said=said):
            return f"= the turn ends: {outcome}" + (f" ({said.strip()})" if said else "")
        case Malformed(beginning=beginning):
            return f"! no line of its engine: {beginning}"
        case _:
            return ""
