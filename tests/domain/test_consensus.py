import pytest

from dispatchd.domain.actors import Signature
from dispatchd.domain.consensus import Tally, meets, outcome, tally
from dispatchd.domain.proposal import Choice, ProposalStatus, Threshold, Vote
from tests.fakes.fake_board import ALICE, NOON

CHOICES = {"y": Choice.APPROVE, "n": Choice.REJECT, "-": Choice.ABSTAIN, "?": Choice.MORE_INFO}


def votes(letters: str) -> tuple[Vote, ...]:
    signature = Signature(by=ALICE, at=NOON)
    return tuple(
        Vote(voter=f"v{place}", choice=CHOICES[letter], signature=signature)
        for place, letter in enumerate(letters)
    )


@pytest.mark.parametrize(
    ("threshold", "letters", "expected"),
    [
        (Threshold.UNANIMOUS, "yyy", "passed"),
        (Threshold.UNANIMOUS, "yy-", "passed"),
        (Threshold.UNANIMOUS, "yyn", "rejected"),
        (Threshold.SUPER_MAJORITY, "yyn", "passed"),
        (Threshold.SUPER_MAJORITY, "yyyynn", "passed"),
        (Threshold.SUPER_MAJORITY, "yyynn", "rejected"),
        (Threshold.SUPER_MAJORITY, "yyn---", "passed"),
        (Threshold.SIMPLE_MAJORITY, "yn", "rejected"),
        (Threshold.SIMPLE_MAJORITY, "yyn", "passed"),
        (Threshold.SIMPLE_MAJORITY, "y----", "passed"),
        (Threshold.SINGLE_APPROVAL, "ynnnn", "passed"),
        (Threshold.SINGLE_APPROVAL, "nn", "rejected"),
        (Threshold.SIMPLE_MAJORITY, "", "no_quorum"),
        (Threshold.UNANIMOUS, "---", "no_quorum"),
        (Threshold.SINGLE_APPROVAL, "-??", "no_quorum"),
    ],
)
def test_what_a_vote_comes_to(threshold: Threshold, letters: str, expected: str) -> None:
    cast = votes(letters)
    assert outcome(threshold, cast, {vote.voter for vote in cast}) is ProposalStatus(expected)


def test_the_vote_of_somebody_who_is_not_asked_does_not_count() -> None:
    assert tally(votes("yn?-"), {"v0", "v3"}) == Tally(approve=1, abstain=1)


def test_two_thirds_are_exact_however_many_vote() -> None:
    third = 10**17 + 1
    assert meets(Threshold.SUPER_MAJORITY, Tally(approve=2 * third, reject=third))
    assert not meets(Threshold.SUPER_MAJORITY, Tally(approve=2 * third - 1, reject=third))
