"""Randomness from the operating system's own source."""

import secrets
from base64 import b32encode
from typing import Final

from dispatchd.application.ports.ids import IdSource
from dispatchd.domain.identifiers import CROCKFORD, EventId

_EVENT_ID_BYTES: Final = 10
"""Sixteen characters of five bits each."""
_AS_CROCKFORD: Final = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", CROCKFORD)


class RandomIds:
    """Nobody can foresee or repeat what it draws, not even a forked process."""

    def random_bits(self, count: int) -> int:
        return secrets.randbits(count)

    def event_id(self) -> EventId:
        return EventId(b32encode(secrets.token_bytes(_EVENT_ID_BYTES)).decode().translate(_AS_CROCKFORD))


_port: type[IdSource] = RandomIds
