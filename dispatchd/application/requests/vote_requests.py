"""`vote` and `override`: whose seat is filled, and what with. Who may do so is left to the rules of consensus."""

from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import proposal_named
from dispatchd.application.requests.request import Request
from dispatchd.documents.vocabulary import canonical
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent import Agent
from dispatchd.domain.command import CastVote, Circumstance, Command, OverrideKind, OverrideProposal
from dispatchd.domain.errors import Rejected
from dispatchd.domain.proposal import Choice, Proposal

_CHOICE_SYNONYMS: Final = {
    "yes": "approve",
    "approved": "approve",
    "no": "reject",
    "rejected": "reject",
    "info": "more_info",
    "need more info": "more_info",
}
_OVERRIDES: Final = {
    "approve": OverrideKind.FORCE_APPROVE,
    "reject": OverrideKind.FORCE_REJECT,
    "veto": OverrideKind.VETO,
}


def plan_vote(work: UnitOfWork, request: Request, circumstance: Circumstance) -> tuple[Command, ...]:
    """The speaker's vote, in the seat that is theirs."""
    proposal = proposal_named(work, request.text("proposal"))
    typed = request.text("choice")
    choice = canonical(typed, Choice, _CHOICE_SYNONYMS)
    if choice is None:
        raise Rejected(
            f'"{typed}" is no vote; vote approve, reject, abstain or more_info', subject=proposal.id
        )
    reason = " ".join(request.text("reason").split())
    if not reason and choice in {Choice.REJECT, Choice.MORE_INFO}:
        what = "A rejection says why" if choice == Choice.REJECT else "Say what you would need to know"
        raise Rejected(f'{what}: dispatchd vote {proposal.id} {choice} "…"', subject=proposal.id)
    # Somebody who answers for a seat they were shown is refused by the rules where it is another's.
    voter = request.text("seat") or _seat_of(work, proposal, circumstance)
    return (CastVote(proposal=proposal.id, voter=voter, choice=Choice(choice), reason=reason),)


def plan_override(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """A person's word over the vote."""
    proposal = proposal_named(work, request.text("proposal"))
    typed = request.text("how")
    how = canonical(typed, _OVERRIDES)
    if how is None:
        raise Rejected(f'"{typed}" is no override; there are approve, reject and veto', subject=proposal.id)
    reason = " ".join(request.text("reason").split())
    if not reason:
        raise Rejected(
            f'an override says why: dispatchd override {proposal.id} {how} "…"', subject=proposal.id
        )
    return (OverrideProposal(proposal=proposal.id, how=_OVERRIDES[how], reason=reason),)


def _seat_of(work: UnitOfWork, proposal: Proposal, circumstance: Circumstance) -> str:
    """The actor's own seat; for an agent without one that of its role. Without either the rules will say so."""
    actor = circumstance.actor
    if actor.mention in proposal.voters or actor.kind is not ActorKind.AGENT:
        return actor.mention
    role = (work.agent(actor.handle) or Agent(name=actor.handle)).role
    return role if role in proposal.voters else actor.mention
