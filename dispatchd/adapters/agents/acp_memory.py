"""What the codec of the Agent Client Protocol remembers between two lines."""

import json
from dataclasses import asdict, field
from enum import StrEnum
from typing import Any, Final

from dispatchd.adapters.agents.reading_json import Json, number, objects, part, read_object, text
from dispatchd.domain.dataclass import dataclass

_MOST_CALLS: Final = 64


class Stage(StrEnum):
    """What the answer is awaited to."""

    INITIALIZE = "initialize"
    AUTHENTICATE = "authenticate"
    LOAD = "load"
    NEW = "new"
    PROMPT = "prompt"
    ENDED = "ended"


@dataclass(slots=True)
class AcpMemory:
    """The errand (`prompt` to `meta`) is dropped as soon as the agent has it."""

    stage: Stage = Stage.INITIALIZE
    waits: int = 0
    """The number of the request whose answer is awaited."""
    session: str = ""
    prompt: str = ""
    system: str = ""
    folder: str = ""
    servers: list[Any] = field(default_factory=list)
    meta: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    contained: bool = False
    said: str = ""
    """Words that came in pieces and are not over."""
    thought: str = ""
    asked: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Requests for leave: their own id, the options that mean yes and no, and the call."""
    calls: dict[str, dict[str, str]] = field(default_factory=dict)
    """Tool calls under way, because a request for leave may only name one."""

    @classmethod
    def load(cls, memory: str) -> "AcpMemory":
        """From its JSON; what is not as it was written is as at the beginning."""
        read: Json = (read_object(memory.encode(errors="replace")) if memory else None) or {}
        stage = text(read, "stage")
        return cls(
            stage=Stage(stage) if stage in set(Stage) else Stage.INITIALIZE,
            waits=number(read, "waits"),
            session=text(read, "session"),
            prompt=text(read, "prompt"),
            system=text(read, "system"),
            folder=text(read, "folder"),
            servers=[dict(each) for each in objects(read, "servers")],
            meta=dict(part(read, "meta")),
            before=dict(part(read, "before")),
            contained=read.get("contained") is True,
            said=text(read, "said"),
            thought=text(read, "thought"),
            asked={name: dict(part(read, "asked", name)) for name in part(read, "asked")},
            calls={
                name: {
                    key: text(part(read, "calls", name), key)
                    for key in ("tool", "command", "path", "about", "server")
                }
                for name in part(read, "calls")
            },
        )

    def dump(self) -> str:
        """As JSON, without what is empty."""
        return json.dumps({name: value for name, value in asdict(self).items() if value})

    def begin_call(self, call: str, told: dict[str, str]) -> bool:
        """Note what is known of a tool call; whether it is a new one."""
        is_new = call not in self.calls
        known = self.calls.pop(call, {})
        self.calls[call] = {**known, **{name: value for name, value in told.items() if value}}
        while len(self.calls) > _MOST_CALLS:
            self.calls.pop(next(iter(self.calls)))
        return is_new
