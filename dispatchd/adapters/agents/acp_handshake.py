"""From the first answer to the last: log in, take up the conversation or begin one, hand over the prompt, hear the end."""

from typing import Final

from dispatchd.adapters.agents.acp_memory import AcpMemory, Stage
from dispatchd.adapters.agents.acp_profiles import AcpProfile
from dispatchd.adapters.agents.acp_words import Heard, end_words, request
from dispatchd.adapters.agents.reading_json import Json, name_of, number, part, text
from dispatchd.adapters.agents.troubles import outcome_of
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    SessionStarted,
    TurnEnded,
    Unknown,
    Used,
)
from dispatchd.domain.agent_run import RunOutcome, Spent

_LOG_IN_FIRST: Final = -32000
_LOST: Final = """# Your earlier conversation is lost

Nothing that you did is: it is on your branch, and what you had not committed is in your worktree. Read the commits and
the issue (`get_issue`) before you go on."""


def after_answer(said: Json, kept: AcpMemory, profile: AcpProfile) -> Heard:
    """What an answer to one of our requests leads to."""
    if kept.stage is Stage.ENDED or said.get("id") != kept.waits or isinstance(said.get("id"), bool):
        return (Unknown(name="an answer to nothing"),), ()
    result = part(said, "result")
    if "error" in said and kept.stage is not Stage.LOAD:
        return _failed(part(said, "error"), kept), ()
    match kept.stage:
        case Stage.INITIALIZE:
            if profile.log_in:
                return (), (_ask(kept, Stage.AUTHENTICATE, "authenticate", {"methodId": profile.log_in}),)
            return _take_up(kept)
        case Stage.AUTHENTICATE:
            return _take_up(kept)
        case Stage.LOAD if "error" in said:
            kept.session = ""
            kept.prompt = f"{_LOST}\n\n{kept.prompt}" if kept.prompt else ""
            return _take_up(kept)
        case Stage.LOAD:
            return _hand_over(kept, kept.session or text(result, "sessionId"), "")
        case Stage.NEW:
            return _hand_over(kept, text(result, "sessionId"), kept.system)
        case _:
            return _over(result, kept, profile), ()


def _ask(kept: AcpMemory, stage: Stage, method: str, params: Json) -> bytes:
    kept.stage, kept.waits = stage, kept.waits + 1
    return request(kept.waits, method, params)


def _take_up(kept: AcpMemory) -> Heard:
    """Go on with the conversation, or begin one. Whoever only reads the transcript knows of no errand: either may be."""
    where = {"cwd": kept.folder, "mcpServers": kept.servers}
    more = {"_meta": kept.meta} if kept.meta else {}
    if kept.session or (not kept.folder and kept.stage is not Stage.LOAD):
        load = {"sessionId": kept.session, **where, **more}
        return (), (_ask(kept, Stage.LOAD, "session/load", load),)
    return (), (_ask(kept, Stage.NEW, "session/new", {**where, **more}),)


def _hand_over(kept: AcpMemory, session: str, system: str) -> Heard:
    if not session and kept.folder:
        return _failed({"message": "it began a conversation without a name"}, kept), ()
    words = f"{system.strip()}\n\n---\n\n{kept.prompt}" if system.strip() else kept.prompt
    kept.session = session
    prompt = {"sessionId": session, "prompt": [{"type": "text", "text": words}]}
    line = _ask(kept, Stage.PROMPT, "session/prompt", prompt)
    kept.prompt = kept.system = ""
    kept.servers, kept.meta = [], {}
    return ((SessionStarted(session=session),) if session else ()), (line,)


def _failed(error: Json, kept: AcpMemory) -> tuple[AgentEvent, ...]:
    """The agent answers that it cannot. Before its turn has begun, trying again would change nothing."""
    words = text(error, "message") or "it refused without a word"
    more = text(part(error, "data"), "details") or text(part(error, "data"), "message")
    why = f"{words}: {more}" if more and more not in words else words
    outcome = outcome_of(why)
    begun = kept.stage is Stage.PROMPT
    if error.get("code") == _LOG_IN_FIRST or (not begun and outcome is RunOutcome.AGENT_ERROR):
        outcome = RunOutcome.FAILED_TO_START
    events = tuple(end_words(kept))
    _end(kept)
    return (*events, TurnEnded(outcome=outcome, said=why))


def _over(result: Json, kept: AcpMemory, profile: AcpProfile) -> tuple[AgentEvent, ...]:
    words = kept.said.strip()
    events = tuple(end_words(kept))
    used = _used(result, kept, profile)
    _end(kept)
    match result.get("stopReason"):
        case "end_turn":
            end = TurnEnded(outcome=RunOutcome.OK, said=words)
        case "cancelled":
            end = TurnEnded(outcome=RunOutcome.AGENT_ERROR, said=words or "its turn was cancelled")
        case other:
            end = TurnEnded(outcome=RunOutcome.AGENT_ERROR, said=words or f"it stopped: {name_of(other)}")
    return (*events, *used, end)


def _end(kept: AcpMemory) -> None:
    kept.stage = Stage.ENDED
    kept.asked, kept.calls = {}, {}
    kept.prompt = kept.system = ""


def _used(result: Json, kept: AcpMemory, profile: AcpProfile) -> tuple[Used, ...]:
    """Tokens, where it tells them: in one of two places."""
    usage, quota = part(result, "usage"), part(result, "_meta", "quota", "token_count")
    spent = Spent(
        read=number(usage, "inputTokens")
        + number(usage, "cachedWriteTokens")
        + number(quota, "input_tokens"),
        cached=number(usage, "cachedReadTokens"),
        written=number(usage, "outputTokens") + number(quota, "output_tokens"),
    )
    if profile.totals:
        spent = Spent(
            read=max(spent.read - number(kept.before, "read"), 0),
            cached=max(spent.cached - number(kept.before, "cached"), 0),
            written=max(spent.written - number(kept.before, "written"), 0),
        )
    return (Used(spent=spent, total=True),) if spent != Spent() else ()
