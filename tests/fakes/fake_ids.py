"""Ids that are the same in every run of a test."""

import random

from dispatchd.application.ports.ids import IdSource
from dispatchd.domain.identifiers import CROCKFORD, EventId


class SeededIds:
    """Draws from a seeded source: different ids within a run, the same ones in the next."""

    def __init__(self, seed: int = 0) -> None:
        self._source = random.Random(seed)  # noqa: S311 - repeatable on purpose

    def random_bits(self, count: int) -> int:
        return self._source.getrandbits(count)

    def event_id(self) -> EventId:
        return EventId("".join(self._source.choice(CROCKFORD) for _ in range(16)))


_port: type[IdSource] = SeededIds
