"""What has followed from a decision so far: its record keeps what was to be done, the proposal what was."""

from collections.abc import Iterator
from typing import Final

from dispatchd.domain.action_rules import action_in_words
from dispatchd.domain.decision import Decision
from dispatchd.domain.proposal import Proposal, ProposalStatus

_DECIDED: Final = frozenset({ProposalStatus.PASSED, ProposalStatus.VETOED})


def followed(decision: Decision, proposal: Proposal | None) -> tuple[str, ...]:
    """The lines of *decision* about what followed, as *proposal*, which it is about, stands now."""
    if proposal is None or not proposal.actions:
        return decision.consequences
    if decision.outcome == ProposalStatus.PASSED and proposal.status in _DECIDED:
        return tuple(_of_actions(proposal))
    done = [each.did for each in proposal.deeds if not each.failed]
    if decision.outcome == ProposalStatus.VETOED and done:
        return (*(f"Done before it: {did}." for did in done), "Nothing more is done.")
    return decision.consequences


def _of_actions(proposal: Proposal) -> Iterator[str]:
    for place, action in enumerate(proposal.actions):
        if place < len(proposal.deeds):
            deed = proposal.deeds[place]
            yield f"{'Not done' if deed.failed else 'Done'}: {deed.did.rstrip('.')}."
        elif proposal.status is ProposalStatus.VETOED:
            yield f"Not done: {action_in_words(action)} (it was vetoed)."
        else:
            yield f"To be done: {action_in_words(action)}."
