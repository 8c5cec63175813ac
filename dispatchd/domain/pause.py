"""That everything stands still: who wanted it, since when, and why. What that stops is `brake`'s to say."""

from dataclasses import dataclass
from datetime import datetime

from dispatchd.domain.actors import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    by: Actor
    since: datetime
    reason: str = ""
