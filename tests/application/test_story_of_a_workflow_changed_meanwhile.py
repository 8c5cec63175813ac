"""What ends a phase is decided by the workflow that is in force when it is decided, not by the one the look began with."""

from collections.abc import Callable

import pytest

from dispatchd.application.ports.integration import CheckResult
from dispatchd.domain.flow import FlowState
from tests.application.flow_world import FlowWorld, Repository
from tests.application.world import World

CHECKED = """\
[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "verify"
check = "test"
otherwise = "build"
iterations = 3
"""
GATE = 'gate = "May it be merged?"\nrefused = "build"\n'


class Meanwhile(Repository):
    """Something happens while the command runs, once."""

    happens: Callable[[], None] | None = None

    def __call__(self, commit: str, name: str, command: str, within: float, report: str = "") -> CheckResult:
        happens, self.happens = self.happens, None
        if happens is not None:
            happens()
        return super().__call__(commit, name, command, within, report)


@pytest.fixture
def way(world: World) -> FlowWorld:
    world.save("workflows/ours.toml", CHECKED)
    made = FlowWorld(world, "ours")
    made.repository = Meanwhile()
    made.through(("ash", {"code": "old new"}))
    assert made.flow.phase == "verify"
    return made


def meanwhile(way: FlowWorld, workflow: str) -> None:
    def save() -> None:
        way.world.save("workflows/ours.toml", workflow)
        way.world.settle()

    assert isinstance(way.repository, Meanwhile)
    way.repository.happens = save


def test_a_gate_that_is_written_while_the_check_runs_is_asked(way: FlowWorld) -> None:
    meanwhile(way, CHECKED + GATE)
    assert way.look()
    assert way.flow.state is FlowState.GATE
    way.ask()
    (path,) = way.world.paths("inbox")
    assert "May it be merged?" in way.world.read(path)


def test_where_a_phase_leads_is_as_it_says_now(way: FlowWorld) -> None:
    meanwhile(way, CHECKED + '\n[[phase]]\nname = "polish"\nrole = "coder"\n')
    assert way.look()
    assert (way.flow.phase, way.flow.state) == ("polish", FlowState.WORKING)


def test_what_another_check_was_to_show_is_looked_for_again(way: FlowWorld) -> None:
    meanwhile(way, CHECKED.replace('check = "test"', 'check = "test"\nreport = "junit.xml"'))
    way.look()
    assert (way.flow.phase, way.flow.state) == ("verify", FlowState.HANDED_IN)
    assert way.look()
    assert str(way.flow.state) == "over"
    record = way.flow.last("verify")
    assert record is not None
    assert record.evidence is not None
    assert record.evidence.why == "every test passes (1)"


def test_a_workflow_that_cannot_be_read_ends_nothing(way: FlowWorld) -> None:
    meanwhile(way, "nothing = [")
    way.look()
    assert (way.flow.phase, way.flow.state) == ("verify", FlowState.HANDED_IN)


def test_a_file_without_a_word_takes_no_place_of_ours(world: World) -> None:
    world.save("workflows/plain.toml", "")
    world.settle()
    way = FlowWorld(world, "plain")
    way.through(("ash", {"code": "old new"}))
    assert way.flow.phase == "review"
