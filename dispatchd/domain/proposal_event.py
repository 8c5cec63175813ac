"""What happens to a proposal, from its first vote to the last of its actions: `event` gathers it with everything else."""

from dispatchd.domain.command import OverrideKind
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.proposal import Action, Choice, ProposalStatus


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
    """The outcome of the vote, at the last vote or the deadline.

    `binding`: what it decided is carried out. Votes that closed before that was so have left it to people.
    """

    proposal: EntityId
    outcome: ProposalStatus
    binding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalOverridden:
    proposal: EntityId
    how: OverrideKind
    outcome: ProposalStatus
    reason: str
    binding: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionCarriedOut:
    """The action *number* (from 1) of a proposal that passed is done with, for good: `did` says what came of it.

    `failed`: it was not done, and will not be tried again.
    """

    proposal: EntityId
    number: int
    did: str
    failed: bool = False


ProposalEvent = (
    ProposalMoved | ActionsPlanned | VoteCast | ProposalClosed | ProposalOverridden | ActionCarriedOut
)
