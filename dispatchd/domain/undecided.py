"""What waits in an entity for people to decide it: with the entity, or its state, that would be gone undecided."""

from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.proposal import Proposal, ProposalStatus


def has_open_gate(epic: Epic | None) -> bool:
    """Whether a gate of *epic*, which is at work, is still to be answered."""
    if (
        epic is None
        or epic.removed
        or epic.status in {EpicStatus.DRAFT, EpicStatus.CANCELLED, EpicStatus.COMPLETED}
    ):
        return False
    return any(stage.plan.gate is not None and not stage.state.is_over for stage in epic.stages)


def is_open_vote(proposal: Proposal | None) -> bool:
    """Whether *proposal* is voted on now."""
    return proposal is not None and not proposal.removed and proposal.status is ProposalStatus.OPEN
