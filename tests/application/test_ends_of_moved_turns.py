"""A turn whose repository was moved under it: whatever became of its process, that costs no attempt."""

from dataclasses import replace

import pytest

from dispatchd.adapters.agents.command import CommandEngine
from dispatchd.application.agents.ending import verdict_on
from dispatchd.application.ports.run_room import Life, RunExit, RunSight
from dispatchd.application.ports.run_store import RunProgress, Verdict
from dispatchd.domain.agent_run import RunOutcome
from tests.application.test_ends_of_transcripts import RUN

LIVE = replace(RUN, ended=None, outcome=None)
NOTHING = RunProgress(run=LIVE.id)
CRASHED = RunSight(
    life=Life.EXITED, exit=RunExit(code=1), stderr_tail="bwrap: Can't find source path /old/.git", moved=True
)


@pytest.mark.parametrize(
    "sight",
    [
        CRASHED,
        replace(CRASHED, exit=RunExit(code=None, error="it could not be started")),
        RunSight(life=Life.GONE, moved=True),
    ],
)
def test_what_broke_off_because_of_the_move_spends_no_attempt(sight: RunSight) -> None:
    verdict = verdict_on(LIVE, CommandEngine(), sight, NOTHING)
    assert verdict == Verdict(outcome=RunOutcome.INTERRUPTED, said="the repository was moved while it ran")
    assert not verdict.outcome.uses_an_attempt
    assert verdict.outcome.may_be_tried_again
    unmoved = verdict_on(LIVE, None, replace(sight, moved=False), NOTHING)
    assert unmoved.outcome is not RunOutcome.INTERRUPTED


def test_a_turn_that_had_done_its_work_before_is_done() -> None:
    sight = RunSight(life=Life.EXITED, exit=RunExit(code=0), moved=True)
    assert verdict_on(LIVE, CommandEngine(), sight, NOTHING).outcome is RunOutcome.OK
    said = RunProgress(run=LIVE.id, verdict=Verdict(outcome=RunOutcome.OK, said="Done."))
    assert verdict_on(LIVE, None, CRASHED, said).said == "Done."


def test_what_people_stopped_stays_stopped() -> None:
    stopped = replace(LIVE, stopping=RunOutcome.CANCELLED)
    assert verdict_on(stopped, None, CRASHED, NOTHING).outcome is RunOutcome.CANCELLED
