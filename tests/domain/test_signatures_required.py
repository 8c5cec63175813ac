"""With `require_signed` a person's votes and gates count only when signed; what is an agent's or the daemon's does not change."""

from dataclasses import replace

import pytest

from dispatchd.domain.actors import DAEMON, Channel
from dispatchd.domain.command import (
    ApproveGate,
    AskGateAgain,
    CastVote,
    Circumstance,
    Command,
    OverrideKind,
    OverrideProposal,
    PlanStages,
    RejectGate,
    SetFact,
    SkipGate,
)
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import GateApproved, GateRejected, StagesPlanned, VoteCast
from dispatchd.domain.proposal import Choice
from dispatchd.domain.signatures import COUNTS_WHEN_SIGNED, Unsigned
from tests.fakes.fake_board import ALICE, ASH, FakeBoard, by
from tests.fakes.fake_workspace import EPIC, PROPOSAL, open_epic, open_proposal, plan, workspace

GATES: tuple[Command, ...] = (
    ApproveGate(epic=EPIC, stage="Design"),
    RejectGate(epic=EPIC, stage="Design", reason="too early"),
    SkipGate(epic=EPIC, stage="Design", reason="agreed"),
    CastVote(proposal=PROPOSAL, voter="@alice", choice=Choice.APPROVE),
    OverrideProposal(proposal=PROPOSAL, how=OverrideKind.VETO, reason="no"),
)


def signed() -> Circumstance:
    plain = by(ALICE, channel=Channel.COMMIT)
    return replace(plain, provenance=replace(plain.provenance, signed=True))


@pytest.fixture
def board() -> FakeBoard:
    made = workspace(require_signed=True)
    open_epic(made, plan("Design"), plan("Build"))
    open_proposal(made, "coder", "@alice")
    return made


@pytest.mark.parametrize("command", GATES, ids=lambda command: type(command).__name__)
def test_what_a_person_decides_needs_a_signature_through_every_door(
    board: FakeBoard, command: Command
) -> None:
    for channel in (Channel.SAVE, Channel.COMMIT, Channel.COMMAND):
        with pytest.raises(Unsigned, match="commit"):
            board.handle(command, by(ALICE, channel=channel))
    assert board.handle(command, signed())


def test_a_save_is_told_how_it_would_count(board: FakeBoard) -> None:
    with pytest.raises(Unsigned) as refused:
        board.handle(GATES[0], by(ALICE))
    assert str(refused.value) == COUNTS_WHEN_SIGNED


def test_without_the_setting_nothing_needs_a_signature() -> None:
    board = workspace()
    open_epic(board, plan("Design"))
    assert any(isinstance(event, GateApproved) for event in board.handle(GATES[0], by(ALICE)))


def test_an_agents_own_vote_and_other_edits_of_people_need_none(board: FakeBoard) -> None:
    cast = board.handle(CastVote(proposal=PROPOSAL, voter="coder", choice=Choice.APPROVE), by(ASH))
    assert any(isinstance(event, VoteCast) for event in cast)
    assert board.handle(SetFact(subject=EPIC, key="title", value="Sign in"), by(ALICE))
    assert not board.handle(SetFact(subject=EPIC, key="title", value="Sign in"), by(DAEMON))


def test_asking_again_needs_one_too(board: FakeBoard) -> None:
    assert any(isinstance(event, GateRejected) for event in board.handle(GATES[1], signed()))
    with pytest.raises(Unsigned):
        board.handle(AskGateAgain(epic=EPIC, stage="Design"), by(ALICE))


def test_what_is_refused_anyway_says_why_first(board: FakeBoard) -> None:
    with pytest.raises(Rejected, match="comes first") as refused:
        board.handle(ApproveGate(epic=EPIC, stage="Build"), by(ALICE))
    assert not isinstance(refused.value, Unsigned)


def test_a_gate_that_waits_cannot_be_written_away(board: FakeBoard) -> None:
    without = PlanStages(epic=EPIC, stages=(plan("Design", None), plan("Build")))
    with pytest.raises(Rejected, match="in no other way"):
        board.handle(without, by(ALICE))
    more = PlanStages(epic=EPIC, stages=(plan("Design"), plan("Build"), plan("Release")))
    assert any(isinstance(event, StagesPlanned) for event in board.handle(more, by(ALICE)))
    assert board.handle(
        replace(without, stages=(plan("Design", None), plan("Build"), plan("Release"))), signed()
    )
