"""A proposal: a question, an electorate, votes, and what is to be done if it passes."""

from datetime import datetime
from enum import StrEnum

from dispatchd.domain.actors import Actor, Signature
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath, EntityId


class ProposalStatus(StrEnum):
    DRAFT = "draft"
    OPEN = "open"
    PASSED = "passed"
    REJECTED = "rejected"
    NO_QUORUM = "no_quorum"
    VETOED = "vetoed"
    WITHDRAWN = "withdrawn"


class Threshold(StrEnum):
    UNANIMOUS = "unanimous"
    SUPER_MAJORITY = "super_majority"
    SIMPLE_MAJORITY = "simple_majority"
    SINGLE_APPROVAL = "single_approval"


class Choice(StrEnum):
    APPROVE = "approve"
    REJECT = "reject"
    ABSTAIN = "abstain"
    MORE_INFO = "more_info"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateIssue:
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetFact:
    target: str
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSetting:
    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEpicAction:
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeAction:
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteContext:
    path: DocumentPath
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadAction:
    """A line that says nothing that could be done, as it was written: only a draft has any."""

    text: str


Action = CreateIssue | SetFact | SetSetting | StartEpicAction | MergeAction | WriteContext | UnreadAction


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """A voter's standing choice. `voter` is the seat (`coder`, `@alice`, `ash`) that `signature.by` filled."""

    voter: str
    choice: Choice
    signature: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What became of one action of a proposal that passed."""

    did: str
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`voters` are seats in the order written: role names, agents' handles, people as `@handle`."""

    id: EntityId
    title: str
    created: datetime
    proposer: Actor
    status: ProposalStatus = ProposalStatus.OPEN
    threshold: Threshold = Threshold.SIMPLE_MAJORITY
    voters: tuple[str, ...] = ()
    deadline: datetime | None = None
    actions: tuple[Action, ...] = ()
    votes: tuple[Vote, ...] = ()
    override: Signature | None = None
    closed_at: datetime | None = None
    decision: EntityId | None = None
    source: str | None = None
    removed: bool = False
    before_removal: ProposalStatus | None = None
    deeds: tuple[Deed, ...] = ()
    """What became of its actions so far, in their order."""
    binding: bool = False
    """Whether they are carried out; of a vote that closed before that was so, people were left to do it."""

    @property
    def next_action(self) -> Action | None:
        """The action that is to be carried out next, while it is one that passed."""
        is_due = self.binding and self.status is ProposalStatus.PASSED and len(self.deeds) < len(self.actions)
        return self.actions[len(self.deeds)] if is_due and not self.removed else None
