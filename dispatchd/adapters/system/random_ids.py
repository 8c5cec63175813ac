"""Randomness from the operating system's own source."""

import secrets
from typing import Final

from dispatchd.application.ports.ids import IdSource
from dispatchd.domain.identifiers import CROCKFORD, EventId

_EVENT_ID_LENGTH: Final = 16


class RandomIds:
    """Nobody can foresee or repeat what it draws, not even a forked process."""

    def random_bits(self, count: int) -> int:
        return secrets.randbits(count)

    def event_id(self) -> EventId:
        return EventId("".join(secrets.choice(CROCKFORD) for _ in range(_EVENT_ID_LENGTH)))


_port: type[IdSource] = RandomIds
