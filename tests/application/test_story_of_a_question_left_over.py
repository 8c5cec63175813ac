"""A yes passes what it was asked about, and nothing that came after it."""

from dispatchd.domain.flow import FlowState
from tests.application.flow_world import PATH, FlowWorld
from tests.application.world import World

DRAFT = """\
[[phase]]
name = "build"
role = "coder"
gate = "Good enough as a draft?"
refused = "build"
iterations = 3
"""
SHIP = DRAFT.replace("Good enough as a draft?", "May it be shipped?")


def at_the_gate(world: World) -> FlowWorld:
    world.save("workflows/draft.toml", DRAFT)
    world.save("workflows/ship.toml", SHIP)
    way = FlowWorld(world, "draft")
    way.through(("ash", {"code": "old draft"}))
    way.ask()
    assert way.flow.state is FlowState.GATE
    return way


def asked(world: World, words: str) -> list[str]:
    return [path for path in world.paths("inbox") if words in world.read(path)]


def goes_on_in(way: FlowWorld, workflow: str) -> None:
    way.world.edit(PATH, "workflow: draft", f"workflow: {workflow}")
    way.world.settle()


def test_the_question_of_a_workflow_that_was_left_is_closed_and_says_why(world: World) -> None:
    way = at_the_gate(world)
    (old,) = asked(world, "Good enough as a draft?")
    goes_on_in(way, "ship")
    way.ask()
    assert not asked(world, "Good enough as a draft?")
    (path,) = [each for each in world.paths("archive") if each.endswith(old.removeprefix("inbox/"))]
    assert "status: dismissed" in world.read(path)
    assert "This is not asked any more" in world.read(path)
    way.through(("ash", {"code": "shipped"}))
    way.ask()
    (new,) = asked(world, "May it be shipped?")
    assert way.flow.state is FlowState.GATE
    world.edit(new, "- [ ] Approve", "- [x] Approve")
    world.settle()
    way.ask()
    assert str(way.flow.state) == "over"


def test_a_yes_that_nobody_took_passes_no_other_gate(world: World) -> None:
    way = at_the_gate(world)
    (old,) = asked(world, "Good enough as a draft?")
    world.edit(old, "- [ ] Approve", "- [x] Approve")
    goes_on_in(way, "ship")
    way.through(("ash", {"code": "shipped"}))
    way.ask()
    way.ask()
    assert way.flow.state is FlowState.GATE
    assert len(asked(world, "May it be shipped?")) == 1
    assert "“Approve” was said to “Login: Good enough as a draft?” when that was not asked" in way.file


def test_a_gate_whose_question_is_changed_asks_anew(world: World) -> None:
    way = at_the_gate(world)
    (old,) = asked(world, "Good enough as a draft?")
    world.edit("workflows/draft.toml", "Good enough as a draft?", "May it be merged?")
    world.edit(old, "- [ ] Approve", "- [x] Approve")
    world.settle()
    way.ask()
    assert way.flow.state is FlowState.GATE
    assert len(asked(world, "May it be merged?")) == 1


def test_the_question_of_work_that_is_cancelled_is_closed(world: World) -> None:
    way = at_the_gate(world)
    world.edit(PATH, "status: in_progress", "status: cancelled")
    world.settle()
    way.ask()
    assert not asked(world, "Good enough as a draft?")
    assert way.flow.state is FlowState.GATE


def test_a_check_that_is_written_while_the_gate_is_asked_is_run_before_the_yes_counts(world: World) -> None:
    way = at_the_gate(world)
    (thread,) = asked(world, "Good enough as a draft?")
    world.save("workflows/draft.toml", DRAFT + 'check = "test"\notherwise = "build"\n')
    world.edit(thread, "- [ ] Approve", "- [x] Approve")
    world.settle()
    way.ask()
    assert (way.flow.state, way.flow.evidence) == (FlowState.GATE, None)
    assert way.look()
    assert way.flow.evidence is not None
    assert not way.look(), "it is run once"
    way.ask()
    assert str(way.flow.state) == "over"
