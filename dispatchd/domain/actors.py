"""Who caused a change, and how that is known."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from dispatchd.domain.dataclass import dataclass


class ActorKind(StrEnum):
    HUMAN = "human"
    AGENT = "agent"
    DAEMON = "daemon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Somebody who acts. `handle` is unique among people and agents alike (`alice`, `ash`)."""

    kind: ActorKind
    handle: str
    name: str
    email: str

    @property
    def mention(self) -> str:
        """How a file names them: people with `@`, agents without."""
        return f"@{self.handle}" if self.kind is ActorKind.HUMAN else self.handle


DAEMON_EMAIL: Final = "dispatchd@local"
"""Also the committer of every commit the daemon makes, by which it knows its own."""
DAEMON: Final = Actor(kind=ActorKind.DAEMON, handle="dispatchd", name="dispatchd", email=DAEMON_EMAIL)


class Channel(StrEnum):
    """Through which door an act came."""

    SAVE = "save"
    COMMIT = "commit"
    COMMAND = "command"
    DAEMON = "daemon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """How the daemon knows who acted: the door, the commit where there is one, who spoke for an agent, and in which turn."""

    channel: Channel
    commit: str | None = None
    signed: bool = False
    spoken_by: str | None = None
    run: str | None = None
    """The turn in which an agent said it; its issue stands before the dot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who put their name under something, when, and why where they said."""

    by: Actor
    at: datetime
    reason: str = ""
