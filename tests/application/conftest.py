"""Worlds for scenario tests, and the end of each."""

from collections.abc import Iterator

import pytest

from tests.application.world import World


@pytest.fixture
def world() -> Iterator[World]:
    made = World()
    yield made
    made.store.remove()
