"""What the lines of the Agent Client Protocol mean, in the words that all engines share, and what they are answered."""

from collections.abc import Iterator, Sequence
from typing import Final

from dispatchd.adapters.agents.acp_handshake import after_answer
from dispatchd.adapters.agents.acp_leave import needs_no_leave
from dispatchd.adapters.agents.acp_memory import AcpMemory, Stage
from dispatchd.adapters.agents.acp_profiles import AcpProfile
from dispatchd.adapters.agents.acp_words import Heard, cancelled, end_words, line_of_answer, refusal, request
from dispatchd.adapters.agents.reading_json import Json, name_of, objects, part, text
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    PermissionAsked,
    ToolCalled,
    ToolReturned,
    Unknown,
)

__all__ = ["cancelled", "heard", "request"]

_MOST_ABOUT: Final = 200
_MOST_PIECES: Final = 4000
_OVER: Final = frozenset({"completed", "failed"})
_QUIET: Final = frozenset(
    {
        "available_commands_update",
        "config_option_update",
        "current_mode_update",
        "plan",
        "session_info_update",
        "usage_update",
        "user_message_chunk",
    }
)


def heard(said: Json, kept: AcpMemory, profile: AcpProfile) -> Heard:
    """What one line means and what it is answered; *kept* is brought up to date."""
    if isinstance(said.get("method"), str):
        if "id" in said:
            return _asked(said, kept)
        if said.get("method") == "session/update":
            return tuple(_update(part(said, "params", "update"), kept)), ()
        return (Unknown(name=name_of(said.get("method"))),), ()
    if "result" in said or "error" in said:
        return after_answer(said, kept, profile)
    return (Unknown(name="neither asked nor answered"),), ()


def _update(update: Json, kept: AcpMemory) -> Iterator[AgentEvent]:
    """What it tells of its turn. What it tells before that is an older conversation, being loaded."""
    if kept.stage is not Stage.PROMPT:
        return
    kind = update.get("sessionUpdate")
    match kind:
        case "agent_message_chunk":
            yield from end_words(kept, thoughts=True)
            kept.said += text(part(update, "content"), "text")
            if len(kept.said) > _MOST_PIECES:
                yield from end_words(kept)
        case "agent_thought_chunk":
            yield from end_words(kept, words=True)
            kept.thought += text(part(update, "content"), "text")
            if len(kept.thought) > _MOST_PIECES:
                yield from end_words(kept)
        case "tool_call" | "tool_call_update":
            yield from end_words(kept)
            yield from _call(update, kept)
        case str() if kind in _QUIET:
            return
        case _:
            yield Unknown(name=f"session/update {name_of(kind)}")


def _call(update: Json, kept: AcpMemory) -> Iterator[AgentEvent]:
    call = text(update, "toolCallId")
    told = _told(update)
    if update.get("status") in _OVER:
        was_known = kept.calls.pop(call, None)
        kept.asked = {name: each for name, each in kept.asked.items() if each.get("call") != call}
        if was_known is None:
            yield ToolCalled(call=call, tool=told["tool"], about=told["about"])
        yield ToolReturned(call=call, failed=update.get("status") == "failed")
        return
    if kept.begin_call(call, told):
        yield ToolCalled(call=call, tool=told["tool"], about=told["about"])


def _told(call: Json) -> dict[str, str]:
    """What is known of a tool call: the tool, its command or file, and what it says of itself."""
    own = text(part(call, "_meta", "claudeCode"), "toolName") or text(part(call, "_meta"), "tool_name")
    given = part(call, "rawInput")
    places = [text(each, "path") for each in objects(call, "locations")]
    path = next((each for each in places if each), "") or text(given, "file_path") or text(given, "filePath")
    command = _command(given)
    kind = text(call, "kind")
    if not command and kind == "execute":
        command = text(call, "title")
    about = command or (path if kind != "execute" else "") or text(call, "title")
    told = {"tool": own or kind, "command": command, "path": path, "about": about[:_MOST_ABOUT]}
    return {**told, "server": text(given, "server")}


def _command(given: Json) -> str:
    command = given.get("command")
    if isinstance(command, str):
        return command
    if isinstance(command, list):
        words = [each for each in command if isinstance(each, str)]
        is_shell = len(words) == 3 and words[1] in {"-c", "-lc"}
        return words[2] if is_shell else " ".join(words)
    return ""


def _asked(said: Json, kept: AcpMemory) -> Heard:
    """A request of the agent's. All but one are for things that it was never offered."""
    number = said.get("id")
    if not isinstance(number, (int, str)) or isinstance(number, bool):
        return (Unknown(name="a request without a name"),), ()
    if said.get("method") != "session/request_permission":
        return (Unknown(name=name_of(said.get("method"))),), (refusal(number),)
    if kept.stage is not Stage.PROMPT:
        return (), (cancelled(number),)
    params = part(said, "params")
    call = part(params, "toolCall")
    options = objects(params, "options")
    yes, no = (
        _option(options, ("allow_once", "allow_always")),
        _option(options, ("reject_once", "reject_always")),
    )
    told = {name: value for name, value in _told(call).items() if value}
    before = kept.calls.get(text(call, "toolCallId"), {})
    known = {**before, **told, "tool": before.get("tool") or told.get("tool", "")}
    words = tuple(end_words(kept))
    if yes and kept.contained and needs_no_leave(call, known, kept.folder):
        selected = {"outcome": {"outcome": "selected", "optionId": yes}}
        return words, (line_of_answer(number, selected),)
    key = str(number)
    kept.asked[key] = {"id": number, "yes": yes, "no": no, "call": text(call, "toolCallId")}
    path = known.get("path", "")
    asked = PermissionAsked(
        request=key,
        tool=known.get("tool") or "a tool",
        about=known.get("about", ""),
        command=known.get("command", ""),
        paths=(path,) if path and not known.get("command") else (),
    )
    return (*words, asked), ()


def _option(options: Sequence[Json], kinds: Sequence[str]) -> str:
    """The option of the first of *kinds* that there is: what options are called differs from agent to agent."""
    for kind in kinds:
        for each in options:
            if each.get("kind") == kind and text(each, "optionId"):
                return text(each, "optionId")
    return ""
