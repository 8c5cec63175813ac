"""What the lines of Claude Code's stream mean, in the words that all engines share.

The kinds of lines were learned from the program itself, version 2.1; what a newer one adds is `Unknown`.
"""

import json
from typing import Any, Final

from dispatchd.adapters.agents.reading_json import (
    Json,
    micros,
    moment,
    name_of,
    number,
    objects,
    part,
    read_object,
    text,
)
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    PermissionAsked,
    QuestionAsked,
    RateLimited,
    Said,
    SessionStarted,
    Thought,
    ToolCalled,
    ToolReturned,
    TurnEnded,
    Unknown,
    Used,
)
from dispatchd.domain.agent_run import RunOutcome, Spent
from dispatchd.domain.dataclass import dataclass

_ASKS: Final = "AskUserQuestion"
_NOT_LOGGED_IN: Final = ("not logged in", "invalid api key", "authentication")
_MOST_ABOUT: Final = 200


@dataclass(slots=True)
class Memory:
    """The inputs of requests that wait for an answer, which a *yes* has to give back; and whether the turn is over."""

    inputs: dict[str, Any]
    ended: bool

    @classmethod
    def load(cls, memory: str) -> "Memory":
        """From its JSON."""
        read = read_object(memory.encode()) if memory else None
        return cls(dict(part(read, "inputs")), read.get("ended") is True) if read else cls({}, ended=False)

    def dump(self) -> str:
        """As JSON; empty where there is nothing to remember."""
        return json.dumps({"inputs": self.inputs, "ended": self.ended}) if self.inputs or self.ended else ""


def events_of(said: Json, kept: Memory) -> tuple[AgentEvent, ...]:
    """What one line means; requests that want an answer are put into *kept*."""
    match said.get("type"):
        case "system":
            return _system(said)
        case "assistant":
            return tuple(_block(each) for each in objects(part(said, "message"), "content"))
        case "user":
            return tuple(
                ToolReturned(
                    call=text(each, "tool_use_id"), failed=each.get("is_error") is True, about=_shown(each)
                )
                for each in objects(part(said, "message"), "content")
                if each.get("type") == "tool_result"
            )
        case "result":
            return _result(said)
        case "control_request":
            return _asked(said, kept)
        case "control_cancel_request":
            kept.inputs.pop(text(said, "request_id"), None)
            return ()
        case "control_response" | "keep_alive" | "stream_event":
            return ()
        case "rate_limit_event":
            return _limited(part(said, "rate_limit_info"))
        case other:
            return (Unknown(name=name_of(other)),)


def _system(said: Json) -> tuple[AgentEvent, ...]:
    match said.get("subtype"):
        case "init":
            return (SessionStarted(session=text(said, "session_id"), model=text(said, "model")),)
        case "api_retry" if number(said, "error_status") in {401, 403}:
            # It would try for minutes, and no try will find credentials that are not there.
            why = f"its credentials were refused ({text(said, 'error') or number(said, 'error_status')})"
            return (TurnEnded(outcome=RunOutcome.FAILED_TO_START, said=why),)
        case other:
            return (Unknown(name=f"system/{name_of(other)}"),)


def _block(block: Json) -> AgentEvent:
    match block.get("type"):
        case "text":
            return Said(text=text(block, "text"))
        case "thinking":
            return Thought(text=text(block, "thinking"))
        case "tool_use":
            given = part(block, "input")
            return ToolCalled(call=text(block, "id"), tool=text(block, "name"), about=_about(given))
        case other:
            return Unknown(name=f"assistant/{name_of(other)}")


def _about(given: Json) -> str:
    for name in ("command", "file_path", "path", "pattern", "url", "query", "description"):
        if text(given, name):
            return text(given, name)[:_MOST_ABOUT]
    return ""


def _shown(block: Json) -> str:
    content = block.get("content")
    if isinstance(content, str):
        return content[:_MOST_ABOUT]
    return " ".join(text(each, "text") for each in objects(block, "content"))[:_MOST_ABOUT]


def _asked(said: Json, kept: Memory) -> tuple[AgentEvent, ...]:
    asked, request = part(said, "request"), text(said, "request_id")
    if asked.get("subtype") != "can_use_tool":
        return (Unknown(name=f"control_request/{name_of(asked.get('subtype'))}"),)
    tool, given = text(asked, "tool_name"), part(asked, "input")
    kept.inputs[request] = dict(given)
    if tool == _ASKS:
        return (_question(request, given),)
    path = text(given, "file_path") or text(given, "path") or text(given, "notebook_path")
    return (
        PermissionAsked(
            request=request,
            tool=tool,
            about=text(asked, "description"),
            command=text(given, "command"),
            paths=(path,) if path else (),
        ),
    )


def _question(request: str, given: Json) -> QuestionAsked:
    questions = objects(given, "questions")
    words = "\n\n".join(text(each, "question") for each in questions)
    options = (
        tuple(text(each, "label") for each in objects(questions[0], "options")) if len(questions) == 1 else ()
    )
    return QuestionAsked(request=request, text=words, options=tuple(each for each in options if each))


def _result(said: Json) -> tuple[AgentEvent, ...]:
    usage = part(said, "usage")
    spent = Spent(
        read=number(usage, "input_tokens") + number(usage, "cache_creation_input_tokens"),
        cached=number(usage, "cache_read_input_tokens"),
        written=number(usage, "output_tokens"),
        micros=micros(said, "total_cost_usd"),
    )
    session = text(said, "session_id")
    started: tuple[AgentEvent, ...] = (SessionStarted(session=session),) if session else ()
    words = text(said, "result")
    return (*started, Used(spent=spent, total=True), TurnEnded(outcome=_outcome(said, words), said=words))


def _outcome(said: Json, words: str) -> RunOutcome:
    """By `is_error` and the status, never by the subtype alone: `success` can carry an error."""
    if said.get("is_error") is not True:
        return RunOutcome.OK
    status = number(said, "api_error_status")
    if status in {401, 403} or any(each in words.casefold() for each in _NOT_LOGGED_IN):
        return RunOutcome.FAILED_TO_START
    if status == 429:
        return RunOutcome.RATE_LIMITED
    if status or words.startswith("API Error"):
        return RunOutcome.API_ERROR
    if "budget" in text(said, "subtype"):
        return RunOutcome.OVER_BUDGET
    return RunOutcome.AGENT_ERROR


def _limited(told: Json) -> tuple[AgentEvent, ...]:
    if told.get("status") != "rejected":
        return ()
    return (RateLimited(text="the account's limit is reached", resets_at=moment(told, "resetsAt")),)
