"""`why` has the reason while a turn runs and once work was submitted, and a check that is no command is a person's slip."""

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.in_hand import merge_queue
from dispatchd.application.agents.looks import why
from dispatchd.application.agents.merging import merge_next
from dispatchd.application.agents.permitting import leave_for
from dispatchd.application.agents.submitting import check_before
from dispatchd.application.intake import Plan
from dispatchd.application.people import agent_actor
from dispatchd.application.ports.run_store import Pending
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.settings import settings_in
from dispatchd.domain.actors import Channel, Provenance
from dispatchd.domain.agent_run import AgentRun, Occasion, RunId, RunOutcome, WorkPhase
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_command import EndRun, HoldWork, StartRun, StopRun, SubmitWork
from tests.application.flow_world import BASE, CONFIG, ISSUE, PATH, FlowWorld
from tests.application.world import World
from tests.fakes.instant_store import run

CODE = {"code": "old new"}
NEXT = "it is next to be merged"
SLIP = 'there is no command "tset" below [commands] in config.toml, which agents.{} names'


@pytest.fixture
def way(world: World) -> FlowWorld:
    """An issue that goes through no workflow."""
    made = FlowWorld(world, "plain")
    world.edit(PATH, "workflow: plain\n", "")
    world.settle()
    return made


def said(way: FlowWorld) -> str:
    """What `why` says."""

    def look(work: UnitOfWork) -> str:
        issue = work.issue(ISSUE)
        assert issue is not None
        return why(work, PackagedAssets(), way.settings(), issue, way.world.clock.now()).why

    return way.world.store.look(look)


def queue(way: FlowWorld) -> list[str]:
    """What `merge list` says."""
    return way.world.store.look(lambda work: [each.state for each in merge_queue(work, way.settings())])


def submitted(way: FlowWorld) -> AgentRun:
    turn = way.start("ash")
    way.submit(turn, CODE)
    way.end(turn)
    return turn


def merges(way: FlowWorld) -> bool:
    """A step of the merge queue; one that took anything would ask git, which is not there."""
    nothing: AbstractAsyncContextManager[object] = nullcontext()
    return run(merge_next(nothing, way.desk))


def checks(way: FlowWorld, key: str, name: str) -> None:
    way.world.save("config.toml", f'{CONFIG}\n[agents]\n{key} = ["{name}"]\n')
    way.world.settle()


def test_submitted_work_is_next_or_says_what_holds_it(way: FlowWorld) -> None:
    turn = way.start("ash")
    assert said(way) == "ash works on it"
    way.submit(turn, CODE)
    assert said(way) == "ash has submitted it, and its turn is ending"
    way.end(turn)
    assert (said(way), queue(way)) == (NEXT, ["next"])
    way.daemon(HoldWork(issue=ISSUE, held=True))
    held = f'the work on {ISSUE} is held; "dispatchd agent start {ISSUE}" lets it go on'
    assert (said(way), queue(way)) == (held, ["held"])
    way.daemon(HoldWork(issue=ISSUE, held=False))
    way.world.save("PAUSE", "The tests are red.\n")
    way.world.settle()
    assert said(way).endswith(": The tests are red.")


@pytest.mark.parametrize(
    ("state", "why_it_waits"),
    [
        ("blocked", 'it is "blocked"; "awaiting_review!" lets what was submitted be merged'),
        ("in_progress", "ash is paused"),
        ("queued", "every coder is paused"),
    ],
)
def test_what_people_take_out_of_review_is_in_no_queue_and_says_so(
    way: FlowWorld, state: str, why_it_waits: str
) -> None:
    submitted(way)
    way.world.edit("agents/ash/agent.md", "paused: false", "paused: true")
    way.world.settle()
    way.world.edit(PATH, "status: awaiting_review", f"status: {state}!")
    way.world.settle()
    assert (said(way), queue(way), merges(way)) == (why_it_waits, [f'taken out: it is "{state}"'], False)


def test_it_names_the_thread_that_asks_for_leave_to_change_protected_paths(way: FlowWorld) -> None:
    submitted(way)
    issue = way.world.store.look(lambda work: work.issue(ISSUE))
    assert issue is not None
    run(leave_for(way.desk, issue, way.work(), [".github/ci.yml"]))
    way.world.settle()
    (path,) = way.world.paths("inbox")
    (thread,) = [line.partition(": ")[2] for line in way.world.read(path).splitlines() if line[:4] == "id: "]
    told = f"it waits for leave to change protected paths: {thread}"
    assert (said(way), queue(way), merges(way)) == (told, [told], False)


def test_work_that_was_submitted_before_is_merged_before(way: FlowWorld) -> None:
    other, turn = EntityId("i-9zzz"), RunId("i-9zzz.1")
    way.world.save("issues/other.md", f"---\nid: {other}\nstatus: queued\n---\n\nDo it.\n")
    way.world.settle()
    begin = StartRun(
        issue=other, run=turn, agent="elm", occasion=Occasion.BEGIN, branch="dispatchd/y", base=BASE
    )
    way.daemon(begin)
    provenance = Provenance(channel=Channel.COMMAND, run=turn)
    by = Circumstance(actor=agent_actor("elm"), at=way.world.clock.now(), provenance=provenance)
    submit = Plan(commands=[SubmitWork(issue=other, commit="c" * 40, summary="Done.", run=turn)])
    run(way.desk.session.act(lambda _door, _by: submit, lambda _work: by))
    way.daemon(EndRun(run=turn, outcome=RunOutcome.OK, commit="c" * 40))
    way.world.clock.pass_time(1)
    submitted(way)
    assert (said(way), queue(way)) == (f"it is merged after {other}", ["next", f"after {other}"])
    way.daemon(HoldWork(issue=other, held=True))
    assert (said(way), queue(way)) == (NEXT, ["next", "held"])


def test_a_turn_that_waits_for_leave_names_the_thread_and_one_that_is_to_end_says_why(way: FlowWorld) -> None:
    turn = way.start("ash")
    asked = Pending(request="p1", thread=EntityId("t-2222"), since=way.world.clock.now())

    def wait(work: UnitOfWork) -> None:
        work.runs.save_progress(replace(work.runs.progress(turn.id), asked=(asked,)))

    way.world.store.look(wait)
    assert said(way) == "ash waits for leave: t-2222"
    way.daemon(StopRun(issue=ISSUE, run=turn.id, outcome=RunOutcome.TIMED_OUT))
    assert said(way) == "ash's turn is told to end"
    way.daemon(HoldWork(issue=ISSUE, held=True))
    assert said(way).startswith(f"ash's turn is told to end, because the work on {ISSUE} is held")


def test_what_waits_for_a_look_says_that_it_is_held(world: World) -> None:
    way = FlowWorld(world, "plain")
    way.hand_in("ash", CODE)
    assert said(way) == 'what there is for "implementation" is looked at'
    way.daemon(HoldWork(issue=ISSUE, held=True))
    assert (said(way).startswith(f"the work on {ISSUE} is held"), way.look()) == (True, False)


def test_nothing_is_merged_and_nobody_blamed_while_a_check_is_no_command(way: FlowWorld) -> None:
    submitted(way)
    checks(way, "checks", "tset")
    assert not merges(way)
    assert (way.work().phase, way.work().bounces) == (WorkPhase.SUBMITTED, 0)
    assert (said(way), queue(way)) == (SLIP.format("checks"), [SLIP.format("checks")])
    listed = {each.key: (each.words, each.origin) for each in settings_in(way.world.read("config.toml"))}
    assert listed["agents.checks"] == ("tset", "config.toml:8"), "it is read, and in force"
    checks(way, "checks", "test")
    assert said(way) == NEXT
    with pytest.raises(AttributeError, match="integration"):
        merges(way)


def test_no_turn_begins_whose_submission_could_not_be_checked(way: FlowWorld) -> None:
    turn = way.start("ash")
    checks(way, "submit_checks", "tset")
    with pytest.raises(Rejected, match=r"end your turn; there is no command .* A person mends that"):
        run(check_before(way.desk, turn.id, "submit_work"))
    way.daemon(EndRun(run=turn.id, outcome=RunOutcome.OK, commit=way.head))
    assert said(way) == SLIP.format("submit_checks")
    checks(way, "submit_checks", "test")
    assert said(way) == "ash goes on with it now"
