"""The record of a decision: what was asked, who decided it how, and what follows, in lines a person reads."""

from collections.abc import Callable
from typing import Final

from dispatchd.domain.action_rules import action_in_words
from dispatchd.domain.actors import Actor, ActorKind, Signature
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, OverrideKind
from dispatchd.domain.decision import Decision, DecisionKind
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.event import (
    Event,
    GateApproved,
    GateRejected,
    GateSkipped,
    ProposalClosed,
    ProposalOverridden,
)
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.proposal import Proposal, ProposalStatus, Vote
from dispatchd.domain.vote_asking import why_no_vote
from dispatchd.domain.wording import in_words, one_line

_OVERRIDDEN: Final = {
    OverrideKind.FORCE_APPROVE: "forced the approval",
    OverrideKind.FORCE_REJECT: "forced the rejection",
    OverrideKind.VETO: "vetoed it",
}


def decision_about(
    board: Board, event: Event, circumstance: Circumstance, draw: Callable[[EntityKind], EntityId]
) -> Decision | None:
    """The record that *event* calls for, if it decides something."""
    match event:
        case GateApproved() | GateRejected() | GateSkipped():
            epic = board.epic(event.epic)
            stage = epic.stage(event.stage) if epic else None
            if epic is None or stage is None:
                return None
            return _of_gate(epic, stage, event, circumstance, draw(EntityKind.DECISION))
        case ProposalClosed() | ProposalOverridden():
            proposal = board.proposal(event.proposal)
            if proposal is None:
                return None
            return _of_proposal(board, proposal, event, circumstance, draw(EntityKind.DECISION))
        case _:
            return None


def _of_gate(
    epic: Epic,
    stage: Stage,
    event: GateApproved | GateRejected | GateSkipped,
    circumstance: Circumstance,
    decision_id: EntityId,
) -> Decision:
    match event:
        case GateApproved(choice=choice, by_rule=by_rule):
            outcome, became = choice or "approved", f": {choice}" if choice else " approved"
            did = f"chose {choice}" if choice else "approved"
            signatures = stage.gate.approvals
            if by_rule:
                signatures = (_signature(circumstance, _held(stage)),)
        case GateRejected(reason=reason):
            outcome, became, did = "rejected", " rejected", "rejected"
            signatures = (_signature(circumstance, reason),)
        case GateSkipped(reason=reason):
            outcome, became, did = "skipped", " skipped", "skipped"
            signatures = (_signature(circumstance, reason),)
    return Decision(
        id=decision_id,
        title=f"{epic.title}: {stage.name}{became}",
        kind=DecisionKind.GATE,
        subject=epic.id,
        outcome=outcome,
        by=tuple(who(each.by) for each in signatures),
        at=circumstance.at,
        question=stage.plan.gate.question if stage.plan.gate else "",
        tally=tuple(_line(who(each.by), did, each.reason) for each in signatures),
        consequences=(_next_for(epic, stage),),
    )


def _held(stage: Stage) -> str:
    return f"Its criteria hold: {'; '.join(stage.gate.shown)}." if stage.gate.shown else "Its criteria hold."


def _signature(circumstance: Circumstance, reason: str) -> Signature:
    return Signature(by=circumstance.actor, at=circumstance.at, reason=reason)


def _next_for(epic: Epic, stage: Stage) -> str:
    if not stage.state.is_over:
        return f"“{stage.name}” is in progress again; its gate asks again when one of its issues has been finished."
    open_ones = [each.name for each in epic.stages if not each.state.is_over]
    return f"“{open_ones[0]}” is next." if open_ones else f"It was the last stage: {epic.title} is completed."


def _of_proposal(
    board: Board,
    proposal: Proposal,
    event: ProposalClosed | ProposalOverridden,
    circumstance: Circumstance,
    decision_id: EntityId,
) -> Decision:
    votes = [vote for vote in proposal.votes if vote.voter in proposal.voters]
    tally = list(tally_of(board, proposal))
    by = tuple(who(vote.signature.by) for vote in votes)
    kind = DecisionKind.VOTE
    if isinstance(event, ProposalOverridden):
        kind, by = DecisionKind.OVERRIDE, (who(circumstance.actor),)
        tally.append(_line(who(circumstance.actor), _OVERRIDDEN[event.how], event.reason))
    return Decision(
        id=decision_id,
        title=proposal.title,
        kind=kind,
        subject=proposal.id,
        outcome=str(proposal.status),
        by=by,
        at=circumstance.at,
        question=proposal.title,
        tally=tuple(tally),
        consequences=_consequences(proposal),
    )


def tally_of(board: Board, proposal: Proposal) -> tuple[str, ...]:
    """A line for each voter: the vote with its reason, or why there is none."""
    votes = [vote for vote in proposal.votes if vote.voter in proposal.voters]
    voted = {vote.voter for vote in votes}
    silent = [seat for seat in proposal.voters if seat not in voted]
    return (*map(_vote_line, votes), *(_silent_line(board, proposal, seat) for seat in silent))


def _silent_line(board: Board, proposal: Proposal, seat: str) -> str:
    why = why_no_vote(board, proposal, seat)
    return f"{seat}: did not vote ({why})" if why else f"{seat}: did not vote"


def _consequences(proposal: Proposal) -> tuple[str, ...]:
    if proposal.status is not ProposalStatus.PASSED:
        return ("Nothing is changed by it.",)
    if not proposal.actions:
        return ("It names no actions; what it says is agreed.",)
    return tuple(f"To be done: {action_in_words(action)}." for action in proposal.actions)


def _vote_line(vote: Vote) -> str:
    cast_by = vote.signature.by.handle
    seat = vote.voter if vote.voter.removeprefix("@") == cast_by else f"{cast_by} ({vote.voter})"
    lead = f"{seat}: {in_words(vote.choice)}"
    return f"{lead}. {one_line(vote.signature.reason)}" if vote.signature.reason.strip() else lead


def _line(name: str, did: str, reason: str) -> str:
    lead = f"{name} {did}"
    return f"{lead}: {one_line(reason)}" if reason.strip() else lead


def who(actor: Actor) -> str:
    """How a record names somebody: a person by name, an agent by its handle."""
    return actor.name if actor.kind is ActorKind.HUMAN else actor.handle
