"""What to do about an event that cannot be taken back: one sentence for each kind, beginning with what would work."""

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.board import Board
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.event import (
    AgentIntroduced,
    DecisionRecorded,
    DocumentMoved,
    EditRefused,
    EpicMoved,
    EpicOpened,
    FileRevised,
    GateApproved,
    GateRejected,
    GateSigned,
    IssueOpened,
    ProposalClosed,
    ProposalMoved,
    ProposalOpened,
    ProposalOverridden,
    ProseRevised,
    RecordedEvent,
    ThreadAnswered,
    ThreadDismissed,
    VoteCast,
)
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import ProposalStatus
from dispatchd.domain.steering_event import CommentWithdrawn, DecisionsDoubted, EventUndone

FOLLOWED = "undo what it followed from, if that can be undone; this followed by itself."
_WRITTEN = "change it in its file, where it is written; texts are taken back there, or with git -C .dispatch."


def instead_of(board: Board, recorded: RecordedEvent) -> str:
    """What to do instead of undoing *recorded*."""
    event = recorded.event
    match event:
        case VoteCast(proposal=proposal) | ProposalClosed(proposal=proposal):
            return _of_vote(board, proposal)
        case ProposalOverridden(proposal=proposal):
            return _of_vote(board, proposal)
        case ProposalMoved(proposal=proposal) | ProposalOpened(proposal=proposal):
            name = getattr(proposal, "id", proposal)
            return f"write status: withdrawn in its file, or make a new proposal; a vote on {name} is not called twice."
        case GateApproved(epic=epic, stage=stage):
            return f'reject a gate further on; that of "{stage}" in {epic} passed by its own criteria, which hold.'
        case GateRejected(epic=epic, stage=stage):
            return f'ask again: dispatchd gate ask-again {epic} "{stage}"; a rejection stays in the record.'
        case GateSigned(epic=epic, stage=stage):
            return f'reject it: dispatchd gate reject {epic} "{stage}" --reason "…"; the gate still waits for others.'
        case DecisionRecorded(decision=decision):
            return f"undo what {decision.id} records, if that can be undone; records are written once."
        case EpicMoved(epic=epic, after=EpicStatus.READY):
            return f"stop it: dispatchd epic set {epic} status=cancelled; an epic that was started is no draft again."
        case _:
            return _of_talk(recorded)


def _of_talk(recorded: RecordedEvent) -> str:
    match recorded.event:
        case IssueOpened(issue=entity) | EpicOpened(epic=entity):
            return f"cancel it, or delete its file; {entity.id} has been seen, and keeps its id."
        case ThreadAnswered(thread=thread):
            return f"write again; the answer to {thread} was given, and may have been acted on."
        case ThreadDismissed(thread=thread):
            return f"begin a new thread; {thread} is closed."
        case CommentWithdrawn(issue=issue):
            return f"say it again: dispatchd comment {issue} TEXT; a comment that was taken back does not return."
        case _:
            return _of_the_rest(recorded)


def _of_the_rest(recorded: RecordedEvent) -> str:
    event = recorded.event
    match event:
        case EventUndone():
            return (
                "undo the event after it in dispatchd log, which is what it did; this is only the note of it."
            )
        case DecisionsDoubted():
            return "decide it once more, signed; what no signature proves does not come back by itself."
        case EditRefused():
            return "nothing needs to be done; that edit was not taken."
        case DocumentMoved(before=before, after=after):
            return f'move it back: mv ".dispatch/{after}" ".dispatch/{before}"; a name is a person\'s.'
        case ProseRevised():
            return _WRITTEN
        case FileRevised(path=path, blob=None):
            return f'bring it back: dispatchd restore "{path}".'
        case FileRevised(path=path):
            return f'change it in its file; what it said before: git -C .dispatch log -p -- "{path}".'
        case AgentIntroduced(agent=agent):
            return f'write "paused: true" in agents/{agent.name}/agent.md; an agent that was met stays known.'
        case _:
            return FOLLOWED if recorded.circumstance.actor.kind is ActorKind.DAEMON else _WRITTEN


def _of_vote(board: Board, proposal_id: EntityId) -> str:
    proposal = board.proposal(proposal_id)
    if proposal is not None and proposal.status is ProposalStatus.OPEN:
        return (
            f"vote again: dispatchd vote {proposal_id} CHOICE; the new vote takes the place of the old one."
        )
    if proposal is not None and proposal.status is ProposalStatus.PASSED:
        return f'veto it: dispatchd override {proposal_id} veto "…"; its vote is closed.'
    return f"make a new proposal; the vote on {proposal_id} is closed."
