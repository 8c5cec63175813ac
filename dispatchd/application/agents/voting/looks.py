"""Why a vote stands where it stands: for each voter what it said, or what keeps it from being asked."""

from collections.abc import Mapping
from datetime import datetime

from dispatchd.application.agents.voting.asking import VoteChoice, choose_votes
from dispatchd.application.ports.agent_engine import AgentEngine
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.config_values import Config
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus
from dispatchd.domain.vote_asking import takes_votes
from dispatchd.domain.wording import in_words


@dataclass(frozen=True, slots=True, kw_only=True)
class SeatNow:
    """A voter, and how it stands with its vote, as a clause."""

    seat: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteNow:
    """How it stands with a vote, as a clause, and with each voter while it is open. `asks`: an agent is asked now."""

    proposal: Proposal
    why: str
    seats: tuple[SeatNow, ...] = ()
    asks: bool = False


def why_vote(
    work: UnitOfWork, config: Config, engines: Mapping[str, AgentEngine], proposal: Proposal, at: datetime
) -> VoteNow:
    """What the vote on *proposal* waits for at *at*."""
    if proposal.status is not ProposalStatus.OPEN:
        left = len(proposal.actions) - len(proposal.deeds)
        more = "" if proposal.next_action is None else f"; of what it decided {left} are still to be done"
        return VoteNow(proposal=proposal, why=f"it is {in_words(proposal.status)}{more}")
    if not takes_votes(proposal, at):
        return VoteNow(proposal=proposal, why="its deadline has passed, and it is closed in a moment")
    choice = choose_votes(work, config, engines, at)
    until = f", until {proposal.deadline:%Y-%m-%d %H:%M:%SZ}" if proposal.deadline else ", without a deadline"
    seats = tuple(SeatNow(seat=seat, why=_of_seat(work, proposal, seat, choice)) for seat in proposal.voters)
    asks = any(ask.proposal == proposal.id for ask in choice.plan.asks)
    return VoteNow(proposal=proposal, why=f"its vote is open{until}", seats=seats, asks=asks)


def _of_seat(work: UnitOfWork, proposal: Proposal, seat: str, choice: VoteChoice) -> str:
    vote = next((each for each in proposal.votes if each.voter == seat), None)
    if vote is not None and vote.choice is not Choice.MORE_INFO:
        return in_words(vote.choice)
    if seat.startswith("@"):
        return in_words(vote.choice) if vote is not None else "has not voted"
    next_one = next((a for a in choice.plan.asks if (a.proposal, a.seat) == (proposal.id, seat)), None)
    if next_one is not None:
        return f"{next_one.agent} is asked next"
    held = choice.plan.held.get((proposal.id, seat))
    standing = (each.why for each in choice.not_asked if (each.proposal, each.seat) == (proposal.id, seat))
    said = in_words(vote.choice) if vote is not None else ""
    return held or next(standing, said or why_nothing_starts(work) or "it waits for its turn")
