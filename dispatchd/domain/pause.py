"""That everything stands still: who wanted it, since when, and why. What that stops is `brake`'s to say."""

from datetime import datetime

from dispatchd.domain.actors import Actor
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    by: Actor
    since: datetime
    reason: str = ""
