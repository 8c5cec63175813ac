"""What is said in a turn counts for the round of the phase that it was begun for, however long its process lives."""

import pytest

from dispatchd.application.agents.flows.verbs import answer_finding, give_verdict
from dispatchd.application.agents.speaking import speak
from dispatchd.domain.agent_run import AgentRun
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from tests.application.flow_world import PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

CODE = {"code": "old new"}
TWO_REVIEWS = """\
[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "review"
role = "reviewer"
reviews = "build"
verdicts = { approve = "security review", changes = "build" }
iterations = 3

[[phase]]
name = "security review"
role = "security"
reviews = "build"
verdicts = { approve = "done", changes = "build" }
iterations = 3
"""
TWO_MAKERS = """\
[[phase]]
name = "build"
role = "coder"

[[phase]]
name = "harden"
role = "security"
"""


def way_of(world: World, text: str) -> FlowWorld:
    world.save("workflows/ours.toml", text)
    return FlowWorld(world, "ours")


def say(way: FlowWorld, turn: AgentRun, verdict: str, *findings: object) -> None:
    run(give_verdict(way.desk, turn, {"verdict": verdict, "findings": list(findings)}))


def test_a_verdict_that_is_given_again_is_no_verdict_on_the_next_review(world: World) -> None:
    way = way_of(world, TWO_REVIEWS)
    way.through(("ash", CODE))
    turn = way.start("oak")
    say(way, turn, "approve")
    say(way, turn, "approve")
    assert way.look()
    before = way.work()
    say(way, turn, "approve")
    assert way.work() == before, "it is done already"
    with pytest.raises(Rejected, match='end your turn; it was for "review", which is over'):
        say(way, turn, "changes", "After all.")
    assert (way.flow.phase, way.flow.state, way.flow.verdict) == ("security review", FlowState.WORKING, "")
    way.end(turn)
    way.ask()
    (path,) = world.paths("inbox")
    assert "There is no security who could judge" in world.read(path)


def test_what_is_submitted_again_hands_in_no_other_phase(world: World) -> None:
    way = way_of(world, TWO_MAKERS)
    turn = way.start("ash")
    way.submit(turn, CODE)
    assert way.look()
    before = way.work()
    way.submit(turn)
    assert way.work() == before, "it is done already"
    with pytest.raises(Rejected, match='it was for "build", which is over'):
        way.submit(turn, {"code": "more"})
    assert (way.flow.phase, way.flow.state) == ("harden", FlowState.WORKING)


def test_a_reviewer_answers_no_finding_of_its_own(world: World) -> None:
    way = FlowWorld(world, "plain")
    way.through(("ash", CODE))
    turn = way.start("oak")
    say(way, turn, "changes", "Empty input fails.")
    assert way.look()
    with pytest.raises(Rejected, match='it was for "review", which is over'):
        run(answer_finding(way.desk, turn, {"number": 1, "answer": "It does not."}))
    with pytest.raises(Rejected, match='it was for "review", which is over'):
        way.submit(turn, {"code": "mine"})
    assert [each.answer for each in way.flow.findings] == [""]


def test_a_turn_for_a_round_that_is_over_is_none_for_the_next(world: World) -> None:
    way = FlowWorld(world, "plain")
    turn = way.start("ash")
    way.submit(turn, CODE)
    assert way.look()
    way.end(turn)
    way.judge("oak", "changes", "No.")
    with pytest.raises(Rejected):
        way.submit(turn, {"code": "again"})
    again = way.start("ash")
    with pytest.raises(Rejected, match="none of ash's"):
        way.submit(turn, {"code": "again"})
    assert (again.into, way.flow.state) == (way.flow.now, FlowState.WORKING)


def test_what_was_handed_in_is_answered_no_more(world: World) -> None:
    way = FlowWorld(world, "plain")
    way.through(("ash", CODE))
    way.judge("oak", "changes", "No.")
    turn = way.start("ash")
    run(answer_finding(way.desk, turn, {"number": 1, "answer": "Mended."}))
    way.submit(turn, {"code": "again"})
    run(answer_finding(way.desk, turn, {"number": 1, "answer": "Mended."}))
    with pytest.raises(Rejected, match="has been handed in already"):
        run(answer_finding(way.desk, turn, {"number": 1, "answer": "Something else."}))


def test_work_whose_workflow_a_person_changes_is_not_submitted_past_it(world: World) -> None:
    way = way_of(world, TWO_MAKERS)
    turn = way.start("ash")
    world.settle()
    world.edit(PATH, "workflow: ours", "workflow: plain")
    world.settle()
    with pytest.raises(Rejected, match='it was for "build", which is over'):
        way.submit(turn, CODE)
    assert "status: in_progress" in way.file
    way.end(turn)
    again = way.start("ash")
    way.submit(again, CODE)
    assert (way.flow.workflow, way.flow.state) == ("plain", FlowState.HANDED_IN)


def test_a_turn_without_a_workflow_submits_nothing_once_there_is_one(world: World) -> None:
    way = way_of(world, TWO_MAKERS)
    world.edit(PATH, "workflow: ours\n", "")
    world.settle()
    turn = way.start("ash")
    assert turn.into is None
    world.settle()
    world.edit(PATH, "status: in_progress\n", "status: in_progress\nworkflow: ours\n")
    world.settle()
    assert "workflow: ours" in way.file
    with pytest.raises(Rejected, match='goes through the workflow "ours" by now'):
        way.submit(turn, CODE)


def test_a_turn_that_has_handed_in_reports_nothing_blocked_any_more(world: World) -> None:
    way = way_of(world, TWO_MAKERS)
    turn = way.start("ash")
    way.submit(turn, CODE)
    with pytest.raises(Rejected, match="has been handed in already"):
        run(speak(way.desk, turn.id, "report_blocked", {"what": "A key is missing."}))
    assert "status: in_progress" in way.file
    assert not world.paths("inbox")
