"""An agent as its card describes it. What it runs right now is an agent run's business."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    name: str
    role: str = "coder"
    engine: str = "scripted"
    paused: bool = False
    removed: bool = False
