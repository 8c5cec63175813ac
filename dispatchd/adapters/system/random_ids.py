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
        bits = secrets.randbits(5 * _EVENT_ID_LENGTH)
        return EventId("".join(CROCKFORD[(bits >> (5 * place)) & 31] for place in range(_EVENT_ID_LENGTH)))


_port: type[IdSource] = RandomIds
