"""Desks for tests with real processes; what a test started is ended with it."""

from collections.abc import Callable, Generator, Iterator
from pathlib import Path

import pytest

from tests.system.agent_desk import AgentDesk
from tests.system.desk import Desk, new_repository

NewDesk = Callable[[str], Desk]
LAST_LINES = 40
"""Of each daemon's log, told with a failure: what ended a daemon stands nowhere else."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failure tells what the daemons of the test logged, wherever the test moved their repositories."""
    report = yield
    place = getattr(item, "funcargs", {}).get("outside_tmp")
    if report.failed and place is not None:
        for log in sorted(place.rglob("dispatchd/logs/*")):
            lines = log.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
            report.sections.append((f"{log.relative_to(place)}", "".join(lines[-LAST_LINES:])))
    return report


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


@pytest.fixture
def at_work(desk: Desk) -> Iterator[AgentDesk]:
    """The same with something for agents to work on; what still runs for them at the end is ended."""
    (desk.root / "app.txt").write_text("one\n", encoding="utf-8")
    desk.git("add", "app.txt")
    desk.git("commit", "-qm", "Something to work on")
    agents = AgentDesk(desk)
    yield agents
    agents.end_runs()
