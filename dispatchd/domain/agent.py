"""An agent as its card describes it. What it runs right now is an agent run's business."""

import shlex
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    role: str = "coder"
    engine: str = "scripted"
    model: str | None = None
    """Which model its engine is to use; without one, the engine's own choice."""
    arguments: str | None = None
    """More arguments for the engine's program, as one would type them."""
    paused: bool = False
    removed: bool = False


def words_of(arguments: str) -> tuple[str, ...]:
    """The single arguments in *arguments*, quoted as in a shell. Raises ValueError where a quote has no end."""
    return tuple(shlex.split(arguments))
