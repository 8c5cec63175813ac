"""Somebody cancels an issue, or gives it to another, in the second in which a turn of an agent begins: their word counts."""

from dispatchd.application.agents.ending import verdict_on
from dispatchd.application.ports.run_room import Life, RunSight
from dispatchd.application.ports.run_store import RunProgress
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import RunOutcome
from tests.application.flow_world import ISSUE, PATH, FlowWorld
from tests.application.world import World


def test_cancelling_what_has_just_begun_asks_nobody(world: World) -> None:
    way = FlowWorld(world, "plain")
    buffer = world.read(PATH)
    way.start("ash")
    assert "status: in_progress\n" in way.file
    world.save(PATH, buffer.replace("status: queued", "status: cancelled"))
    world.settle()
    assert "status: cancelled\n" in way.file
    assert world.paths("inbox/t-") == []


def test_a_state_that_somebody_else_has_given_it_is_asked_about(world: World) -> None:
    way = FlowWorld(world, "plain")
    buffer = world.read(PATH)
    world.ask(Verb.SET, noun="issue", id=ISSUE, changes=("status=done",))
    world.settle()
    world.save(PATH, buffer.replace("status: queued", "status: cancelled"))
    world.settle()
    assert "status: cancelled\n" in way.file
    (path,) = world.paths("inbox/t-")
    assert "two values of status" in world.read(path)


def test_a_turn_that_was_stopped_before_it_had_begun_says_just_that(world: World) -> None:
    way = FlowWorld(world, "plain")
    run = way.start("ash")
    world.settle()
    world.edit(PATH, "status: in_progress", "status: cancelled")
    world.settle()
    stopped = world.store.look(lambda work: work.runs.get(run.id))
    assert stopped is not None
    for life in (Life.ABSENT, Life.PREPARED):
        verdict = verdict_on(stopped, None, RunSight(life=life), RunProgress(run=run.id))
        assert verdict.outcome is RunOutcome.CANCELLED
        assert verdict.said == "it was stopped before it had begun"
    gone = verdict_on(stopped, None, RunSight(life=Life.GONE), RunProgress(run=run.id))
    assert gone.outcome is RunOutcome.LOST
