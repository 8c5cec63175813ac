"""Proposals: opening them, who fills which seat, voting, overriding, ending.

What a vote comes to is `consensus`' business; what a planned action may be is `action_rules`'.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.authority import require_daemon, require_human, require_person, require_proposal_not_own
from dispatchd.domain.board import Board
from dispatchd.domain.carrying_out import can_be_turned
from dispatchd.domain.command import (
    CastVote,
    Circumstance,
    EndVoting,
    OverrideKind,
    OverrideProposal,
)
from dispatchd.domain.consensus import outcome
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, ProposalClosed, ProposalMoved, ProposalOverridden, VoteCast
from dispatchd.domain.issue import Role
from dispatchd.domain.lookups import standing_proposal
from dispatchd.domain.proposal import Choice, Proposal, ProposalStatus
from dispatchd.domain.seat_names import seats_to_begin_with
from dispatchd.domain.seats import fills, is_barred
from dispatchd.domain.wording import listed

UNDECIDED: Final = frozenset({ProposalStatus.DRAFT, ProposalStatus.OPEN})
NEEDS_REASON: Final = frozenset({Choice.REJECT, Choice.MORE_INFO})
_LABEL: Final = {
    Choice.REJECT: "Reject",
    Choice.MORE_INFO: "More info",
    OverrideKind.FORCE_APPROVE: "Force approve",
    OverrideKind.FORCE_REJECT: "Force reject",
    OverrideKind.VETO: "Veto",
}
_OUTCOME: Final = {
    OverrideKind.FORCE_APPROVE: ProposalStatus.PASSED,
    OverrideKind.FORCE_REJECT: ProposalStatus.REJECTED,
    OverrideKind.VETO: ProposalStatus.VETOED,
}


def opened(board: Board, proposal: Proposal, circumstance: Circumstance) -> Proposal:
    """A new proposal as it is taken in: seats filled in, nothing voted, decided or forced by its writing."""
    if not proposal.title.strip():
        raise Rejected('write "title: …"; a proposal needs one.', subject=proposal.id, key="title")
    if proposal.status not in {*UNDECIDED, ProposalStatus.WITHDRAWN}:
        raise Rejected(
            f'write "open" to let people vote; a new file cannot say that its vote is over, as "{proposal.status}" does.',
            subject=proposal.id,
            key="status",
        )
    return replace(
        proposal,
        proposer=circumstance.actor,
        voters=seats_to_begin_with(board, proposal),
        votes=(),
        deeds=(),
        binding=False,
        override=None,
        closed_at=None,
        decision=None,
        removed=False,
        before_removal=None,
    )


def seat_of(board: Board, proposal: Proposal, voter: str, actor: Actor) -> str:
    """The seat that *actor* fills by writing *voter*, or a refusal.

    People vote for themselves alone, agents for themselves or the role they hold.
    """
    name = voter.strip().removeprefix("@").casefold()
    seats = {seat.removeprefix("@").casefold(): seat for seat in proposal.voters}
    seat = seats.get(name)
    agent = board.agent(actor.handle) if actor.kind is ActorKind.AGENT else None
    if seat is None and agent and name == agent.name.casefold():
        seat = seats.get(agent.role)
    if seat is None:
        asked = f"{listed(proposal.voters, 'and')} {'is' if len(proposal.voters) == 1 else 'are'} asked"
        raise Rejected(f'{asked} to vote; "{voter}" is not.', subject=proposal.id, key=f"vote:{voter}")
    if not fills(board, seat, actor):
        own = (
            "everybody votes in their own"
            if actor.kind is ActorKind.HUMAN
            else "an agent votes as itself, or as the role it holds"
        )
        raise Rejected(
            f"this vote is by {actor.mention}, and the section is {seat}'s; {own}.",
            subject=proposal.id,
            key=f"vote:{seat}",
        )
    if is_barred(board, proposal, actor.handle):
        raise Rejected(
            f"leave it to the others; {actor.handle} proposed {proposal.id}, and approve_own is off in config.toml.",
            subject=proposal.id,
            key=f"vote:{seat}",
        )
    _check_role_is_free(board, proposal, seat, actor)
    return seat


def _check_role_is_free(board: Board, proposal: Proposal, seat: str, actor: Actor) -> None:
    """A role has one vote: once an agent of it has voted, the vote is that agent's while it holds the role."""
    if seat not in set(Role):
        return
    for vote in proposal.votes:
        by = vote.signature.by
        if vote.voter == seat and by.handle != actor.handle and fills(board, seat, by):
            raise Rejected(
                f"{by.handle} can change it; the {seat}'s one vote was cast by {by.handle}. "
                "To hear several, name them under voters.",
                subject=proposal.id,
                key=f"vote:{seat}",
            )


def decide_vote(board: Board, command: CastVote, circumstance: Circumstance) -> tuple[Event, ...]:
    """Cast a vote, or change one that stands."""
    proposal = standing_proposal(board, command.proposal)
    seat = seat_of(board, proposal, command.voter, circumstance.actor)
    standing = next((vote for vote in proposal.votes if vote.voter == seat), None)
    reason = command.reason.strip()
    if standing and standing.choice is command.choice and standing.signature.reason == reason:
        return ()
    key = f"vote:{seat}"
    if proposal.status is not ProposalStatus.OPEN:
        raise Rejected(_not_open(proposal), subject=proposal.id, key=key)
    if proposal.deadline and circumstance.at >= proposal.deadline:
        ended = proposal.deadline.strftime("%Y-%m-%d %H:%MZ")
        raise Rejected(f"open a new proposal; voting ended {ended}.", subject=proposal.id, key=key)
    if command.choice in NEEDS_REASON and not reason:
        raise Rejected(
            f'write why on the same line, "{_LABEL[command.choice]}: …"; it needs a reason.',
            subject=proposal.id,
            key=key,
        )
    return (VoteCast(proposal=proposal.id, voter=seat, choice=command.choice, reason=reason),)


def _not_open(proposal: Proposal) -> str:
    if proposal.status is ProposalStatus.DRAFT:
        return f'write "status: open" to let people vote; {proposal.id} is a draft.'
    if proposal.status is ProposalStatus.PASSED:
        return f"veto it, with a reason, to stop it; {proposal.id} has passed."
    return f"open a new proposal; {proposal.id} is {_in_words(proposal.status)}."


def _in_words(status: ProposalStatus) -> str:
    return "closed without a quorum" if status is ProposalStatus.NO_QUORUM else f"{status} and closed"


def decide_override(board: Board, command: OverrideProposal, circumstance: Circumstance) -> tuple[Event, ...]:
    """Force an open proposal either way, or veto an open or passed one."""
    proposal = standing_proposal(board, command.proposal)
    key = f"override:{command.how}"
    require_person(board.rules, circumstance.actor, "an override", subject=proposal.id, key=key)
    target = _OUTCOME[command.how]
    if proposal.status is target:
        return ()
    vetoes = command.how is OverrideKind.VETO
    open_to_it = {ProposalStatus.OPEN, ProposalStatus.PASSED} if vetoes else {ProposalStatus.OPEN}
    if proposal.status not in open_to_it:
        raise Rejected(_not_open(proposal), subject=proposal.id, key=key)
    if proposal.status is ProposalStatus.PASSED and not can_be_turned(proposal):
        raise Rejected(
            f"open a new proposal that takes it back; all that {proposal.id} decided is done.",
            subject=proposal.id,
            key=key,
        )
    if not command.reason.strip():
        raise Rejected(
            f'write why on the same line, "{_LABEL[command.how]}: …"; it needs a reason.',
            subject=proposal.id,
            key=key,
        )
    if command.how is OverrideKind.FORCE_APPROVE:
        require_proposal_not_own(board.rules, proposal, circumstance.actor)
    reason = command.reason.strip()
    event = ProposalOverridden(
        proposal=proposal.id, how=command.how, outcome=target, reason=reason, binding=True
    )
    return (event,)


def decide_end(board: Board, command: EndVoting, circumstance: Circumstance) -> tuple[Event, ...]:
    """Close at the deadline; before it, or once closed, there is nothing to do."""
    proposal = standing_proposal(board, command.proposal)
    require_daemon(circumstance.actor, "ending a vote at its deadline", subject=proposal.id)
    over = proposal.deadline is not None and circumstance.at >= proposal.deadline
    if proposal.status is not ProposalStatus.OPEN or not over:
        return ()
    result = outcome(proposal.threshold, proposal.votes, proposal.voters)
    return (ProposalClosed(proposal=proposal.id, outcome=result, binding=True),)


def decide_proposal_status(proposal: Proposal, word: str, circumstance: Circumstance) -> tuple[Event, ...]:
    """What somebody wrote as a proposal's status: a draft can be opened, and either withdrawn."""
    to = ProposalStatus(word.rstrip("!"))
    if to is proposal.status:
        return ()
    check_is_own(proposal, circumstance.actor, "status")
    opens = proposal.status is ProposalStatus.DRAFT and to is ProposalStatus.OPEN
    withdraws = proposal.status in UNDECIDED and to is ProposalStatus.WITHDRAWN
    if opens or withdraws:
        return (ProposalMoved(proposal=proposal.id, before=proposal.status, after=to),)
    if proposal.status is ProposalStatus.OPEN:
        message = (
            f'write "withdrawn" to take it back; "{to}" follows from the votes, or from a box under Override.'
        )
    elif proposal.status is ProposalStatus.DRAFT:
        message = f'write "open" to let people vote; "{to}" follows from that.'
    else:
        message = _not_open(proposal)
    raise Rejected(f'kept "{proposal.status}"; {message}', subject=proposal.id, key="status")


def why_over(deadline: datetime | None, at: datetime) -> str | None:
    """Why nobody could vote until *deadline*: it is over at the moment *at*."""
    if deadline is None or deadline > at:
        return None
    ended = deadline.strftime("%Y-%m-%d %H:%MZ")
    return f"write a moment to come; {ended} is over, and nobody could vote."


def check_deadline(proposal: Proposal, deadline: datetime | None, at: datetime) -> None:
    """While people vote the end stays one that they can reach."""
    over = why_over(deadline, at)
    if over is not None and proposal.status is ProposalStatus.OPEN:
        kept = f'kept "{proposal.deadline:%Y-%m-%d %H:%MZ}"; ' if proposal.deadline else ""
        told = f"{kept}{over} To end the vote now, tick a box under Override."
        raise Rejected(told, subject=proposal.id, key="deadline")


def check_is_own(proposal: Proposal, actor: Actor, key: str) -> None:
    """An agent changes only what it proposed itself."""
    if proposal.proposer.handle != actor.handle:
        require_human(actor, "what another proposed", subject=proposal.id, key=key)


def check_electorate_change(proposal: Proposal, key: str, actor: Actor) -> None:
    """Who votes, until when and what is enough: an agent sets it on its own draft, a person until it closes."""
    if proposal.status not in UNDECIDED:
        raise Rejected(_not_open(proposal), subject=proposal.id, key=key)
    if proposal.status is ProposalStatus.OPEN:
        require_human(actor, f"the {key} of an open proposal", subject=proposal.id, key=key)
    check_is_own(proposal, actor, key)
