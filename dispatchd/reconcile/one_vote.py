"""Two votes of one person that met in a merge: the file shows one of them.

Both are acts of their commits, and the later counts; which one that is, a merge cannot know, and home will say. Until
then the winner's tick stands; with no winner the one further down, so that both ways round it comes to the same. What
somebody ticked twice in one save is left for the answer that it gets.
"""

from collections.abc import Mapping
from typing import Final

from dispatchd.documents.proposal_document import Ballot, VoteBox, parse_proposal
from dispatchd.documents.text_lines import split_lines

_MOST: Final = 1


def with_one_vote_each(merged: str, one: str, other: str, *, has_winner: bool) -> str:
    """*merged*, which came of *one* (the winner, where there is one) and *other*, with one tick where each had one."""
    texts = (one, other)
    sides = [_ballots(text) for text in texts]
    lines = split_lines(merged)
    for person, ballot in _ballots(merged).items():
        mine = [_ticked(side.get(person)) for side in sides]
        ticked = _ticked(ballot)
        if len(ticked) <= _MOST or any(len(each) != _MOST for each in mine):
            continue
        stands = 0 if has_winner or mine[0][0].choice is ticked[-1].choice else 1
        written = split_lines(texts[stands])
        for box in ballot.boxes:
            own = next((each for each in sides[stands][person].boxes if each.choice is box.choice), None)
            if own is not None:
                at = box.line - 1
                end = lines[at][len(lines[at].rstrip("\r\n")) :]
                lines[at] = written[own.line - 1].rstrip("\r\n") + end
    return "".join(lines)


def _ballots(text: str) -> Mapping[str, Ballot]:
    return {ballot.person: ballot for ballot in parse_proposal(text).ballots}


def _ticked(ballot: Ballot | None) -> list[VoteBox]:
    return [box for box in ballot.boxes if box.ticked] if ballot is not None else []
