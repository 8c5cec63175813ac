"""An issue that names a workflow which cannot be followed says so at that line, and stands under what is held."""

from contextlib import closing

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.agents.flows.naming import answer_workflow_lines
from dispatchd.application.workspace_status import status_of
from dispatchd.domain.due_turns import Waits
from tests.application.flow_world import ISSUE, PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

OWN = '[[phase]]\nname = "anything"\nrole = "coder"\n'
UNKNOWN = 'There is no workflow "tddd"; nothing begins. Did you mean tdd?'


def line(way: FlowWorld) -> str:
    for since in (0, -1):
        run(answer_workflow_lines(way.desk, since))
        way.world.settle()
    return next((each for each in way.world.read(PATH).split("\n") if each.startswith("workflow:")), "")


def shown(way: FlowWorld) -> tuple[list[str], list[str]]:
    """What the status has under what comes next, and what it says of what is held."""
    with closing(open_read_only(way.world.store.folder / "state.db")) as model:
        status = status_of(model)
    return [each.id for each in status.next], [each.why for each in status.held]


def test_a_mistyped_workflow_is_answered_at_its_line_until_it_is_put_right(world: World) -> None:
    way = FlowWorld(world, "tddd")
    assert line(way) == f"workflow: tddd # dispatchd: {UNKNOWN}"
    assert shown(way) == ([], [UNKNOWN])
    assert isinstance(way.turn().due, Waits)
    text = world.read(PATH)
    world.save(PATH, text.replace("title: Login", "title: Log in"))
    assert line(way) == f"workflow: tddd # dispatchd: {UNKNOWN}"
    world.edit(PATH, "workflow: tddd", "workflow: tdd")
    world.settle()
    assert line(way) == "workflow: tdd"
    assert shown(way) == ([ISSUE], [])


def test_the_answer_goes_when_the_workflow_is_written(world: World) -> None:
    way = FlowWorld(world, "mine")
    assert "There is no workflow" in line(way)
    world.save("workflows/mine.toml", OWN)
    world.settle()
    assert line(way) == "workflow: mine"


@pytest.mark.parametrize("status", ["queued", "cancelled"])
def test_a_workflow_that_does_not_read_is_said_where_it_is_named(world: World, status: str) -> None:
    way = FlowWorld(world, "mine")
    world.save("workflows/mine.toml", OWN.replace("coder", "cook"))
    world.edit(PATH, "status: queued", f"status: {status}")
    world.settle()
    why = 'Nothing begins: workflows/mine.toml:3: "cook" is no role'
    assert (why in line(way)) is (status == "queued")
    assert shown(way)[0] == []
