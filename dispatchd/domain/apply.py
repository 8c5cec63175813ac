"""What an event makes of the one entity it changes. No rule is asked here: what has happened has happened.

Applying the same events in the same order gives the same state, which is how a database is rebuilt.
"""

from dataclasses import replace
from typing import assert_never

from dispatchd.domain.actors import Signature
from dispatchd.domain.apply_epic import epic_after
from dispatchd.domain.apply_policy import thread_after_rule
from dispatchd.domain.board import Board, Entity
from dispatchd.domain.command import Circumstance
from dispatchd.domain.comment import Comment
from dispatchd.domain.decision import Decision
from dispatchd.domain.doubt import doubted
from dispatchd.domain.epic import Epic, EpicStatus
from dispatchd.domain.event import (
    ActionCarriedOut,
    ActionsPlanned,
    AgentIntroduced,
    AnswerDelivered,
    ConfirmationAsked,
    DecisionRecorded,
    DocumentEvent,
    DocumentMoved,
    EditRefused,
    EntityRemoved,
    EntityRestored,
    EpicEvent,
    EpicOpened,
    Event,
    FactEvent,
    FactSet,
    FileRevised,
    IssueMoved,
    IssueOpened,
    OpeningEvent,
    ProposalClosed,
    ProposalEvent,
    ProposalMoved,
    ProposalOpened,
    ProposalOverridden,
    ProseRevised,
    ThreadAnswered,
    ThreadDismissed,
    ThreadEvent,
    ThreadOpened,
    TurnAdded,
    VoteCast,
)
from dispatchd.domain.facts import with_members, with_value
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.lookups import find
from dispatchd.domain.policy_event import LeaveRuled, QuestionPassed, RuleAnswered, RulesTaken
from dispatchd.domain.proposal import Deed, Proposal, ProposalStatus, Vote
from dispatchd.domain.run_event import RunEvent
from dispatchd.domain.steering_event import (
    BrakeEvent,
    CommentAdded,
    CommentEvent,
    CommentWithdrawn,
    DecisionsDoubted,
    EventUndone,
)
from dispatchd.domain.thread import Thread, ThreadStatus, Turn


def apply_event(board: Board, event: Event, circumstance: Circumstance) -> Entity | Decision | None:
    """The new state of the entity that *event* changes; None where it changes none (prose, paths, refusals).

    *board* stands as before the event; an event about an unknown entity changes nothing.
    """
    if isinstance(event, OpeningEvent):
        return _opened(event, circumstance)
    if isinstance(event, IssueMoved):
        issue = board.issue(event.issue)
        return replace(issue, status=event.after) if issue else None
    if isinstance(event, EpicEvent):
        epic = board.epic(event.epic)
        return epic_after(epic, event, circumstance) if epic else None
    if isinstance(event, ProposalEvent):
        proposal = board.proposal(event.proposal)
        return _proposal_after(proposal, event, circumstance) if proposal else None
    if isinstance(event, ThreadEvent | RuleAnswered | QuestionPassed):
        thread = board.thread(event.thread)
        return _thread_after(thread, event, circumstance) if thread else None
    if isinstance(event, FactEvent):
        entity = find(board, event.subject)
        return _with_fact(entity, event) if entity else None
    if isinstance(event, CommentEvent):
        issue = board.issue(event.issue)
        return _with_comment(issue, event, circumstance) if issue else None
    if isinstance(event, DecisionsDoubted):
        return doubted(find(board, event.subject), event, circumstance.at)
    if isinstance(event, FileRevised | BrakeEvent | EventUndone | RunEvent | RulesTaken | LeaveRuled):
        return None
    return _document_after(board, event)


def _opened(event: OpeningEvent, circumstance: Circumstance) -> Entity | Decision:
    match event:
        case IssueOpened(issue=issue):
            return issue
        case EpicOpened(epic=epic):
            return epic if epic.begun_by else replace(epic, begun_by=circumstance.actor.handle)
        case ProposalOpened(proposal=proposal):
            return proposal
        case ThreadOpened(thread=thread):
            return thread
        case DecisionRecorded(decision=decision):
            return decision
        case AgentIntroduced(agent=agent):
            return agent
        case _:
            assert_never(event)


def _with_comment(issue: Issue, event: CommentEvent, circumstance: Circumstance) -> Issue:
    match event:
        case CommentAdded(text=text):
            said = Comment(by=circumstance.actor, at=circumstance.at, text=text)
            return replace(issue, comments=(*issue.comments, said))
        case CommentWithdrawn(by=by, said_at=said_at, text=text):
            comments = list(issue.comments)
            for place, each in enumerate(comments):
                if (each.by.handle, each.at, each.text, each.withdrawn) == (by, said_at, text, False):
                    comments[place] = replace(each, withdrawn=True)
                    break
            return replace(issue, comments=tuple(comments))
        case _:
            assert_never(event)


def _with_fact(entity: Entity, event: FactEvent) -> Entity:
    if isinstance(event, FactSet):
        return with_value(entity, event.key, event.after)
    return with_members(entity, event.key, event.after)


def _proposal_after(proposal: Proposal, event: ProposalEvent, circumstance: Circumstance) -> Proposal:
    match event:
        case ProposalMoved(after=status):
            return replace(proposal, status=status)
        case ActionsPlanned(actions=actions):
            return replace(proposal, actions=actions)
        case VoteCast():
            return replace(proposal, votes=_with_vote(proposal.votes, event, circumstance))
        case ProposalClosed(outcome=outcome, binding=binding):
            return replace(proposal, status=outcome, closed_at=circumstance.at, binding=binding)
        case ProposalOverridden(outcome=outcome, reason=reason, binding=binding):
            by = Signature(by=circumstance.actor, at=circumstance.at, reason=reason)
            return replace(proposal, status=outcome, override=by, closed_at=circumstance.at, binding=binding)
        case ActionCarriedOut(did=did, failed=failed):
            return replace(proposal, deeds=(*proposal.deeds, Deed(did=did, failed=failed)))
        case _:
            assert_never(event)


def _with_vote(votes: tuple[Vote, ...], event: VoteCast, circumstance: Circumstance) -> tuple[Vote, ...]:
    signature = Signature(by=circumstance.actor, at=circumstance.at, reason=event.reason)
    vote = Vote(voter=event.voter, choice=event.choice, signature=signature)
    if any(each.voter == event.voter for each in votes):
        return tuple(vote if each.voter == event.voter else each for each in votes)
    return (*votes, vote)


def _thread_after(
    thread: Thread, event: ThreadEvent | RuleAnswered | QuestionPassed, circumstance: Circumstance
) -> Thread:
    match event:
        case RuleAnswered() | QuestionPassed():
            return thread_after_rule(thread, event, circumstance)
        case TurnAdded(text=text):
            return replace(thread, turns=(*thread.turns, _turn(text, circumstance)))
        case ThreadAnswered(option=option, text=text):
            said = "\n\n".join(part for part in (option, text) if part)
            return replace(
                thread,
                status=ThreadStatus.ANSWERED,
                chosen=option,
                answered_at=circumstance.at,
                turns=(*thread.turns, _turn(said, circumstance)),
            )
        case ThreadDismissed():
            return replace(thread, status=ThreadStatus.DISMISSED)
        case AnswerDelivered(use=use):
            return replace(thread, delivered=True, use=use or thread.use)
        case _:
            assert_never(event)


def _turn(text: str, circumstance: Circumstance) -> Turn:
    return Turn(by=circumstance.actor, at=circumstance.at, text=text)


def _document_after(board: Board, event: DocumentEvent) -> Entity | None:
    match event:
        case EntityRemoved(subject=subject):
            entity = find(board, subject)
            return _removed(entity) if entity else None
        case EntityRestored(subject=subject):
            entity = find(board, subject)
            return _restored(entity) if entity else None
        case DocumentMoved() | ProseRevised() | EditRefused() | ConfirmationAsked():
            return None
        case _:
            assert_never(event)


def _removed(entity: Entity) -> Entity:
    """Deleting cancels an open issue or epic, withdraws a proposal, dismisses a thread; what is over stays as it is."""
    match entity:
        case Issue(status=status):
            ends = status if status.is_final else IssueStatus.CANCELLED
            return replace(entity, removed=True, before_removal=status, status=ends)
        case Epic(status=epic_status):
            over = epic_status in {EpicStatus.COMPLETED, EpicStatus.CANCELLED}
            epic_ends = epic_status if over else EpicStatus.CANCELLED
            return replace(entity, removed=True, before_removal=epic_status, status=epic_ends)
        case Proposal(status=voting):
            undecided = voting in {ProposalStatus.DRAFT, ProposalStatus.OPEN}
            voting_ends = ProposalStatus.WITHDRAWN if undecided else voting
            return replace(entity, removed=True, before_removal=voting, status=voting_ends)
        case Thread(status=asked):
            asked_ends = ThreadStatus.DISMISSED if asked is ThreadStatus.OPEN else asked
            return replace(entity, removed=True, before_removal=asked, status=asked_ends)
        case _:
            return replace(entity, removed=True)


def _restored(entity: Entity) -> Entity:
    """Everything as it was when its file was deleted."""
    match entity:
        case Issue():
            status = entity.before_removal or entity.status
            return replace(entity, removed=False, before_removal=None, status=status)
        case Epic():
            epic_status = entity.before_removal or entity.status
            return replace(entity, removed=False, before_removal=None, status=epic_status)
        case Proposal():
            voting = entity.before_removal or entity.status
            return replace(entity, removed=False, before_removal=None, status=voting)
        case Thread():
            asked = entity.before_removal or entity.status
            return replace(entity, removed=False, before_removal=None, status=asked)
        case _:
            return replace(entity, removed=False)
