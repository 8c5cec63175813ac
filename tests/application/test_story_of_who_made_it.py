"""Nobody judges what they made: whoever had a turn in it, or left commits in it, also where somebody else hands it in."""

import pytest

from dispatchd.application.agents.flows.verbs import give_verdict
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from tests.application.flow_world import PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

PEERS = """\
[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "review"
role = "coder"
reviews = "build"
verdicts = { approve = "done", changes = "build" }
iterations = 3
"""


@pytest.fixture
def way(world: World) -> FlowWorld:
    world.save("workflows/peers.toml", PEERS)
    way = FlowWorld(world, "peers")
    world.save("agents/birch/agent.md", "---\nname: birch\nrole: coder\n---\n\nWorks.\n")
    world.settle()
    return way


def commits(way: FlowWorld, agent: str) -> None:
    """A turn of *agent* that leaves a commit, and says nothing."""
    turn = way.start(agent)
    way.head = way.repository.put({"code": f"old, by {agent}"}, way.head)
    way.end(turn)


def cannot_judge(way: FlowWorld, agent: str) -> None:
    assert agent in way.turn().barred
    turn = way.start(agent)
    with pytest.raises(Rejected, match="leave it to somebody else"):
        run(give_verdict(way.desk, turn, {"verdict": "approve"}))
    assert (way.flow.phase, way.flow.state) == ("review", FlowState.WORKING)
    way.end(turn)


def test_who_began_what_another_hands_in_does_not_judge_it(way: FlowWorld) -> None:
    commits(way, "ash")
    way.hand_in("birch")
    assert way.look()
    assert way.turn().barred >= {"ash", "birch"}
    way.ask()
    (path,) = way.world.paths("inbox")
    assert "judge it yourself" in way.world.read(path)
    cannot_judge(way, "ash")


def test_a_reviewer_that_commits_does_not_judge_what_is_handed_in_with_it(way: FlowWorld) -> None:
    way.through(("birch", {"code": "old"}))
    turn = way.start("ash")
    run(give_verdict(way.desk, turn, {"verdict": "changes", "findings": ["No."]}))
    way.head = way.repository.put({"code": "old, better"}, way.head)
    assert way.look()
    way.end(turn)
    way.hand_in("birch")
    assert way.look()
    cannot_judge(way, "ash")


def test_a_reviewer_that_makes_nothing_judges_again(way: FlowWorld) -> None:
    way.through(("birch", {"code": "old"}))
    way.judge("ash", "changes", "No.")
    way.through(("birch", {"code": "new"}))
    assert way.turn().barred == {"", "birch"}
    way.judge("ash", "approve")
    assert way.flow.state is FlowState.OVER


def test_what_was_made_before_the_workflow_has_its_maker(way: FlowWorld) -> None:
    way.world.edit(PATH, "workflow: peers\n", "")
    way.world.settle()
    commits(way, "ash")
    way.world.settle()
    way.world.edit(PATH, "status: in_progress\n", "status: in_progress\nworkflow: peers\n")
    way.world.settle()
    way.hand_in("birch")
    assert way.look()
    cannot_judge(way, "ash")


def test_what_was_made_in_a_workflow_that_was_left_has_its_maker(way: FlowWorld) -> None:
    commits(way, "ash")
    way.world.save("workflows/others.toml", PEERS.replace('"build"', '"make"'))
    way.world.settle()
    way.world.edit(PATH, "workflow: peers", "workflow: others")
    way.world.settle()
    way.hand_in("birch")
    assert way.look()
    cannot_judge(way, "ash")
