"""Worlds for scenario tests. Whatever a test did in one, the invariants hold when it is over."""

from collections.abc import Iterator

import pytest

from tests.application.invariants import check_all
from tests.application.world import World


@pytest.fixture
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    made = World()
    yield made
    if request.node.get_closest_marker("xfail") is None:
        check_all(made)
    made.store.remove()
