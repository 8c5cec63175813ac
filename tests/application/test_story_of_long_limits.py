"""An account that is said to be at its limit for days: people are told, and may have it tried before."""

from datetime import timedelta

import pytest

from dispatchd.application.agents.account_limits import why_account_rests
from dispatchd.application.agents.candidates import due_of
from dispatchd.application.agents.circuit import break_circuits
from dispatchd.application.engines_at_rest import AGAIN, WAIT
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.domain.agent_run import Occasion, RunOutcome, run_id
from dispatchd.domain.due_turns import Due, Waits
from dispatchd.domain.run_command import EndRun, StartRun
from tests.application.flow_world import BASE, ISSUE
from tests.application.losing import lose_database
from tests.application.test_story_of_engines_that_rest import Crashing
from tests.application.world import World
from tests.fakes.instant_store import run


class Limited(Crashing):
    """A turn that ends with a word of a limit that is over after *lasts*."""

    def __init__(self, world: World, lasts: timedelta) -> None:
        super().__init__(world)
        self.number = 0
        self.meets(lasts)

    def meets(self, lasts: timedelta) -> None:
        self.number += 1
        start = StartRun(
            issue=ISSUE,
            run=run_id(ISSUE, self.number),
            agent="ash",
            occasion=Occasion.BEGIN,
            branch=f"dispatchd/{ISSUE}",
            base=BASE,
            contained=True,
        )
        until = self.world.clock.now() + lasts
        self.daemon(
            start, EndRun(run=start.run, outcome=RunOutcome.RATE_LIMITED, said="limit", resets_at=until)
        )
        self.world.settle()
        self.looks()

    def is_held_up(self) -> bool:
        at = self.world.clock.now()
        return self.world.store.look(lambda work: why_account_rests(work, self.engine, at)) is not None

    def begins_at_once(self) -> bool:
        """Whether the issue whose turn met the limit asks for its next one now."""

        def due(work: UnitOfWork) -> Due | Waits:
            issue = work.issue(ISSUE)
            assert issue is not None
            return due_of(work, issue)

        found = self.world.store.look(due)
        return isinstance(found, Due) and found.not_before is None


@pytest.mark.parametrize(("option", "is_held_up"), [(AGAIN, False), (WAIT, True)])
def test_people_are_asked_once_about_a_long_limit_and_their_answer_counts_after_a_lost_database(
    world: World, option: str, is_held_up: bool
) -> None:
    way = Limited(world, timedelta(days=7))
    way.looks()
    (path,) = world.paths("inbox/")
    assert "The account of scripted is at its limit for long" in world.read(path)
    way.answers(option)
    assert (way.is_held_up(), way.begins_at_once()) == (is_held_up, not is_held_up)
    lose_database(world)
    world.settle()
    way.looks()
    assert (way.is_held_up(), way.begins_at_once()) == (is_held_up, not is_held_up)


def test_a_limit_of_some_hours_and_one_that_nobody_believes_are_not_asked_about(world: World) -> None:
    way = Limited(world, timedelta(hours=5))
    assert (way.is_held_up(), world.paths("inbox/")) == (True, [])
    way.meets(timedelta(days=26_000))
    assert (way.is_held_up(), world.paths("inbox/")) == (True, [])


def test_a_limit_that_is_over_is_asked_about_no_more_and_the_next_one_is(world: World) -> None:
    way = Limited(world, timedelta(hours=7))
    assert len(world.paths("inbox/")) == 1
    world.pass_time(timedelta(hours=7).total_seconds())
    world.settle()
    run(break_circuits(way.desk))
    world.settle()
    assert world.paths("inbox/") == []
    way.meets(timedelta(hours=7))
    assert len(world.paths("inbox/")) == 1
