"""What problems are shown with: what is known here by name stays what the domain calls it."""

from dispatchd.application.placed_problems import FINISHED, OVER
from dispatchd.domain.issue import IssueStatus
from dispatchd.domain.proposal import ProposalStatus


def test_the_states_in_which_a_vote_is_over_are_all_but_the_two_before_its_end() -> None:
    assert set(OVER) == set(ProposalStatus) - {ProposalStatus.DRAFT, ProposalStatus.OPEN}


def test_the_states_in_which_an_issue_is_over_are_those_of_the_domain() -> None:
    assert set(FINISHED) == {status for status in IssueStatus if status.is_final}
