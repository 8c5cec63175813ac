from typing import Any

import pytest

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.carrying_out import answers_for, is_for_people
from dispatchd.domain.command import CastVote, NoteDeed, OverrideKind, OverrideProposal
from dispatchd.domain.event import ActionCarriedOut, ProposalClosed, RecordedEvent
from dispatchd.domain.hearsay import follows
from dispatchd.domain.identifiers import DocumentPath, EventId, EventPosition
from dispatchd.domain.proposal import (
    Action,
    Choice,
    CreateIssue,
    Deed,
    MergeAction,
    ProposalStatus,
    SetFact,
    SetSetting,
    StartEpicAction,
    WriteContext,
)
from tests.fakes.fake_board import ALICE, ASH, BOB, FakeBoard, by
from tests.fakes.fake_workspace import PROPOSAL, open_proposal, refusal, the_proposal, workspace

TWO = (CreateIssue(title="One"), CreateIssue(title="Two"))


def passed(*voters: str, actions: tuple[Action, ...] = TWO, **facts: Any) -> FakeBoard:
    board = workspace()
    open_proposal(board, *voters, actions=actions, **facts)
    for voter in voters:
        who = ALICE if voter.startswith("@") else ASH
        board.handle(CastVote(proposal=PROPOSAL, voter=voter, choice=Choice.APPROVE), by(who))
    assert the_proposal(board).status == "passed"
    return board


def note(number: int, did: str = "done", *, failed: bool = False) -> NoteDeed:
    return NoteDeed(proposal=PROPOSAL, number=number, did=did, failed=failed)


def veto(reason: str = "not yet") -> OverrideProposal:
    return OverrideProposal(proposal=PROPOSAL, how=OverrideKind.VETO, reason=reason)


def test_each_action_is_noted_once_and_in_order() -> None:
    board = passed("@alice")
    assert board.handle(note(2), by(DAEMON)) == []
    assert len(board.handle(note(1), by(DAEMON))) == 1
    assert board.handle(note(1), by(DAEMON)) == []
    board.handle(note(2, "not done", failed=True), by(DAEMON))
    assert the_proposal(board).deeds == (Deed(did="done"), Deed(did="not done", failed=True))
    assert the_proposal(board).next_action is None
    assert board.handle(note(3), by(DAEMON)) == []


def test_what_could_not_be_done_is_told_to_people() -> None:
    board = passed("@alice")
    events = board.handle(note(1, "nobody is called so", failed=True), by(DAEMON))
    assert isinstance(events[0], ActionCarriedOut)
    (told,) = [each for each in board.entities.values() if getattr(each, "cause", "").startswith("undone:")]
    assert "nobody is called so" in str(told)


def test_a_veto_between_two_actions_leaves_the_second_undone() -> None:
    board = passed("@alice")
    board.handle(note(1), by(DAEMON))
    board.handle(veto(), by(BOB))
    assert the_proposal(board).next_action is None
    assert board.handle(note(2), by(DAEMON)) == []


def test_what_is_done_is_not_vetoed_any_more() -> None:
    board = passed("@alice")
    for number in (1, 2):
        board.handle(note(number), by(DAEMON))
    assert refusal(board, veto(), BOB).startswith("open a new proposal that takes it back")


def test_what_passed_before_anything_was_carried_out_is_left_to_people_as_it_was() -> None:
    board = workspace()
    open_proposal(board, "@alice", actions=TWO)
    board.apply(ProposalClosed(proposal=PROPOSAL, outcome=ProposalStatus.PASSED), by(DAEMON))
    assert the_proposal(board).next_action is None
    assert board.handle(note(1), by(DAEMON)) == []
    board.handle(veto(), by(BOB))
    assert the_proposal(board).status == "vetoed"


def test_agents_do_not_note_what_was_done_nor_override() -> None:
    board = passed("ash")
    assert "is the daemon's" in refusal(board, note(1), ASH)
    assert "not for an agent to decide" in refusal(board, veto(), ASH)


def test_a_person_answers_only_who_voted_for_it_or_forced_it() -> None:
    by_agents = passed("ash")
    assert answers_for(by_agents.rules, the_proposal(by_agents)) is None
    with_alice = passed("ash", "@alice")
    assert answers_for(with_alice.rules, the_proposal(with_alice)) == ALICE
    forced = workspace()
    open_proposal(forced, "ash", actions=TWO)
    force = OverrideProposal(proposal=PROPOSAL, how=OverrideKind.FORCE_APPROVE, reason="now")
    forced.handle(force, by(BOB))
    assert answers_for(forced.rules, the_proposal(forced)) == BOB


def test_a_vote_of_a_person_against_it_answers_for_nothing() -> None:
    board = workspace()
    open_proposal(board, "ash", "birch", "@alice", actions=TWO)
    no = CastVote(proposal=PROPOSAL, voter="@alice", choice=Choice.REJECT, reason="no")
    board.handle(no, by(ALICE))
    board.handle(CastVote(proposal=PROPOSAL, voter="ash", choice=Choice.APPROVE), by(ASH))
    assert answers_for(board.rules, the_proposal(board)) is None


@pytest.mark.parametrize(
    ("action", "peoples"),
    [
        (CreateIssue(title="One"), False),
        (SetFact(target="i-7k2m", key="priority", value="high"), False),
        (SetFact(target="i-7k2m", key="status", value="done"), True),
        (SetFact(target="i-7k2m", key="assignee", value="ash"), True),
        (SetFact(target="ash", key="role", value="reviewer"), True),
        (SetFact(target="p-9xw4", key="threshold", value="single_approval"), True),
        (SetSetting(key="budget.day_usd", value="1000"), True),
        (StartEpicAction(target="e-3fq9"), True),
        (MergeAction(target="i-7k2m"), True),
        (WriteContext(path=DocumentPath("context/x.md"), text="x"), True),
    ],
)
def test_what_is_for_people_is_known_by_what_it_does(action: Action, peoples: bool) -> None:
    assert is_for_people(action) is peoples


def test_a_deed_that_another_clone_tells_of_counts_only_where_it_is_next() -> None:
    def heard(board: FakeBoard, number: int) -> bool:
        event = ActionCarriedOut(proposal=PROPOSAL, number=number, did="done")
        told = RecordedEvent(position=EventPosition(1), id=EventId("e"), circumstance=by(DAEMON), event=event)
        return follows(board, told)

    board = passed("@alice")
    assert (heard(board, 1), heard(board, 2)) == (True, False)
    board.handle(veto(), by(BOB))
    assert not heard(board, 1)


def test_the_same_events_make_the_same_deeds() -> None:
    board = passed("@alice")
    board.handle(note(1), by(DAEMON))
    assert the_proposal(board.replayed()) == the_proposal(board)
