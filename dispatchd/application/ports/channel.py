"""A way to tell a person that something waits: a command, a bell, the desktop, a webhook."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is told: a line, the lines below it, and the same as data."""

    title: str
    lines: tuple[str, ...]
    items: Sequence[Mapping[str, str]]
    digest: bool = False

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join((self.title, *self.lines)) + "\n"


class Channel(Protocol):
    """Takes no longer than it was given, whatever is at its other end."""

    @property
    def name(self) -> str:
        """How people are told of it."""
        ...

    def tell(self, message: Message) -> str:
        """Tell it; why that failed, as a clause, or nothing."""
        ...
