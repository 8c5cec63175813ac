"""Both trees, real and in memory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.tree_worlds import FakeWorld, RealWorld, World


@pytest.fixture(params=["real", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    real = RealWorld(tmp_path)
    yield real
    real.end()
