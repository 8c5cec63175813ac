"""Work that broke off for good and was left to a person goes on when that person lets it, with fresh attempts."""

import pytest

from dispatchd.adapters.assets.packaged_assets import PackagedAssets
from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.circuit import Resting, note_missing
from dispatchd.application.agents.looks import why
from dispatchd.application.agents.stuck import LEAVE, ask_how_to_go_on, do_as_told
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.request import Verb
from dispatchd.domain.agent_run import Occasion, RunOutcome, run_id
from dispatchd.domain.due_turns import MOST_ATTEMPTS, Due, Waits
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.run_command import EndRun, StartRun
from tests.application.flow_world import BASE, ISSUE, PATH, FlowWorld
from tests.application.losing import lose_database
from tests.application.world import World
from tests.fakes.instant_store import run


@pytest.fixture
def way(world: World) -> FlowWorld:
    """An issue that goes through no workflow."""
    made = FlowWorld(world, "plain")
    world.edit(PATH, "workflow: plain\n", "")
    world.settle()
    return made


def breaks_off(way: FlowWorld, outcome: RunOutcome, attempt: int, number: int) -> None:
    start = StartRun(
        issue=ISSUE,
        run=run_id(ISSUE, number),
        agent="ash",
        occasion=Occasion.RETRY,
        attempt=attempt,
        branch="dispatchd/x",
        base=BASE,
        contained=True,
    )
    way.daemon(start, EndRun(run=start.run, outcome=outcome, said="claude is not installed"))


def due(way: FlowWorld) -> Due | Waits:
    def look(work: UnitOfWork) -> Due | Waits:
        issue = work.issue(ISSUE)
        assert issue is not None
        return due_of(work, issue)

    return way.world.store.look(look)


def leave_it_to_me(way: FlowWorld) -> None:
    waits = due(way)
    assert isinstance(waits, Waits)
    assert waits.stuck
    run(ask_how_to_go_on(way.desk, ISSUE, waits.why))
    way.world.settle()
    answer(way)


def answer(way: FlowWorld) -> None:
    (path,) = way.world.paths("inbox/")
    way.world.edit(path, f"- [ ] {LEAVE}", f"- [x] {LEAVE}")
    way.world.settle()
    run(do_as_told(way.desk))
    way.world.settle()


@pytest.mark.parametrize(
    ("outcome", "attempt"),
    [(RunOutcome.FAILED_TO_START, 1), (RunOutcome.CRASHED, MOST_ATTEMPTS), (RunOutcome.OVER_BUDGET, 1)],
)
def test_what_was_left_to_a_person_begins_a_turn_once_they_let_it_go_on(
    way: FlowWorld, outcome: RunOutcome, attempt: int
) -> None:
    breaks_off(way, outcome, attempt, 1)
    leave_it_to_me(way)
    held = due(way)
    assert isinstance(held, Waits)
    assert (f"{ISSUE} is held" in held.why, held.stuck) == (True, False)
    way.world.ask(Verb.AGENT_START, id=ISSUE)
    way.world.settle()
    fresh = Due(occasion=Occasion.RETRY, attempt=1)
    assert due(way) == fresh
    lose_database(way.world)
    way.world.settle()
    assert due(way) == fresh
    breaks_off(way, RunOutcome.CRASHED, 1, 2)
    after = due(way)
    assert isinstance(after, Due)
    assert after.attempt == 2
    breaks_off(way, RunOutcome.CRASHED, MOST_ATTEMPTS, 3)
    again = due(way)
    assert isinstance(again, Waits)
    assert again.stuck


def test_turns_that_did_nothing_are_counted_anew(way: FlowWorld) -> None:
    way.end(way.start("ash"))
    breaks_off(way, RunOutcome.OK, 1, 2)
    leave_it_to_me(way)
    way.world.ask(Verb.AGENT_START, id=ISSUE)
    way.world.settle()
    assert due(way) == Due(occasion=Occasion.GO_ON)
    breaks_off(way, RunOutcome.OK, 1, 3)
    assert due(way) == Due(occasion=Occasion.GO_ON)


def test_a_missing_program_is_found_anew_by_one_turn_when_nobody_is_asked_about_it(way: FlowWorld) -> None:
    def rests(work: UnitOfWork) -> list[str]:
        """Of two issues in one decision, and then of a vote."""
        resting = Resting(work, way.world.clock.now(), {})
        found = (resting.why_no_work("scripted"), resting.why_no_work("scripted"), resting.why("scripted"))
        return [(each or "").partition(",")[0] for each in found]

    away = "claude is not installed"
    look = way.world.store.look
    turn = way.start("ash")
    look(lambda work: note_missing(work, turn, "claude"))
    assert look(rests) == [away] * 3
    way.daemon(EndRun(run=turn.id, outcome=RunOutcome.FAILED_TO_START, said=away))
    assert look(rests) == [away] * 3
    leave_it_to_me(way)
    assert look(rests) == ["", away, away]
    way.world.save("issues/other.md", "---\nid: i-8p3q\ntitle: Other\nstatus: queued\n---\n\nDo it.\n")
    way.world.settle()
    other = StartRun(
        issue=EntityId("i-8p3q"),
        run=run_id(EntityId("i-8p3q"), 1),
        agent="elm",
        occasion=Occasion.BEGIN,
        branch="dispatchd/y",
        base=BASE,
        contained=True,
    )
    way.daemon(other)
    assert look(rests) == [away] * 3
    way.daemon(EndRun(run=other.run, outcome=RunOutcome.CANCELLED))
    assert look(rests) == ["", away, away]
    way.world.ask(Verb.AGENT_START, id=ISSUE)
    again = way.start("ash")
    look(lambda work: note_missing(work, again, "claude"))
    assert look(rests) == [away] * 3


def said(way: FlowWorld) -> tuple[str, bool]:
    """What `why` says, and whether an agent is asked next."""

    def look(work: UnitOfWork) -> tuple[str, bool]:
        issue = work.issue(ISSUE)
        assert issue is not None
        found = why(work, PackagedAssets(), way.settings(), issue, way.world.clock.now())
        return found.why, found.starts

    return way.world.store.look(look)


def test_what_cannot_begin_says_so_to_whoever_asks_why_and_leaves_the_queue_on_a_persons_word(
    way: FlowWorld,
) -> None:
    way.world.advance(60)
    assert said(way)[1]
    run(ask_how_to_go_on(way.desk, ISSUE, "HEAD has no commit yet to begin at; make one, then try again"))
    way.world.settle()
    (path,) = way.world.paths("inbox/")
    text = way.world.read(path)
    assert f"The work on {ISSUE} cannot begin: HEAD has no commit yet" in text
    assert "It begins by itself once that is put right" in text
    thread = way.world.at(path).id
    assert said(way) == (f"it could not begin, and is tried again; {thread} says why", False)
    answer(way)
    assert "status: unassigned" in way.file
    way.world.ask(Verb.AGENT_START, id=ISSUE)
    assert "status: queued" in way.file
    way.world.advance(60)
    assert said(way)[1]
