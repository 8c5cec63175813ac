"""What the rules say to a person who hands in what stands on an agent's branch."""

from dataclasses import replace

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent_run import WorkPhase
from dispatchd.domain.command import MoveIssue
from dispatchd.domain.issue import IssueStatus
from tests.domain.test_run_rules import END, ISSUE, START, SUBMIT, board, refused
from tests.fakes.fake_board import ALICE, FakeBoard, by

__all__ = ["board"]


def test_a_person_hands_in_what_awaits_review_and_is_worked_on_by_nobody(board: FakeBoard) -> None:
    board.handle(START, by(DAEMON))
    assert "awaiting_review once its turn is over" in refused(board, SUBMIT, ALICE)
    board.handle(MoveIssue(issue=ISSUE, to=IssueStatus.AWAITING_REVIEW), by(ALICE))
    assert "ash works on it" in refused(board, SUBMIT, ALICE)
    board.handle(END, by(DAEMON))
    assert "nothing that its base has not" in refused(board, replace(SUBMIT, commit="b" * 40), ALICE)
    board.handle(SUBMIT, by(ALICE))
    work = board.work(ISSUE)
    assert work is not None
    assert work.phase is WorkPhase.SUBMITTED
    assert work.story[-1].text.startswith("Alice Doe submits")
    assert "cannot be handed in" in refused(board, replace(SUBMIT, commit="e" * 40), ALICE)
