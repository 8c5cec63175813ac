"""A gate is answered while its issue is blocked or its work is held: the issue says that the answer waits, and for what."""

import pytest

from dispatchd.application.requests.request import Verb
from dispatchd.domain.flow import FlowState
from tests.application.flow_world import ISSUE, PATH, FlowWorld
from tests.application.world import World


@pytest.fixture
def way(world: World) -> FlowWorld:
    """At a gate, and asked about."""
    made = FlowWorld(world, "design-review")
    made.through(("yew", {"docs/design/login.md": "A design."}))
    made.judge("oak", "approve")
    assert made.look()
    made.ask()
    assert made.flow.state is FlowState.GATE
    return made


def approve(way: FlowWorld) -> None:
    (path,) = way.world.paths("inbox")
    way.world.edit(path, "- [ ] Approve", "- [x] Approve")
    way.world.settle()
    for _ in range(3):
        way.ask()


def test_an_answer_at_the_gate_of_a_blocked_issue_says_that_it_waits_and_counts_afterwards(
    way: FlowWorld,
) -> None:
    way.world.edit(PATH, "status: in_progress", "status: blocked")
    way.world.settle()
    approve(way)
    assert way.flow.state is FlowState.GATE
    said = f'and waits: {ISSUE} is "blocked" (`status: in_progress` lets it go on).'
    assert way.file.count(said) == 1
    assert "“Approve” was said to “Login: " in way.file
    way.world.edit(PATH, "status: blocked", "status: in_progress")
    way.world.settle()
    way.ask()
    assert way.flow.phase != "approval"
    assert way.file.count(said) == 1


def test_so_does_one_while_the_work_is_held(way: FlowWorld) -> None:
    way.world.ask(Verb.MERGE_HOLD, id=ISSUE)
    approve(way)
    assert way.file.count(f"and waits: the work on {ISSUE} is held (`dispatchd agent start {ISSUE}`") == 1
    way.world.ask(Verb.AGENT_START, id=ISSUE)
    way.ask()
    assert way.flow.phase != "approval"


def test_an_answer_that_counts_at_once_is_not_talked_about(way: FlowWorld) -> None:
    approve(way)
    assert way.flow.phase != "approval"
    assert "and waits:" not in way.file


def test_a_blocked_issue_whose_gate_is_not_answered_says_nothing(way: FlowWorld) -> None:
    way.world.edit(PATH, "status: in_progress", "status: blocked")
    way.world.settle()
    way.ask()
    assert "and waits:" not in way.file
