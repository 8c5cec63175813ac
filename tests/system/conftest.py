"""Desks for tests with real processes; what a test started is ended with it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.system.desk import Desk, new_repository

NewDesk = Callable[[str], Desk]


@pytest.fixture
def new_desk(request: pytest.FixtureRequest, outside_tmp: Path) -> Iterator[NewDesk]:
    """Makes repositories below one folder outside /tmp."""
    desks: list[Desk] = []

    def make(name: str) -> Desk:
        desks.append(new_repository(outside_tmp / name))
        desks[-1].cold |= request.node.get_closest_marker("cold") is not None
        return desks[-1]

    yield make
    for desk in desks:
        desk.end()


@pytest.fixture
def bare_desk(new_desk: NewDesk) -> Desk:
    """A repository that is no workspace yet."""
    return new_desk("work")


@pytest.fixture
def idle_desk(bare_desk: Desk) -> Desk:
    """A workspace without a daemon, with short times."""
    bare_desk.init()
    return bare_desk


@pytest.fixture
def desk(idle_desk: Desk) -> Desk:
    """A workspace whose daemon runs, with short times."""
    idle_desk.up()
    return idle_desk
