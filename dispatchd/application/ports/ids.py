"""Where randomness comes from. How bits become an id, and how long one is, `domain.identifiers` says."""

from typing import Protocol

from dispatchd.domain.identifiers import EventId


class IdSource(Protocol):
    """Draws what must not be guessed twice."""

    def random_bits(self, count: int) -> int:
        """A number of *count* independent random bits."""
        ...

    def event_id(self) -> EventId:
        """A new event's id: sixteen characters (eighty bits), so that clones never draw the same one."""
        ...
