"""What an answer sets in motion stands below it in the issue's Activity, though both happen within one second."""

import pytest

from dispatchd.application.intake import Plan
from dispatchd.application.notices import Notice, by_daemon, open_once
from dispatchd.domain.agent_run import Occasion, RunId, RunOutcome
from dispatchd.domain.command import AnswerThread, Circumstance, Command
from dispatchd.domain.due_turns import stuck_cause
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_command import EndRun, HoldWork, StartRun
from dispatchd.domain.thread import Thread, ThreadKind
from tests.application.who_and_what import alice_here
from tests.application.world import World
from tests.fakes.instant_store import run

A, ISSUE = "issues/a.md", EntityId("i-7k2m")
TURN = RunId("i-7k2m.1")
BEGIN = StartRun(
    contained=True,
    issue=ISSUE,
    run=TURN,
    agent="ash",
    occasion=Occasion.BEGIN,
    branch="dispatchd/i-7k2m-a",
    base="b" * 40,
)
HELD, ANSWERED = ": the work on it is held", "answers: Leave it to me"


@pytest.fixture(autouse=True)
def _an_issue_at_work(world: World) -> None:
    world.save("agents/ash/agent.md", "---\nrole: coder\n---\n\nx\n")
    world.save(A, "---\nid: i-7k2m\nstatus: queued\n---\n\nA\n")
    world.settle()
    do(world, BEGIN, EndRun(run=TURN, outcome=RunOutcome.OK))


def do(world: World, *commands: Command) -> None:
    """What the daemon does, in one transaction."""
    now = world.clock.now()
    run(world.session.act(lambda _door, _by: Plan(commands=commands), lambda _work: by_daemon(now)))


def ask(world: World) -> EntityId:
    now = world.clock.now()
    notice = Notice(
        cause=stuck_cause(ISSUE),
        title="How is it to go on?",
        text="It does not.",
        kind=ThreadKind.ESCALATION,
        subject=ISSUE,
        options=("Try again", "Leave it to me"),
    )
    run(world.session.act(lambda door, _by: asked(open_once(door, notice, now)), lambda _: by_daemon(now)))
    found = world.store.look(lambda work: work.open_thread_about(stuck_cause(ISSUE)))
    assert isinstance(found, Thread)
    return found.id


def asked(_: object) -> Plan:
    return Plan(commands=[])


def leave_it(world: World, thread: EntityId) -> None:
    now = world.clock.now()
    answer = AnswerThread(thread=thread, option="Leave it to me")
    run(
        world.session.act(
            lambda _door, _by: Plan(commands=[answer]),
            lambda work: Circumstance(actor=alice_here(work), at=now, provenance=by_daemon(now).provenance),
        )
    )
    do(world, HoldWork(issue=ISSUE, held=True))


def test_the_work_is_held_below_the_answer_that_says_so(world: World) -> None:
    thread = ask(world)
    world.advance(10.0)
    leave_it(world, thread)
    world.settle()
    text = world.read(A)
    assert text.index("asks: [How is it") < text.index(ANSWERED) < text.index(HELD)


def test_an_answer_in_the_second_of_its_question_stands_below_it(world: World) -> None:
    leave_it(world, ask(world))
    world.settle()
    text = world.read(A)
    assert text.index("asks: [How is it") < text.index(ANSWERED)
