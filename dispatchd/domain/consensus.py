"""What a vote comes to: whole numbers compared with whole numbers, never a ratio in floating point.

Who may fill a seat is `proposal_rules`' business; here a vote is a vote of a seat.
"""

from collections.abc import Collection, Iterable
from typing import assert_never

from dispatchd.domain.board import Board
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus, Threshold, Vote
from dispatchd.domain.seats import is_filled_by_nobody


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    approve: int = 0
    reject: int = 0
    abstain: int = 0
    more_info: int = 0

    @property
    def deciding(self) -> int:
        """How many voted for or against: what a threshold is a share of."""
        return self.approve + self.reject


def tally(votes: Iterable[Vote], seats: Collection[str]) -> Tally:
    """The count of the standing votes of *seats*; a vote of a seat that is no longer one does not count."""
    standing = {vote.voter: vote.choice for vote in votes if vote.voter in seats}
    choices = list(standing.values())
    return Tally(
        approve=choices.count(Choice.APPROVE),
        reject=choices.count(Choice.REJECT),
        abstain=choices.count(Choice.ABSTAIN),
        more_info=choices.count(Choice.MORE_INFO),
    )


def meets(threshold: Threshold, count: Tally) -> bool:
    """Whether *count*, in which somebody voted for or against, is enough."""
    match threshold:
        case Threshold.UNANIMOUS:
            return count.reject == 0
        case Threshold.SUPER_MAJORITY:
            return 3 * count.approve >= 2 * count.deciding
        case Threshold.SIMPLE_MAJORITY:
            return 2 * count.approve > count.deciding
        case Threshold.SINGLE_APPROVAL:
            return count.approve >= 1
        case _:
            assert_never(threshold)


def outcome(threshold: Threshold, votes: Iterable[Vote], seats: Collection[str]) -> ProposalStatus:
    """What closing now comes to: passed, rejected or no quorum."""
    count = tally(votes, seats)
    if count.deciding == 0:
        return ProposalStatus.NO_QUORUM
    return ProposalStatus.PASSED if meets(threshold, count) else ProposalStatus.REJECTED


def required_seats(board: Board, proposal: Proposal) -> tuple[str, ...]:
    """The seats whose vote is waited for: all but those that nobody may fill."""
    return tuple(seat for seat in proposal.voters if not is_filled_by_nobody(board, proposal, seat))


def missing_seats(board: Board, proposal: Proposal) -> tuple[str, ...]:
    """The required seats that have not voted."""
    voted = {vote.voter for vote in proposal.votes}
    return tuple(seat for seat in required_seats(board, proposal) if seat not in voted)


def closes_now(board: Board, proposal: Proposal) -> ProposalStatus | None:
    """The outcome if the proposal closes before its deadline: all required seats voted and none wants to know more.

    Without a single vote nothing closes, so that a proposal whose roles nobody holds waits for its deadline or a person.
    """
    if proposal.status is not ProposalStatus.OPEN or proposal.removed:
        return None
    count = tally(proposal.votes, proposal.voters)
    if proposal.threshold is Threshold.SINGLE_APPROVAL and count.approve:
        return ProposalStatus.PASSED
    if count == Tally() or count.more_info or missing_seats(board, proposal):
        return None
    return outcome(proposal.threshold, proposal.votes, proposal.voters)
