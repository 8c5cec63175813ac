"""Two votes of one person that met in a merge: the file shows one of them.

Both are acts of their commits, and the later counts; which one that is, a merge cannot know, and home will say. Until
then the winner's tick stands; with no winner the box further down, so that both ways round it comes to the same. What
somebody ticked twice in one save is left for the answer that it gets.
"""

from collections.abc import Mapping
from typing import Final

from dispatchd.documents.boxes import set_box
from dispatchd.documents.proposal_document import Ballot, VoteBox, parse_proposal
from dispatchd.domain.proposal import Choice

_MOST: Final = 1


def with_one_vote_each(merged: str, one: str, other: str, *, has_winner: bool) -> str:
    """*merged*, which came of *one* (the winner, where there is one) and *other*, with one tick where each had one."""
    sides = [_ballots(text) for text in (one, other)]
    for person, ballot in _ballots(merged).items():
        ticked = _ticked(ballot)
        beside = [len(_ticked(side[person])) for side in sides if person in side]
        if len(ticked) > _MOST and max(beside, default=0) <= _MOST:
            stands = _choice(sides[0].get(person)) if has_winner else ticked[-1].choice
            for box in ticked:
                if box.choice is not stands:
                    merged = set_box(merged, box.line, ticked=False)
    return merged


def _ballots(text: str) -> Mapping[str, Ballot]:
    return {ballot.person: ballot for ballot in parse_proposal(text).ballots}


def _choice(ballot: Ballot | None) -> Choice | None:
    ticked = _ticked(ballot) if ballot is not None else []
    return ticked[-1].choice if ticked else None


def _ticked(ballot: Ballot) -> list[VoteBox]:
    return [box for box in ballot.boxes if box.ticked]
