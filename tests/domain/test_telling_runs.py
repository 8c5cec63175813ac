"""What the log says of turns is said to people, also where it quotes what their agents were told."""

from dataclasses import replace

import pytest

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_run import RunId, RunOutcome
from dispatchd.domain.errors import Rejected
from dispatchd.domain.run_event import RunEnded
from dispatchd.domain.telling import tell
from dispatchd.domain.turn_of_phase import require_unstopped
from tests.domain.test_due_turns import ISSUE, LAST
from tests.fakes.fake_board import FakeBoard, by


@pytest.mark.parametrize("prefix", ["", "Refused: "])
def test_the_end_of_a_stopped_turn_says_why_and_not_what_its_agent_was_told(prefix: str) -> None:
    board = FakeBoard()
    board.entities = {"ash": Agent(name="ash", paused=True), ISSUE.id: ISSUE}
    with pytest.raises(Rejected) as refused:
        require_unstopped(board, ISSUE, replace(LAST, ended=None, outcome=None))
    assert str(refused.value).startswith("end your turn, which was stopped")
    ended = RunEnded(
        issue=ISSUE.id,
        run=RunId("i-7k2m.1"),
        agent="ash",
        outcome=RunOutcome.CANCELLED,
        said=f"{prefix}{refused.value}",
    )
    assert tell(ended, by(DAEMON), board).endswith("end: cancelled (ash is paused)")
    own = replace(ended, said="I stop here.")
    assert tell(own, by(DAEMON), board).endswith("end: cancelled (I stop here.)")
