"""Green is shown by the tests that were red: what is left out of the run, or leaves no results, shows nothing."""

import pytest

from tests.application.flow_world import FlowWorld, to_green
from tests.application.world import World


@pytest.fixture
def way(world: World) -> FlowWorld:
    return FlowWorld(world)


def test_green_wants_the_tests_that_were_red_to_have_run(way: FlowWorld) -> None:
    to_green(way, {"code": "old new"})
    way.repository.leaves_out = {"tests/more"}
    assert way.look()
    assert way.flow.phase == "implementation"
    assert "1 test that had failed at red did not run: `tests/more`" in way.file


def test_green_is_none_where_old_tests_are_left_out(way: FlowWorld) -> None:
    to_green(way, {"code": "new more"})
    way.repository.leaves_out = {"tests/old"}
    assert way.look()
    assert way.flow.phase == "implementation"
    assert "2 tests ran, and 3 did at red" in way.file


def test_green_is_none_without_the_results_that_red_had(way: FlowWorld) -> None:
    to_green(way)
    way.repository.reports = False
    assert way.look()
    assert way.flow.phase == "implementation"
    assert "it left no results" in way.file
