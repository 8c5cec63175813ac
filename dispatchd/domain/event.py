"""What has happened: past tense, one value each, never changed afterwards.

An event says everything that applying it needs, so that replaying the log makes the same state.
"""

from typing import Final

from dispatchd.domain.agent import Agent
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.epic_event import (
    CheckPassed,
    EpicEvent,
    EpicMoved,
    GateApproved,
    GateAwaited,
    GateRejected,
    GateReopened,
    GateSigned,
    GateSkipped,
    IssuesMade,
    IssuesOrdered,
    StageAmended,
    StageFinished,
    StageOpened,
    StagesPlanned,
)
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EventId, EventPosition
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.permissions import LeaveUse
from dispatchd.domain.policy_event import PolicyEvent
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.proposal_event import (
    ActionCarriedOut,
    ActionsPlanned,
    ProposalClosed,
    ProposalEvent,
    ProposalMoved,
    ProposalOverridden,
    VoteCast,
)
from dispatchd.domain.run_event import RunEvent, issue_of
from dispatchd.domain.steering_event import BrakeEvent, CommentEvent, SteeringEvent
from dispatchd.domain.thread import PendingAct, Thread

__all__ = [  # what happens to epics and proposals stands in files of its own and is had from here all the same
    "ActionCarriedOut",
    "ActionsPlanned",
    "CheckPassed",
    "EpicEvent",
    "EpicMoved",
    "GateApproved",
    "GateAwaited",
    "GateRejected",
    "GateReopened",
    "GateSigned",
    "GateSkipped",
    "IssuesMade",
    "IssuesOrdered",
    "ProposalClosed",
    "ProposalEvent",
    "ProposalMoved",
    "ProposalOverridden",
    "StageAmended",
    "StageFinished",
    "StageOpened",
    "StagesPlanned",
    "VoteCast",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueOpened:
    issue: Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueMoved:
    issue: EntityId
    before: IssueStatus
    after: IssueStatus
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FactSet:
    subject: EntityId
    key: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetChanged:
    """`after` is the whole set, in the order it is written."""

    subject: EntityId
    key: str
    before: tuple[str, ...]
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EpicOpened:
    epic: Epic


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOpened:
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecorded:
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadOpened:
    thread: Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnAdded:
    """Whoever began the thread said more; it still waits for an answer."""

    thread: EntityId
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadAnswered:
    thread: EntityId
    option: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadDismissed:
    thread: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDelivered:
    thread: EntityId
    use: LeaveUse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationAsked:
    """Something was wanted that somebody must confirm first; a thread with these options asks them."""

    subject: EntityId
    title: str
    text: str
    options: tuple[str, ...]
    cause: str
    act: PendingAct


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIntroduced:
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRemoved:
    subject: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class EntityRestored:
    subject: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentMoved:
    subject: EntityId
    before: DocumentPath
    after: DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class ProseRevised:
    subject: EntityId
    blob: DocumentDigest


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRevised:
    path: DocumentPath
    blob: DocumentDigest | None
    source: str | None = None
    settings: str = ""
    """Which settings are others now, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRefused:
    subject: EntityId
    place: str
    attempted: str
    why: str


BRAKE: Final = "PAUSE"  # what the log calls the brake: by its file
OpeningEvent = IssueOpened | EpicOpened | ProposalOpened | ThreadOpened | DecisionRecorded | AgentIntroduced
ThreadEvent = TurnAdded | ThreadAnswered | ThreadDismissed | AnswerDelivered
FactEvent = FactSet | SetChanged
DocumentEvent = (
    EntityRemoved | EntityRestored | DocumentMoved | ProseRevised | EditRefused | ConfirmationAsked
)

Event = (
    OpeningEvent
    | IssueMoved
    | EpicEvent
    | ProposalEvent
    | ThreadEvent
    | FactEvent
    | DocumentEvent
    | FileRevised
    | SteeringEvent
    | RunEvent
    | PolicyEvent
)
"""Everything that can have happened; the parts above are named for the rules that handle them together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event as the log keeps it. `position` orders the log; the clock does not."""

    position: EventPosition
    id: EventId
    circumstance: Circumstance
    event: Event


def subject_of(event: Event) -> str:
    """The id of the entity (or the path of the file) that *event* is about."""
    if isinstance(event, OpeningEvent):
        return _opened(event)
    if isinstance(event, EpicEvent):
        return event.epic
    if isinstance(event, ProposalEvent):
        return event.proposal
    if isinstance(event, ThreadEvent):
        return event.thread
    if isinstance(event, FileRevised):
        return event.path
    if isinstance(event, SteeringEvent):
        return _steered(event)
    if isinstance(event, RunEvent):
        return issue_of(event)
    return event.issue if isinstance(event, IssueMoved) else event.subject


def _steered(event: SteeringEvent) -> str:
    if isinstance(event, BrakeEvent):
        return BRAKE
    return event.issue if isinstance(event, CommentEvent) else event.subject


def _opened(event: OpeningEvent) -> str:
    match event:
        case IssueOpened(issue=entity):
            return entity.id
        case EpicOpened(epic=entity):
            return entity.id
        case ProposalOpened(proposal=entity):
            return entity.id
        case ThreadOpened(thread=entity):
            return entity.id
        case DecisionRecorded(decision=entity):
            return entity.id
        case AgentIntroduced(agent=agent):
            return agent.name
