"""An agent as its card describes it. What it runs right now is an agent run's business."""

import shlex
from typing import Final

from dispatchd.domain.dataclass import dataclass

ENGINES: Final = (
    "scripted",
    "claude",
    "codex",
    "acp:claude",
    "acp:codex",
    "acp:opencode",
    "acp:gemini",
    "acp:qwen",
    "acp:vibe",
    "command:NAME",
)
"""What a card may name as its engine. NAME stands for any command of the workspace's own."""


_FREE: Final = frozenset({"scripted", "command"})
"""Engines that spend nothing we could count."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    role: str = "coder"
    engine: str = "scripted"
    """Empty where its card names none that is known: no turn of it begins then."""
    model: str | None = None
    """Which model its engine is to use; without one, the engine's own choice."""
    arguments: str | None = None
    """More arguments for the engine's program, as one would type them."""
    paused: bool = False
    removed: bool = False


def is_free(engine: str) -> bool:
    """Whether turns on *engine* cost nothing that could be counted."""
    return engine.partition(":")[0] in _FREE


def words_of(arguments: str) -> tuple[str, ...]:
    """The single arguments in *arguments*, quoted as in a shell. Raises ValueError where a quote has no end."""
    return tuple(shlex.split(arguments))


def commanded_engine(written: str) -> str | None:
    """The engine that names a command of the workspace's, `command:NAME`; None where *written* names no command."""
    kind, _, name = written.partition(":")
    name = " ".join(name.split())
    return f"command:{name}" if kind.strip().casefold() == "command" and name else None
