"""What an agent hands in after people have stopped its turn leads to no merge; it is handed in when the work goes on."""

from contextlib import closing

import pytest

from dispatchd.adapters.sqlite.read_only import open_read_only
from dispatchd.application.agents.flows.verbs import give_verdict
from dispatchd.application.agents_at_rest import doings
from dispatchd.application.workspace_status import status_of
from dispatchd.domain.agent_run import RunOutcome, WorkPhase
from dispatchd.domain.errors import Rejected
from dispatchd.domain.flow import FlowState
from dispatchd.domain.run_command import EndRun, StopRun
from tests.application.flow_world import ISSUE, PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

CODE = {"code": "old new"}
CARD = "agents/ash/agent.md"
STOPPED = "end your turn, which was stopped"


@pytest.fixture
def way(world: World) -> FlowWorld:
    """An issue that goes through no workflow."""
    made = FlowWorld(world, "plain")
    world.edit(PATH, "workflow: plain\n", "")
    world.settle()
    return made


def test_what_is_handed_in_after_a_pause_is_taken_in_the_turn_that_goes_on(way: FlowWorld) -> None:
    turn = way.start("ash")
    way.world.edit(CARD, "paused: false", "paused: true")
    way.world.settle()
    with pytest.raises(Rejected, match=f"{STOPPED}: ash is paused. What you have committed stays"):
        way.submit(turn, CODE)
    assert (way.work().phase, "status: in_progress" in way.file) == (WorkPhase.WORKING, True)
    way.daemon(EndRun(run=turn.id, outcome=RunOutcome.INTERRUPTED, commit=way.head))
    way.world.edit(CARD, "paused: true", "paused: false")
    way.world.settle()
    way.submit(way.start("ash"))
    assert (way.work().phase, way.work().commit) == (WorkPhase.SUBMITTED, way.head)


def test_a_pause_that_is_over_at_once_has_stopped_the_turn_all_the_same(way: FlowWorld) -> None:
    turn = way.start("ash")
    way.daemon(StopRun(issue=ISSUE, run=turn.id, outcome=RunOutcome.INTERRUPTED))
    with pytest.raises(Rejected, match=STOPPED):
        way.submit(turn, CODE)


def test_looks_say_of_a_turn_that_was_told_to_end_that_it_is_stopping(way: FlowWorld) -> None:
    turn = way.start("ash")
    assert seen(way.world) == ("at work", "")
    way.daemon(StopRun(issue=ISSUE, run=turn.id))
    assert seen(way.world) == ("stopping", "stopping")


def seen(world: World) -> tuple[str, str]:
    """What `agent list` says that ash does, and `status` of the issue."""
    with closing(open_read_only(world.store.folder / "state.db")) as model:
        (running,) = status_of(model).running
        return doings(model, model.agents())["ash"].state, running.doing


def test_nothing_is_handed_in_while_all_work_is_paused(way: FlowWorld) -> None:
    turn = way.start("ash")
    way.world.save("PAUSE", "The tests are red.\n")
    way.world.settle()
    with pytest.raises(Rejected, match=r"has paused all work .*The tests are red"):
        way.submit(turn, CODE)


def test_what_was_taken_before_the_stop_stays_taken_and_is_answered_as_done(way: FlowWorld) -> None:
    turn = way.start("ash")
    way.submit(turn, CODE)
    before = way.work()
    way.daemon(StopRun(issue=ISSUE, run=turn.id))
    way.submit(turn)
    assert way.work() == before


def test_a_turn_that_the_daemon_stops_for_its_length_hands_in_what_it_has(way: FlowWorld) -> None:
    turn = way.start("ash")
    way.daemon(StopRun(issue=ISSUE, run=turn.id, outcome=RunOutcome.TIMED_OUT))
    way.submit(turn, CODE)
    assert way.work().phase is WorkPhase.SUBMITTED


def test_a_verdict_after_the_stop_ends_no_review(world: World) -> None:
    way = FlowWorld(world, "plain")
    way.through(("ash", CODE))
    turn = way.start("oak")
    way.daemon(StopRun(issue=ISSUE, run=turn.id))
    with pytest.raises(Rejected, match=STOPPED):
        run(give_verdict(way.desk, turn, {"verdict": "approve"}))
    assert (way.flow.phase, way.flow.state, way.flow.verdict) == ("review", FlowState.WORKING, "")


def test_a_text_that_is_not_taken_any_more_is_put_nowhere(world: World) -> None:
    way = FlowWorld(world, "tdd")
    turn = way.start("yew")
    way.daemon(StopRun(issue=ISSUE, run=turn.id))
    with pytest.raises(Rejected, match=STOPPED):
        way.submit(turn, summary="Login answers within thirty seconds.")
    assert "within thirty seconds" not in way.file
