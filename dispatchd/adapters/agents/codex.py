"""Codex, `codex exec --json`: a process for each turn, which asks nothing and prints what it does."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from dispatchd.adapters.agents.reading_json import (
    SESSION,
    Json,
    name_of,
    not_json,
    number,
    part,
    read_object,
    text,
)
from dispatchd.adapters.agents.troubles import outcome_of
from dispatchd.application.ports.agent_engine import (
    Abilities,
    AgentEngine,
    Control,
    Decoded,
    LaunchPlan,
    TurnSpec,
)
from dispatchd.application.ports.agent_events import (
    AgentEvent,
    Said,
    SessionStarted,
    Thought,
    ToolCalled,
    ToolReturned,
    TurnEnded,
    Unknown,
    Used,
)
from dispatchd.domain.agent_run import NOTHING_SPENT, RunOutcome, Spent

_PASSES: Final = (
    "OPENAI_API_KEY",
    "CODEX_API_KEY",
    "OPENAI_BASE_URL",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
)
_MOST_ABOUT: Final = 200
_SERVER: Final = "mcp_servers.dispatchd"
_TOOLS_START_WITHIN: Final = 60


class CodexEngine:
    """Memory: what the conversation had used before this turn, which its totals include; and whether it is over."""

    name = "codex"
    abilities = Abilities(resume=True, usage=True, tools=True, models=True, arguments=True)
    programs = ("codex",)

    def plan(self, turn: TurnSpec) -> LaunchPlan:
        """What it is told comes on standard input. Inside our cell its own sandbox is off: one owner for each run."""
        resumes = turn.session is not None and SESSION.fullmatch(turn.session) is not None
        guard = (
            ("--dangerously-bypass-approvals-and-sandbox",)
            if turn.contained
            else ("--sandbox=workspace-write",)
        )
        return LaunchPlan(
            argv=(
                "codex",
                "exec",
                "--json",
                "--skip-git-repo-check",
                *guard,
                *_tools(turn),
                *((f"--model={turn.model}",) if turn.model else ()),
                *turn.arguments,
                *(("resume", turn.session) if resumes and turn.session is not None else ()),
                "-",
            ),
            environment={"CODEX_HOME": str(turn.home / ".codex")},
            passes=_PASSES,
            credentials=(".codex/auth.json",),
            first_lines=(_told(turn, resumes=resumes),),
            files={turn.home / ".codex" / ".keep": b""},
            memory=json.dumps({"before": asdict(turn.spent_before)}) if resumes else "",
        )

    def decode(self, line: bytes, memory: str) -> Decoded:
        """One line of its stream."""
        said = read_object(line)
        if said is None:
            return not_json(line, memory)
        kept = (read_object(memory.encode(errors="replace")) if memory else None) or {}
        events = tuple(_events(said, part(kept, "before")))
        if kept.get("ended") is True:
            events = tuple(each for each in events if not isinstance(each, TurnEnded))
        elif any(isinstance(each, TurnEnded) for each in events):
            memory = json.dumps({**kept, "ended": True})
        return Decoded(events=events, memory=memory)

    def conclude(self, _exit_code: int | None, _memory: str) -> TurnEnded | None:
        """Without a word of its turn's end it has crashed."""
        return None

    def encode(self, _control: Control, _memory: str) -> tuple[bytes, ...] | None:
        """It reads nothing more once it has begun."""
        return None


def _told(turn: TurnSpec, *, resumes: bool) -> bytes:
    whole = turn.prompt if resumes else f"{turn.system.strip()}\n\n---\n\n{turn.prompt}"
    return whole.encode(errors="replace")


def _tools(turn: TurnSpec) -> Iterator[str]:
    """Our MCP server, by settings whose values are TOML; a string in JSON is one in TOML as well."""
    if not turn.tools_command:
        return
    program, *arguments = turn.tools_command
    variables = ", ".join(f"{name} = {json.dumps(value)}" for name, value in turn.tools_environment.items())
    yield f"--config={_SERVER}.command={json.dumps(program)}"
    yield f"--config={_SERVER}.args={json.dumps(arguments)}"
    yield f"--config={_SERVER}.env={{{variables}}}"
    # Or its first request goes out before our tools are there, and the agent believes that it has none.
    yield f"--config={_SERVER}.required=true"
    yield f"--config={_SERVER}.startup_timeout_sec={_TOOLS_START_WITHIN}"


def _events(said: Json, before: Json) -> Iterator[AgentEvent]:
    match said.get("type"):
        case "thread.started":
            yield SessionStarted(session=text(said, "thread_id"))
        case "turn.started" | "item.updated":
            return
        case "item.started":
            yield from _begun(part(said, "item"))
        case "item.completed":
            yield from _completed(part(said, "item"))
        case "turn.completed":
            yield Used(spent=_spent(part(said, "usage"), before), total=True)
            yield TurnEnded(outcome=RunOutcome.OK)
        case "turn.failed":
            why = text(part(said, "error"), "message")
            yield TurnEnded(outcome=outcome_of(why), said=why)
        case other:
            yield Unknown(name=name_of(other))


def _begun(item: Json) -> Iterator[AgentEvent]:
    tool = _tool(item)
    if tool:
        yield ToolCalled(call=text(item, "id"), tool=tool, about=_about(item))


def _completed(item: Json) -> Iterator[AgentEvent]:
    match item.get("type"):
        case "agent_message":
            yield Said(text=text(item, "text"))
        case "reasoning":
            yield Thought(text=text(item, "text"))
        case other:
            if _tool(item):
                failed = item.get("status") in {"failed", "declined"} or number(item, "exit_code") != 0
                yield ToolReturned(call=text(item, "id"), failed=failed, about=_about(item))
            else:
                yield Unknown(name=f"item/{name_of(other)}")


def _tool(item: Json) -> str:
    match item.get("type"):
        case "command_execution":
            return "shell"
        case "file_change":
            return "edit"
        case "mcp_tool_call":
            return text(item, "tool") or "mcp"
        case "web_search":
            return "web_search"
        case _:
            return ""


def _about(item: Json) -> str:
    return (text(item, "command") or text(item, "query"))[:_MOST_ABOUT]


def _spent(usage: Json, before: Json) -> Spent:
    """What this turn used: the totals are those of the whole conversation, and count cached tokens twice."""
    cached = number(usage, "cached_input_tokens")
    whole = Spent(
        read=number(usage, "input_tokens") - cached, cached=cached, written=number(usage, "output_tokens")
    )
    if not before:
        return whole if whole.read >= 0 else NOTHING_SPENT
    return Spent(
        read=max(whole.read - number(before, "read"), 0),
        cached=max(whole.cached - number(before, "cached"), 0),
        written=max(whole.written - number(before, "written"), 0),
    )


_port: type[AgentEngine] = CodexEngine
