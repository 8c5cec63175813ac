"""What is left of an epic or a proposal when decisions about it turn out to be nobody's who may make them.

Which decisions those are is for others to say; here is only what they leave behind.
"""

from dataclasses import replace
from datetime import datetime

from dispatchd.domain.board import Entity
from dispatchd.domain.epic import Epic, Gate, StageState
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.stages import reopened
from dispatchd.domain.steering_event import DecisionsDoubted


def doubted(entity: Entity | None, event: DecisionsDoubted, at: datetime) -> Entity | None:
    """*entity* without what *event* takes from it; None where there is nothing to take."""
    match entity:
        case Epic() if event.stage and entity.stage(event.stage):
            return _asks_again(entity, event, at)
        case Proposal():
            return _without_votes(entity, event, at)
        case _:
            return None


def _asks_again(epic: Epic, event: DecisionsDoubted, at: datetime) -> Epic:
    stage = epic.stage(event.stage)
    signed = stage.gate.approvals if stage is not None else ()
    kept = tuple(each for each in signed if each.by.handle not in event.voters)
    choice = stage.gate.choice if stage is not None and kept else None
    gate = Gate(approvals=kept, choice=choice)
    stages = tuple(
        replace(each, state=StageState.AWAITING_GATE, gate=gate)
        if stage is not None and each.name == stage.name
        else each
        for each in reopened(epic, event.stage, at)
    )
    return replace(epic, stages=stages)


def _without_votes(proposal: Proposal, event: DecisionsDoubted, at: datetime) -> Proposal:
    """A deadline that is over goes as well, so that there is time to vote again."""
    kept = replace(proposal, votes=tuple(each for each in proposal.votes if each.voter not in event.voters))
    if not event.reopened:
        return kept
    deadline = kept.deadline if kept.deadline is not None and kept.deadline > at else None
    return replace(kept, status=ProposalStatus.OPEN, override=None, closed_at=None, deadline=deadline)
