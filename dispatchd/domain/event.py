"""What has happened: past tense, one value each, never changed afterwards.

An event says everything that applying it needs, so that replaying the log makes the same state.
"""

from dataclasses import dataclass

from dispatchd.domain.agent import Agent
from dispatchd.domain.command import Circumstance, OverrideKind
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic, EpicStatus, StagePlan
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId, EventId, EventPosition
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.proposal import Action, Choice, Proposal, ProposalStatus
from dispatchd.domain.thread import Thread


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
class StagesPlanned:
    epic: EntityId
    stages: tuple[StagePlan, ...]
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EpicMoved:
    epic: EntityId
    before: EpicStatus
    after: EpicStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class StageOpened:
    epic: EntityId
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StageFinished:
    """A stage without a gate is through."""

    epic: EntityId
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateAwaited:
    epic: EntityId
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSigned:
    """One of several required approvers has approved; the gate still waits for the others."""

    epic: EntityId
    stage: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateApproved:
    """`choice` is the direction picked at a decision gate; `by_rule` a checkpoint that passed by itself."""

    epic: EntityId
    stage: str
    reason: str = ""
    choice: str | None = None
    by_rule: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRejected:
    epic: EntityId
    stage: str
    reason: str
    finished: tuple[EntityId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GateSkipped:
    epic: EntityId
    stage: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReopened:
    """What had been approved has changed, or a person asked again; the stages after it close again."""

    epic: EntityId
    stage: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPassed:
    epic: EntityId
    stage: str
    command: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOpened:
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalMoved:
    """Draft to open, or withdrawn."""

    proposal: EntityId
    before: ProposalStatus
    after: ProposalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionsPlanned:
    proposal: EntityId
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCast:
    proposal: EntityId
    voter: str
    choice: Choice
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalClosed:
    """The outcome of the vote, at the last vote or the deadline."""

    proposal: EntityId
    outcome: ProposalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOverridden:
    proposal: EntityId
    how: OverrideKind
    outcome: ProposalStatus
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecorded:
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadOpened:
    thread: Thread


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


@dataclass(frozen=True, slots=True, kw_only=True)
class EditRefused:
    subject: EntityId
    place: str
    attempted: str
    why: str


Event = (
    IssueOpened
    | IssueMoved
    | FactSet
    | SetChanged
    | EpicOpened
    | StagesPlanned
    | EpicMoved
    | StageOpened
    | StageFinished
    | GateAwaited
    | GateSigned
    | GateApproved
    | GateRejected
    | GateSkipped
    | GateReopened
    | CheckPassed
    | ProposalOpened
    | ProposalMoved
    | ActionsPlanned
    | VoteCast
    | ProposalClosed
    | ProposalOverridden
    | DecisionRecorded
    | ThreadOpened
    | ThreadAnswered
    | ThreadDismissed
    | AnswerDelivered
    | AgentIntroduced
    | EntityRemoved
    | EntityRestored
    | DocumentMoved
    | ProseRevised
    | FileRevised
    | EditRefused
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event as the log keeps it. `position` orders the log; the clock does not."""

    position: EventPosition
    id: EventId
    circumstance: Circumstance
    event: Event


def subject_of(event: Event) -> str:
    """The id of the entity (or the path of the file) that *event* is about."""
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
        case FileRevised(path=path):
            return path
        case IssueMoved(issue=subject):
            return subject
        case (
            ThreadAnswered(thread=subject) | ThreadDismissed(thread=subject) | AnswerDelivered(thread=subject)
        ):
            return subject
        case (
            ProposalMoved(proposal=subject)
            | ActionsPlanned(proposal=subject)
            | VoteCast(proposal=subject)
            | ProposalClosed(proposal=subject)
            | ProposalOverridden(proposal=subject)
        ):
            return subject
        case (
            FactSet(subject=subject)
            | SetChanged(subject=subject)
            | EntityRemoved(subject=subject)
            | EntityRestored(subject=subject)
            | DocumentMoved(subject=subject)
            | ProseRevised(subject=subject)
            | EditRefused(subject=subject)
        ):
            return subject
        case _:
            return event.epic
