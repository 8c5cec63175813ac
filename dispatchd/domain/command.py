"""What can be asked of a workspace: imperatives, one value each, whoever asks and through whichever door.

Who asks, when and how it is known stand beside a command, in its `Circumstance`, never inside it. Ids of new things
are drawn before a command is made, so that deciding needs no randomness.
"""

from datetime import datetime
from enum import StrEnum

from dispatchd.domain.actors import Actor, Provenance
from dispatchd.domain.agent import Agent
from dispatchd.domain.check_command import CheckCommand
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import Epic, StagePlan
from dispatchd.domain.flow_command import FlowCommand
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath, EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.list_command import ListedIssues, MakeIssues, OrderIssues
from dispatchd.domain.permissions import LeaveUse
from dispatchd.domain.policy_command import PolicyCommand
from dispatchd.domain.proposal import Action, Choice, Proposal
from dispatchd.domain.run_command import RunCommand
from dispatchd.domain.steering_command import SteeringCommand
from dispatchd.domain.thread import Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstance:
    """Who acts, when, and how that is known."""

    actor: Actor
    at: datetime
    provenance: Provenance
    doubted: bool = False
    """Whether an agent that nothing contains could have written it as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenIssue:
    issue: Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveIssue:
    """`forced` is the `!` after a state: the state machine is overruled, and the log says so."""

    issue: EntityId
    to: IssueStatus
    forced: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFact:
    """Give *key* of any entity a new value, as written in the vocabulary of `fact_keys`; None clears it."""

    subject: EntityId
    key: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSet:
    """Add to and take from a set (labels, depends_on, voters)."""

    subject: EntityId
    key: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenEpic:
    """`lists` are issues that there are already, as its stages list them."""

    epic: Epic
    lists: tuple[ListedIssues, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanStages:
    """The stages as now written. `renamed` maps an old heading to its new one where that is beyond doubt."""

    epic: EntityId
    stages: tuple[StagePlan, ...]
    renamed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveGate:
    epic: EntityId
    stage: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectGate:
    epic: EntityId
    stage: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipGate:
    epic: EntityId
    stage: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseDirection:
    epic: EntityId
    stage: str
    option: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskGateAgain:
    epic: EntityId
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProposal:
    proposal: Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanActions:
    proposal: EntityId
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CastVote:
    proposal: EntityId
    voter: str
    choice: Choice
    reason: str = ""


class OverrideKind(StrEnum):
    FORCE_APPROVE = "force_approve"
    FORCE_REJECT = "force_reject"
    VETO = "veto"


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideProposal:
    proposal: EntityId
    how: OverrideKind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndVoting:
    """The deadline has passed."""

    proposal: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDeed:
    """The action *number* (from 1) of a proposal that passed is done with, in the same moment in which it is noted."""

    proposal: EntityId
    number: int
    did: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenThread:
    thread: Thread


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerThread:
    thread: EntityId
    option: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DismissThread:
    """Close a thread without an answer: *Seen*, a deleted file, or trouble that is over."""

    thread: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverAnswer:
    """Whoever asked has received the answer. `use`: what was allowed in it was made use of by that."""

    thread: EntityId
    use: LeaveUse | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroduceAgent:
    agent: Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveEntity:
    """Its file was deleted: what that means depends on the kind."""

    subject: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreEntity:
    subject: EntityId


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveDocument:
    subject: EntityId
    before: DocumentPath
    after: DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseProse:
    """The text of a document changed where no rule applies; `blob` is the whole file as saved."""

    subject: EntityId
    blob: DocumentDigest


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviseFile:
    """A file that is no entity (README, config, context …) changed, or went (`blob` None).

    `source`: what it was brought in from, as another tracker calls it. `settings`: which of them are others now, in words.
    """

    path: DocumentPath
    blob: DocumentDigest | None
    source: str | None = None
    settings: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseEdit:
    """An edit was refused where it was written; it is logged as what that person wrote."""

    subject: EntityId
    place: str
    attempted: str
    why: str


Command = (
    OpenIssue
    | MoveIssue
    | SetFact
    | ChangeSet
    | OpenEpic
    | PlanStages
    | MakeIssues
    | OrderIssues
    | ApproveGate
    | RejectGate
    | SkipGate
    | ChooseDirection
    | AskGateAgain
    | CheckCommand
    | OpenProposal
    | PlanActions
    | CastVote
    | OverrideProposal
    | EndVoting
    | NoteDeed
    | OpenThread
    | AnswerThread
    | DismissThread
    | DeliverAnswer
    | IntroduceAgent
    | RemoveEntity
    | RestoreEntity
    | MoveDocument
    | ReviseProse
    | ReviseFile
    | RefuseEdit
    | SteeringCommand
    | RunCommand
    | FlowCommand
    | PolicyCommand
)
