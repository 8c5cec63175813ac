"""With `require_signed` nobody is let through on the way of a workflow by a save, or by a commit that anybody could make."""

import pytest

from dispatchd.domain.flow import FlowState
from tests.application.flow_world import CONFIG, FlowWorld
from tests.application.test_story_of_signatures import WAITS, SigningWorld

GATED = """\
title = "Gated"

[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "ask alice"
gate = "May this be merged?"
refused = "build"
iterations = 3
"""
JUDGED = """\
title = "Judged"

[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "review"
role = "security"
reviews = "build"
verdicts = { approve = "done", changes = "build" }
iterations = 3
"""
SIGNED = CONFIG + "\n[workspace]\nrequire_signed = true\n"


def looks(way: FlowWorld) -> None:
    """What the daemon does by itself, until there is nothing to do."""
    for _ in range(2):
        way.look()
        way.ask()


def is_over(way: FlowWorld) -> bool:
    return way.flow.state is FlowState.OVER


def asked(workflow: str) -> tuple[FlowWorld, SigningWorld, str]:
    """A workspace that asks for signatures, in which a person is asked on the way of an issue; and that question's file."""
    world = SigningWorld()
    world.save("workflows/own.toml", workflow)
    way = FlowWorld(world, "own")
    world.save("config.toml", SIGNED)
    world.settle()
    way.hand_in("ash", {"code": "new"})
    looks(way)
    (question,) = world.paths("inbox")
    return way, world, question


@pytest.mark.parametrize(
    ("workflow", "box"), [(GATED, "Approve"), (JUDGED, "approve")], ids=["gate", "review"]
)
def test_101_a_yes_on_the_way_counts_from_a_signed_commit_only(workflow: str, box: str) -> None:
    way, world, question = asked(workflow)
    world.edit(question, f"- [ ] {box}", f"- [x] {box}")
    world.settle()
    looks(way)
    assert WAITS in world.read(question)
    assert not is_over(way)
    world.commit_all(question, signed=False)
    world.settle()
    looks(way)
    assert not is_over(way)
    assert f"- [ ] {box}" in world.read(question)
    world.edit(question, f"- [ ] {box}", f"- [x] {box}")
    world.settle()
    world.commit_all(question)
    world.settle()
    looks(way)
    assert is_over(way)
