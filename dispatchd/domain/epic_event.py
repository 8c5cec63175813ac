"""What has happened to an epic, its stages and their gates: `event` gathers it with everything else."""

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import EpicStatus, FailedCheck, StagePlan
from dispatchd.domain.identifiers import EntityId


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
    choice: str | None = None


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
class StageAmended:
    """What had been approved has changed when it was too late to ask again: the next stage has begun."""

    epic: EntityId
    stage: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPassed:
    """`shown`: what it showed, in a clause."""

    epic: EntityId
    stage: str
    command: str
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckFailed:
    epic: EntityId
    stage: str
    check: FailedCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuesMade:
    """The items of a stage's list became issues; `wanted` are the titles for which that is still to be done."""

    epic: EntityId
    stage: str
    issues: tuple[EntityId, ...]
    wanted: tuple[str, ...] = ()
    order: tuple[tuple[EntityId, EntityId], ...] = ()
    """As `IssuesOrdered` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuesOrdered:
    """`order` are all dependencies that the numbered lists of the stage made: an issue, and the one it comes after."""

    epic: EntityId
    stage: str
    order: tuple[tuple[EntityId, EntityId], ...]


ListEvent = IssuesMade | IssuesOrdered
StageEvent = (
    StagesPlanned | StageOpened | StageFinished | StageAmended | CheckPassed | CheckFailed | ListEvent
)
GateEvent = GateAwaited | GateSigned | GateApproved | GateRejected | GateSkipped | GateReopened
EpicEvent = EpicMoved | StageEvent | GateEvent
