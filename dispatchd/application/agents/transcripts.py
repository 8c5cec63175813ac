"""The transcript of a run in words for people: what the agent said and did, a line each."""

from collections.abc import Iterable
from typing import Final

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
from dispatchd.application.ports.run_room import Life, RunSight
from dispatchd.domain.agent_run import AgentRun, RunOutcome
from dispatchd.domain.thread import Thread, ThreadKind
from dispatchd.domain.wording import in_words

_STOPPED: Final = frozenset({RunOutcome.CANCELLED, RunOutcome.INTERRUPTED})
_MOST_ERRORS: Final = 8
"""Lines of what a program printed as errors; the last ones say what ended it."""


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
        case TurnEnded(outcome=RunOutcome.INTERRUPTED | RunOutcome.CANCELLED):
            return "= the agent stops, as it was told"
        case TurnEnded(outcome=outcome, said=said):
            return f"= the turn ends: {outcome}" + (f" ({said.strip()})" if said else "")
        case Malformed(beginning=beginning):
            return f"! no line of its engine: {beginning}"
        case _:
            return ""


def asked_in(run: AgentRun, threads: Iterable[Thread]) -> tuple[str, ...]:
    """What the agent asked people in *run*, of the *threads* about its issue: engines do not say it in their lines."""
    return tuple(
        f"? asks: {each.title} ({each.id})"
        for each in threads
        if each.kind is ThreadKind.QUESTION and each.sender == run.agent and each.created >= run.started
        if run.ended is None or each.created <= run.ended
    )


def end_of(run: AgentRun, sight: RunSight) -> tuple[str, ...]:
    """How the turn ended, where its transcript does not say so: the reason, the exit code, the last of its errors."""
    if run.outcome is None:
        is_over = sight.life in {Life.EXITED, Life.GONE}
        return ("= its process has ended; what follows is noted when the daemon looks",) if is_over else ()
    if run.outcome is RunOutcome.OK:
        return ()
    # Where people stopped it, how its process ended is no news.
    how = "" if run.outcome in _STOPPED else _exit(sight)
    told = [f"= the turn ended: {in_words(run.outcome)}{how}"]
    if run.said.strip():
        told.append(f"  {run.said.strip()}")
    errors = [line.rstrip() for line in sight.stderr_tail.splitlines() if line.strip()][-_MOST_ERRORS:]
    if errors:
        told += ["  the last that it printed as errors:", *(f"  | {line}" for line in errors)]
    return tuple(told)


def _exit(sight: RunSight) -> str:
    if sight.exit is None:
        return ""
    if sight.exit.signal:
        return f" (signal {sight.exit.signal})"
    return f" (exit code {sight.exit.code})" if sight.exit.code is not None else ""
