"""What a model that plays a script does next, whichever program asks it and in whichever protocol.

The script is a JSON list in the first message that holds one, after `MODEL SCRIPT`. Which step comes next is the number
of the model's own messages in the conversation so far, so nothing is remembered and a resumed session goes on. A step
is `{"say": "…"}`, `{"shell": "…"}`, `{"write": PATH, "text": "…"}`, or `{"tool": NAME, "input": {…}}`; programs have
names of their own for their tools, and the names of ours end with the verb.
"""

import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

_SCRIPT = re.compile(r"MODEL SCRIPT\s*(\[.*?\])\s*END SCRIPT", re.DOTALL)
_SHELLS = ("Bash", "bash", "exec_command", "shell_command", "run_shell_command", "shell")
_WRITERS = ("Write", "write", "write_file")
Step = Mapping[str, Any]
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; `own`: how many acts of the model's it holds."""

    text: str
    own: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A tool that the program offers; `space`: the group that it stands in, where there are groups."""

    name: str
    takes: Sequence[str] = ()
    space: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What the model wants done."""

    tool: Tool
    given: Json = field(default_factory=dict)


def next_act(messages: Sequence[Message], tools: Sequence[Tool]) -> Call | str:
    """What the model does next in this conversation: a call, or words."""
    found = next((match for each in messages if (match := _SCRIPT.search(each.text))), None)
    if found is None or not tools:
        return "ok"
    steps: list[Step] = json.loads(found[1])
    number = sum(each.own for each in messages)
    return act_of(steps[number], tools) if number < len(steps) else "My script is over."


def act_of(step: Step, tools: Sequence[Tool]) -> Call | str:
    """*step* with the tools that are offered."""
    match step:
        case {"say": str(words)}:
            return words
        case {"shell": str(command)}:
            return _shell(command, tools)
        case {"write": str(path), "text": str(text)}:
            tool = _named(_WRITERS, tools)
            if tool is None:
                return _shell(f"printf %s {shlex.quote(text)} > {shlex.quote(path)}", tools)
            where = next((name for name in ("file_path", "filePath", "path") if name in tool.takes), "path")
            return Call(tool=tool, given={where: path, "content": text})
        case {"tool": str(name)}:
            tool = next((each for each in tools if each.name == name or each.name.endswith(f"_{name}")), None)
            if tool is not None:
                return Call(tool=tool, given=step.get("input", {}))
    return f"There is no tool for {dict(step)} among {', '.join(each.name for each in tools)}."


def _shell(command: str, tools: Sequence[Tool]) -> Call | str:
    tool = _named(_SHELLS, tools)
    if tool is None:
        return f"There is no shell among {', '.join(each.name for each in tools)}."
    words: Any = ["bash", "-c", command] if tool.name == "shell" else command
    given = {"cmd" if "cmd" in tool.takes else "command": words}
    return Call(tool=tool, given={**given, **({"description": "run"} if "description" in tool.takes else {})})


def _named(names: Iterable[str], tools: Sequence[Tool]) -> Tool | None:
    return next((tool for name in names for tool in tools if tool.name == name), None)


def words_of(content: Any) -> str:
    """The text of a message's content, which is a text or a list of parts."""
    if isinstance(content, str):
        return content
    return "\n".join(part["text"] for part in content or () if isinstance(part.get("text"), str))
