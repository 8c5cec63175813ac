"""Both trees, real and in memory."""

from pathlib import Path

import pytest

from tests.fakes.tree_worlds import FakeWorld, RealWorld, World


@pytest.fixture(params=["real", "fake"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return RealWorld(tmp_path) if request.param == "real" else FakeWorld()
