"""Whether a proposal can be voted on: until every line of it can stand it is a draft.

A draft is kept as it was written, with its voters that nobody is and its actions that cannot be done, so that whoever
opens it, by whatever door, opens all of it or nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from dispatchd.domain.action_rules import action_in_words, why_not
from dispatchd.domain.authority import require_decider
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, OpenProposal, SetFact
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, ProposalMoved, ProposalOpened
from dispatchd.domain.fact_rules import decide_fact
from dispatchd.domain.lookups import standing_proposal
from dispatchd.domain.moments import deadline_of
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.proposal_rules import check_deadline, opened, why_over
from dispatchd.domain.seat_names import unknown_seats, why_unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What keeps a proposal a draft, and where: the key of its line, and of the actions which one."""

    key: str
    why: str
    action: int | None = None
    member: str | None = None


def flaws_of(board: Board, proposal: Proposal, at: datetime) -> tuple[Flaw, ...]:
    """All that keeps *proposal* from being voted on at the moment *at*."""
    return tuple(_flaws(board, proposal, at))


def _flaws(board: Board, proposal: Proposal, at: datetime) -> Iterator[Flaw]:
    unknown = unknown_seats(board, proposal.voters)
    if unknown:
        yield Flaw(key="voters", why=why_unknown(board, unknown), member=unknown[0])
    over = why_over(proposal.deadline, at)
    if over is not None:
        yield Flaw(key="deadline", why=over)
    for number, action in enumerate(proposal.actions):
        why = why_not(board, action)
        if why is not None:
            yield Flaw(key="actions", why=why, action=number)


def decide_open_proposal(
    board: Board, command: OpenProposal, circumstance: Circumstance
) -> tuple[Event, ...]:
    """Take in a new proposal; one that is to be voted on has to be ready for that."""
    if board.proposal(command.proposal.id) is not None:
        return ()
    proposal = opened(board, command.proposal, circumstance)
    if proposal.status is ProposalStatus.OPEN:
        _require_ready(board, proposal, circumstance.at)
    return (ProposalOpened(proposal=proposal),)


def decide_stated(board: Board, command: SetFact, circumstance: Circumstance) -> tuple[Event, ...]:
    """Set a fact; where that opens a draft, all of it has to be ready, and while people vote their time is to come."""
    events = decide_fact(board, command, circumstance)
    for event in events:
        match event:
            case ProposalMoved(proposal=proposal, after=ProposalStatus.OPEN):
                _require_ready(board, standing_proposal(board, proposal), circumstance.at)
            case FactSet(key="deadline", after=str(until)):
                require_decider(board, command, circumstance)
                check_deadline(standing_proposal(board, event.subject), deadline_of(until), circumstance.at)
    return events


def _require_ready(board: Board, proposal: Proposal, at: datetime) -> None:
    for flaw in flaws_of(board, proposal, at):
        where = "" if flaw.action is None else f" (in: {action_in_words(proposal.actions[flaw.action])})"
        told = f"{flaw.why.rstrip('.')}{where}. Until that is right it is a draft; then write status: open"
        raise Rejected(told, subject=proposal.id, key="status", member=flaw.member)
