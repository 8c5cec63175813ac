from hypothesis import given
from hypothesis import strategies as st

from dispatchd.domain.actors import Signature
from dispatchd.domain.command import CastVote
from dispatchd.domain.consensus import outcome
from dispatchd.domain.proposal import Choice, ProposalStatus, Threshold, Vote
from tests.fakes.fake_board import ALICE, ASH, BIRCH, BOB, NOON, by
from tests.fakes.fake_workspace import PROPOSAL, open_proposal, the_proposal, workspace

thresholds = st.sampled_from(Threshold)
ballots = st.lists(st.sampled_from(Choice), max_size=9)


def cast(choices: list[Choice]) -> tuple[Vote, ...]:
    signature = Signature(by=ALICE, at=NOON)
    return tuple(
        Vote(voter=f"v{place}", choice=choice, signature=signature) for place, choice in enumerate(choices)
    )


def result(threshold: Threshold, votes: tuple[Vote, ...]) -> ProposalStatus:
    return outcome(threshold, votes, {vote.voter for vote in votes})


@given(thresholds, ballots, st.randoms(use_true_random=False))
def test_the_order_of_votes_never_matters(
    threshold: Threshold, choices: list[Choice], random: object
) -> None:
    votes = cast(choices)
    shuffled = list(votes)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert result(threshold, tuple(shuffled)) is result(threshold, votes)


@given(thresholds, ballots.filter(lambda choices: Choice.REJECT in choices))
def test_turning_a_rejection_into_an_approval_never_turns_passed_into_rejected(
    threshold: Threshold, choices: list[Choice]
) -> None:
    kinder = list(choices)
    kinder[kinder.index(Choice.REJECT)] = Choice.APPROVE
    if result(threshold, cast(choices)) is ProposalStatus.PASSED:
        assert result(threshold, cast(kinder)) is ProposalStatus.PASSED


@given(thresholds, ballots)
def test_abstaining_changes_no_outcome(threshold: Threshold, choices: list[Choice]) -> None:
    assert result(threshold, cast([*choices, Choice.ABSTAIN])) is result(threshold, cast(choices))


@given(ballots)
def test_a_stricter_threshold_passes_nothing_that_a_milder_one_rejects(choices: list[Choice]) -> None:
    strictest_first = (
        Threshold.UNANIMOUS,
        Threshold.SUPER_MAJORITY,
        Threshold.SIMPLE_MAJORITY,
        Threshold.SINGLE_APPROVAL,
    )
    passed = [result(threshold, cast(choices)) is ProposalStatus.PASSED for threshold in strictest_first]
    assert passed == sorted(passed)


@given(thresholds, ballots)
def test_there_is_no_quorum_exactly_when_nobody_is_for_or_against(
    threshold: Threshold, choices: list[Choice]
) -> None:
    nobody = not {Choice.APPROVE, Choice.REJECT} & set(choices)
    assert (result(threshold, cast(choices)) is ProposalStatus.NO_QUORUM) is nobody


SEATS = {"@alice": ALICE, "@bob": BOB, "ash": ASH, "birch": BIRCH}


@given(
    thresholds.filter(lambda threshold: threshold is not Threshold.SINGLE_APPROVAL),
    st.fixed_dictionaries(
        dict.fromkeys(SEATS, st.sampled_from([Choice.APPROVE, Choice.REJECT, Choice.ABSTAIN]))
    ),
    st.permutations(list(SEATS)),
)
def test_whoever_votes_last_a_proposal_comes_to_the_same(
    threshold: Threshold, choices: dict[str, Choice], order: list[str]
) -> None:
    board = workspace()
    open_proposal(board, *SEATS, threshold=threshold)
    for seat in order:
        vote = CastVote(proposal=PROPOSAL, voter=seat, choice=choices[seat], reason="because")
        board.handle(vote, by(SEATS[seat]))
    proposal = the_proposal(board)
    assert proposal.status is result(threshold, cast(list(choices.values())))
    assert len(board.decisions) == 1
