"""Votes that end because their time is up."""

from dispatchd.application.intake import Plan
from dispatchd.application.notices import by_daemon
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.session import Session
from dispatchd.domain.command import EndVoting
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.proposal import Proposal, ProposalStatus


async def end_due_votes(session: Session) -> bool:
    """End the voting on every proposal whose deadline has passed. Whether there was one."""
    at = session.ports.clock.now()

    def due(work: UnitOfWork) -> list[EntityId]:
        return [
            proposal.id
            for proposal in work.entities(EntityKind.PROPOSAL)
            if isinstance(proposal, Proposal)
            and proposal.status is ProposalStatus.OPEN
            and proposal.deadline is not None
            and proposal.deadline <= at
        ]

    proposals = await session.ports.store.transact(due)
    if not proposals:
        return False
    commands = [EndVoting(proposal=proposal) for proposal in proposals]
    await session.act(lambda _door, _by: Plan(commands=commands), lambda _work: by_daemon(at))
    return True
