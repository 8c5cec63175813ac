"""What of another clone's word stands by itself where signatures are asked for, and what needs a person's.

Events that a daemon elsewhere told are read one after the other, the board being as it was then. What a person has to
sign counts if it is proved; what follows from the rules, if it does follow. So a made-up consequence is worth as little
as a made-up vote.
"""

from dataclasses import replace
from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.board import Board
from dispatchd.domain.command import PlanStages
from dispatchd.domain.consensus import closes_now, outcome
from dispatchd.domain.epic import EpicStatus, Stage
from dispatchd.domain.epic_flow import next_step
from dispatchd.domain.event import (
    ActionCarriedOut,
    EpicOpened,
    Event,
    FactSet,
    GateApproved,
    GateAwaited,
    GateRejected,
    GateSigned,
    GateSkipped,
    ProposalClosed,
    ProposalMoved,
    ProposalOpened,
    ProposalOverridden,
    RecordedEvent,
    SetChanged,
    StageFinished,
    StageOpened,
    StagesPlanned,
    VoteCast,
)
from dispatchd.domain.fact_keys import KEYS
from dispatchd.domain.identifiers import EntityKind, kind_of
from dispatchd.domain.policy_event import RulesTaken
from dispatchd.domain.proposal import ProposalStatus
from dispatchd.domain.signatures import touches_gates
from dispatchd.domain.stages import current_stage, folded

_BY_VOTE: Final = frozenset({ProposalStatus.PASSED, ProposalStatus.REJECTED, ProposalStatus.NO_QUORUM})
_GUARDED: Final = frozenset({EntityKind.EPIC, EntityKind.PROPOSAL})


def is_decision(recorded: RecordedEvent) -> bool:
    """Whether somebody voted or answered at a gate, and no agent."""
    event = recorded.event
    match event:
        case GateSigned() | GateRejected() | GateSkipped() | ProposalOverridden():
            return True
        case GateApproved(by_rule=by_rule):
            return not by_rule
        case VoteCast(voter=voter):
            return voter.startswith("@") or recorded.circumstance.actor.kind is not ActorKind.AGENT
        case _:
            return False


def needs_proof(board: Board, recorded: RecordedEvent) -> bool:
    """Whether *recorded* is what a person has to sign: a vote, an answer at a gate, a plan that changes one."""
    match recorded.event:
        case StagesPlanned(epic=epic, stages=stages, renamed=renamed):
            return touches_gates(board, PlanStages(epic=epic, stages=stages, renamed=renamed))
        case _:
            return is_decision(recorded)


def bare(board: Board, event: Event) -> Event | None:
    """What of an opening can be believed: that it was opened, as written, with nothing decided. None: it stands already."""
    match event:
        case EpicOpened(epic=epic):
            if board.epic(epic.id) is not None:
                return None
            status = EpicStatus.READY if epic.status is EpicStatus.COMPLETED else epic.status
            stages = tuple(Stage(plan=stage.plan) for stage in epic.stages)
            return EpicOpened(epic=replace(epic, stages=stages, status=status))
        case ProposalOpened(proposal=proposal):
            if board.proposal(proposal.id) is not None:
                return None
            decided = proposal.votes or proposal.status in _BY_VOTE | {ProposalStatus.VETOED}
            voting = ProposalStatus.OPEN if decided else proposal.status
            return ProposalOpened(
                proposal=replace(
                    proposal, status=voting, votes=(), override=None, closed_at=None, deeds=(), binding=False
                )
            )
        case _:
            return event


def follows(board: Board, recorded: RecordedEvent) -> bool:
    """Whether *recorded*, which no person has to sign, may have happened as the board is: by the rules, or freely."""
    event = recorded.event
    match event:
        case StageOpened() | StageFinished() | GateApproved():
            epic = board.epic(event.epic)
            steps = (next_step(board, epic), next_step(board, epic, event.stage)) if epic is not None else ()
            return event in steps
        case GateAwaited(epic=epic_id, stage=stage):
            epic = board.epic(epic_id)
            now = current_stage(epic) if epic is not None else None
            return now is not None and folded(now.name) == folded(stage)
        case RulesTaken():
            return False
        case ProposalClosed():
            return _closes(board, event, recorded)
        case ActionCarriedOut(proposal=proposal_id, number=number):
            passed = board.proposal(proposal_id)
            is_next = passed is not None and passed.next_action is not None
            return passed is not None and is_next and number == len(passed.deeds) + 1
        case ProposalMoved(after=after):
            return after not in _BY_VOTE | {ProposalStatus.VETOED}
        case FactSet(subject=subject, key=key) | SetChanged(subject=subject, key=key):
            return kind_of(subject) not in _GUARDED or _is_free(kind_of(subject), key)
        case _:
            return True


def _closes(board: Board, event: ProposalClosed, recorded: RecordedEvent) -> bool:
    proposal = board.proposal(event.proposal)
    if proposal is None or proposal.status is not ProposalStatus.OPEN:
        return False
    if closes_now(board, proposal) is event.outcome:
        return True
    is_over = proposal.deadline is not None and recorded.circumstance.at >= proposal.deadline
    return is_over and outcome(proposal.threshold, proposal.votes, proposal.voters) is event.outcome


def _is_free(kind: EntityKind, key: str) -> bool:
    """Whether *key* is a fact that says nothing of what was decided."""
    fact = KEYS[kind].get(key)
    return key == "decision" or (fact is not None and not fact.daemons and key != "status")
