from datetime import timedelta
from typing import Any, Final

import pytest

from dispatchd.domain.actors import DAEMON
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import (
    CastVote,
    ChangeSet,
    EndVoting,
    IntroduceAgent,
    OpenProposal,
    OverrideKind,
    OverrideProposal,
    RemoveEntity,
    RestoreEntity,
    SetFact,
)
from dispatchd.domain.decision import DecisionKind
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import (
    Choice,
    CreateIssue,
    Proposal,
    ProposalStatus,
    Threshold,
)
from tests.fakes.fake_board import ALICE, ASH, BIRCH, BOB, NOON, STRANGER, FakeBoard, by
from tests.fakes.fake_workspace import (
    PROPOSAL,
    open_proposal,
    refusal,
    the_proposal,
    workspace,
)

DEADLINE: Final = NOON + timedelta(days=1)
DRAFT: Final = ProposalStatus.DRAFT


def vote(voter: str, choice: Choice = Choice.APPROVE, reason: str = "") -> CastVote:
    return CastVote(proposal=PROPOSAL, voter=voter, choice=choice, reason=reason)


def override(how: OverrideKind, reason: str = "it cannot wait") -> OverrideProposal:
    return OverrideProposal(proposal=PROPOSAL, how=how, reason=reason)


def asked(*voters: str, **facts: Any) -> FakeBoard:
    board = workspace()
    open_proposal(board, *voters, **facts)
    return board


def test_it_closes_with_the_last_vote_and_is_recorded() -> None:
    board = asked("coder", "@alice", actions=(CreateIssue(title="Replace bcrypt"),))
    board.handle(vote("@alice", reason="long overdue"), by(ALICE))
    assert the_proposal(board).status == "open"
    board.handle(vote("ash", reason="Fastest to build."), by(ASH))
    proposal = the_proposal(board)
    assert (proposal.status, proposal.closed_at) == ("passed", NOON)
    [decision] = board.decisions.values()
    assert proposal.decision == decision.id
    assert (decision.kind, decision.outcome, decision.by) == (
        DecisionKind.VOTE,
        "passed",
        ("Alice Doe", "ash"),
    )
    assert decision.tally == ("@alice: approve. long overdue", "ash (coder): approve. Fastest to build.")
    assert decision.consequences == ("To be done: create the issue “Replace bcrypt”.",)


def test_a_vote_can_be_changed_until_it_closes_and_the_same_vote_is_nothing() -> None:
    board = asked("@alice", "@bob")
    board.handle(vote("alice"), by(ALICE))
    assert board.handle(vote("@alice"), by(ALICE)) == []
    board.handle(vote("@alice", Choice.REJECT, "I was wrong"), by(ALICE))
    board.handle(vote("@bob", Choice.REJECT, "no"), by(BOB))
    assert the_proposal(board).status == "rejected"
    assert refusal(board, vote("@alice")) == "open a new proposal; p-9xw4 is rejected and closed."
    assert board.handle(vote("@bob", Choice.REJECT, "no"), by(BOB)) == []


def test_people_vote_for_themselves_alone() -> None:
    board = asked("@alice", "@bob", "coder")
    assert refusal(board, vote("@bob")) == (
        "this vote is by @alice, and the section is @bob's; everybody votes in their own."
    )
    assert "the section is" in refusal(board, vote("coder"))
    assert "the section is" in refusal(board, vote("@alice"), STRANGER)


def test_agents_vote_for_themselves_or_the_role_they_hold_and_never_for_people() -> None:
    board = asked("@alice", "birch", "security")
    assert "the section is" in refusal(board, vote("@alice"), ASH)
    assert "the section is" in refusal(board, vote("birch"), ASH)
    assert "the section is" in refusal(board, vote("security"), ASH)
    board.handle(vote("birch"), by(BIRCH))


def test_a_role_has_one_vote_and_it_stays_with_who_cast_it() -> None:
    board = asked("coder", "@alice")
    board.handle(vote("coder"), by(ASH))
    assert refusal(board, vote("coder", Choice.ABSTAIN), BIRCH).startswith("ash can change it")
    board.handle(vote("coder", Choice.ABSTAIN), by(ASH))
    board.handle(SetFact(subject=EntityId("ash"), key="role", value="docs"), by(ALICE))
    board.handle(vote("coder"), by(BIRCH))
    assert [each.signature.by.handle for each in the_proposal(board).votes] == ["birch"]


def test_a_role_nobody_holds_requires_none() -> None:
    board = asked("architect", "@alice")
    board.handle(vote("@alice"), by(ALICE))
    assert the_proposal(board).status == "passed"


def test_with_nobody_to_ask_it_waits_for_its_deadline_or_a_person() -> None:
    board = asked("architect", deadline=DEADLINE)
    assert the_proposal(board).status == "open"
    assert board.handle(EndVoting(proposal=PROPOSAL), by(DAEMON, NOON)) == []
    board.handle(EndVoting(proposal=PROPOSAL), by(DAEMON, DEADLINE))
    assert the_proposal(board).status == "no_quorum"
    assert board.handle(EndVoting(proposal=PROPOSAL), by(DAEMON, DEADLINE)) == []


def test_wanting_to_know_more_holds_it_open_until_the_deadline() -> None:
    board = asked("@alice", "@bob", deadline=DEADLINE)
    board.handle(vote("@alice"), by(ALICE))
    board.handle(vote("@bob", Choice.MORE_INFO, "what does it cost?"), by(BOB))
    assert the_proposal(board).status == "open"
    late = by(BOB, DEADLINE)
    board.handle(EndVoting(proposal=PROPOSAL), by(DAEMON, DEADLINE))
    assert the_proposal(board).status == "passed"
    assert board.handle(vote("@bob", Choice.MORE_INFO, "what does it cost?"), late) == []


def test_a_vote_after_the_deadline_is_too_late_and_only_the_daemon_ends_it() -> None:
    board = workspace()
    proposal = Proposal(
        id=PROPOSAL, title="x", created=NOON, proposer=ALICE, voters=("@alice",), deadline=NOON
    )
    board.handle(OpenProposal(proposal=proposal), by(ALICE, NOON - timedelta(hours=1)))
    assert refusal(board, vote("@alice")) == "open a new proposal; voting ended 2026-11-21 12:00Z."
    assert "the daemon's" in refusal(board, EndVoting(proposal=PROPOSAL))


def test_a_single_approval_closes_it() -> None:
    board = asked("@alice", "@bob", "coder", threshold=Threshold.SINGLE_APPROVAL)
    board.handle(vote("@alice", Choice.MORE_INFO, "why?"), by(ALICE))
    board.handle(vote("coder"), by(ASH))
    assert the_proposal(board).status == "passed"


def test_rejecting_and_asking_for_more_need_a_reason() -> None:
    board = asked("@alice")
    assert refusal(board, vote("@alice", Choice.REJECT)).startswith('write why on the same line, "Reject: …"')
    assert refusal(board, vote("@alice", Choice.MORE_INFO)).startswith(
        'write why on the same line, "More info: …"'
    )


def test_where_no_voters_are_named_everybody_in_people_is_asked() -> None:
    assert the_proposal(asked()).voters == ("@alice", "@bob")


def test_seats_are_spelled_one_way_and_unknown_ones_refused() -> None:
    assert the_proposal(asked("Coder", "alice", "@Alice", "ASH")).voters == ("coder", "@alice", "ash")
    board = workspace()
    proposal = Proposal(id=PROPOSAL, title="x", created=NOON, proposer=ALICE, voters=("carol",))
    assert 'there is no "carol"' in refusal(board, OpenProposal(proposal=proposal))


@pytest.mark.parametrize(
    ("how", "outcome"),
    [
        (OverrideKind.FORCE_APPROVE, "passed"),
        (OverrideKind.FORCE_REJECT, "rejected"),
        (OverrideKind.VETO, "vetoed"),
    ],
)
def test_a_person_may_override_an_open_proposal_with_a_reason_once(how: OverrideKind, outcome: str) -> None:
    board = asked("coder")
    assert "needs a reason" in refusal(board, override(how, ""))
    assert "not for an agent" in refusal(board, override(how), ASH)
    assert "[people]" in refusal(board, override(how), STRANGER)
    board.handle(override(how), by(BOB))
    assert the_proposal(board).status == outcome
    [decision] = board.decisions.values()
    assert (decision.kind, decision.by) == (DecisionKind.OVERRIDE, ("Bob Roe",))
    assert board.handle(override(how), by(ALICE)) == []


def test_a_veto_turns_what_has_passed_and_nothing_forces_what_is_closed() -> None:
    board = asked("@alice")
    board.handle(vote("@alice"), by(ALICE))
    assert refusal(board, override(OverrideKind.FORCE_REJECT)) == (
        "veto it, with a reason, to stop it; p-9xw4 has passed."
    )
    board.handle(override(OverrideKind.VETO), by(BOB))
    assert the_proposal(board).status == "vetoed"
    assert refusal(board, override(OverrideKind.FORCE_APPROVE)).endswith("p-9xw4 is vetoed and closed.")


def test_with_approve_own_off_nobody_forces_their_own_proposal_through() -> None:
    board = workspace(approve_own=False)
    open_proposal(board, "coder")
    assert "@bob can approve it" in refusal(board, override(OverrideKind.FORCE_APPROVE))
    board.handle(override(OverrideKind.FORCE_REJECT), by(ALICE))


def test_a_draft_is_opened_or_withdrawn_and_its_outcome_is_not_written() -> None:
    board = workspace()
    proposal = Proposal(
        id=PROPOSAL, title="x", created=NOON, proposer=ALICE, status=DRAFT, voters=("@alice",)
    )
    board.handle(OpenProposal(proposal=proposal), by(ALICE))
    assert refusal(board, vote("@alice")) == 'write "status: open" to let people vote; p-9xw4 is a draft.'
    board.handle(SetFact(subject=PROPOSAL, key="status", value="open"), by(ALICE))
    assert refusal(board, SetFact(subject=PROPOSAL, key="status", value="passed")).startswith(
        'kept "open"; write "withdrawn" to take it back; "passed" follows from the votes'
    )
    board.handle(SetFact(subject=PROPOSAL, key="status", value="withdrawn"), by(ALICE))
    assert the_proposal(board).status == "withdrawn"


def test_an_agent_changes_who_votes_only_on_its_own_draft() -> None:
    board = workspace()
    open_proposal(board, "coder", "@alice", actor=ASH)
    assert "not for an agent" in refusal(
        board, SetFact(subject=PROPOSAL, key="threshold", value="single approval"), ASH
    )
    assert "not for an agent" in refusal(
        board, ChangeSet(subject=PROPOSAL, key="voters", remove=("@alice",)), ASH
    )
    assert "not for an agent" in refusal(
        board, SetFact(subject=PROPOSAL, key="status", value="withdrawn"), BIRCH
    )
    board.handle(SetFact(subject=PROPOSAL, key="status", value="withdrawn"), by(ASH))


def test_a_person_may_change_who_votes_and_it_closes_if_all_who_are_left_have() -> None:
    board = asked("@alice", "@bob")
    board.handle(vote("@alice"), by(ALICE))
    board.handle(ChangeSet(subject=PROPOSAL, key="voters", remove=("bob",)), by(ALICE))
    assert the_proposal(board).status == "passed"
    assert "p-9xw4 has passed" in refusal(board, ChangeSet(subject=PROPOSAL, key="voters", add=("ash",)))


def test_somebody_has_to_vote() -> None:
    said = refusal(asked("@alice"), ChangeSet(subject=PROPOSAL, key="voters", remove=("@alice",)))
    assert said == "kept @alice; somebody has to vote."


def test_a_deadline_is_a_day_that_ends_at_midnight_utc() -> None:
    board = asked("@alice")
    board.handle(SetFact(subject=PROPOSAL, key="deadline", value="2026-11-28"), by(ALICE))
    deadline = the_proposal(board).deadline
    assert deadline is not None
    assert deadline.isoformat() == "2026-11-29T00:00:00+00:00"
    assert board.handle(SetFact(subject=PROPOSAL, key="deadline", value="2026-11-28"), by(ALICE)) == []
    assert "a date like" in refusal(board, SetFact(subject=PROPOSAL, key="deadline", value="2026-02-30"))


def test_deleting_withdraws_and_restoring_opens_again() -> None:
    board = asked("@alice")
    board.handle(RemoveEntity(subject=PROPOSAL), by(ALICE))
    assert (the_proposal(board).status, the_proposal(board).removed) == ("withdrawn", True)
    board.handle(RestoreEntity(subject=PROPOSAL), by(ALICE))
    assert (the_proposal(board).status, the_proposal(board).removed) == ("open", False)


def test_an_agent_introduces_itself_as_a_coder_and_nobody_else() -> None:
    board = workspace()
    assert "not for an agent" in refusal(board, IntroduceAgent(agent=Agent(name="rowan", role="coder")), ASH)
    assert "not for an agent" in refusal(
        board, SetFact(subject=EntityId("ash"), key="role", value="security"), ASH
    )
    for name in ("alice", "coder", "dispatchd", "A b", "i-7k2m"):
        assert "name" in refusal(board, IntroduceAgent(agent=Agent(name=name)))
    assert board.handle(IntroduceAgent(agent=Agent(name="ash")), by(ALICE)) == []


def test_a_refused_voter_hears_who_is_asked() -> None:
    assert refusal(asked("@bob"), vote("@carol")) == '@bob is asked to vote; "@carol" is not.'
    assert (
        refusal(asked("coder", "@bob"), vote("@carol"))
        == 'coder and @bob are asked to vote; "@carol" is not.'
    )
