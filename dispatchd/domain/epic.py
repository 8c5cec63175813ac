"""An epic: stages in order, each with at most one gate.

What people write (names, gates, who must approve) is the plan; what has happened is the state beside it.
"""

from datetime import datetime
from enum import StrEnum

from dispatchd.domain.actors import Signature
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId


class EpicStatus(StrEnum):
    DRAFT = "draft"
    READY = "ready"
    IN_PROGRESS = "in_progress"
    AWAITING_GATE = "awaiting_gate"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class StageState(StrEnum):
    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    AWAITING_GATE = "awaiting_gate"
    APPROVED = "approved"
    SKIPPED = "skipped"

    @property
    def is_over(self) -> bool:
        """Whether the next stage may open."""
        return self in {StageState.APPROVED, StageState.SKIPPED}


class GateKind(StrEnum):
    APPROVAL = "approval"
    REVIEW = "review"
    CHECKPOINT = "checkpoint"
    DECISION = "decision"


class GateState(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """What a checkpoint waits for: all issues of the stage finished, or a command of `[commands]` that passes."""

    all_issues_done: bool = False
    command: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePlan:
    """A gate as written. No `approvers` means anyone in `[people]`; several means all of them must."""

    kind: GateKind
    question: str = ""
    approvers: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    criteria: tuple[Criterion, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePlan:
    """A stage as written. `substance` is the digest of its section without the daemon's lines: what an approval covers."""

    name: str
    gate: GatePlan | None = None
    substance: str = ""
    wanted: tuple[str, ...] = ()
    """The titles in its list of which no issue has been made yet."""
    unticked: int = 0
    """A person's open boxes, where nothing else says when the stage is over: no gate, and no item of a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedCheck:
    """A command of a checkpoint that did not pass: on which commit, and the line that was run, if there was one."""

    command: str
    commit: str
    ran: str
    why: str
    page: str = ""
    """The file in the tree that keeps what it showed."""
    attempt: int = 1
    """How often it has not passed, so that the same run told twice is one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What has become of a stage's gate. `approvals` gathers names until all required have signed."""

    state: GateState = GateState.PENDING
    approvals: tuple[Signature, ...] = ()
    rejection: Signature | None = None
    skipped: Signature | None = None
    choice: str | None = None
    passed_checks: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    """What each of them showed, in a clause."""
    failed_checks: tuple[FailedCheck, ...] = ()
    """How those ended the last time that have not passed."""
    finished_at_rejection: tuple[EntityId, ...] = ()
    """The issues that were finished when the gate was rejected: it asks again when another one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    plan: StagePlan
    state: StageState = StageState.PENDING
    gate: Gate = Gate()
    since: datetime | None = None
    order: tuple[tuple[EntityId, EntityId], ...] = ()
    """The dependencies that its numbered lists made: an issue, and the one it comes after."""

    @property
    def name(self) -> str:
        """Its heading."""
        return self.plan.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Epic:
    """`begun_by` is the handle of whoever opened it."""

    id: EntityId
    title: str
    created: datetime
    status: EpicStatus = EpicStatus.DRAFT
    priority: str | None = None
    labels: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    source: str | None = None
    begun_by: str = ""
    removed: bool = False
    before_removal: EpicStatus | None = None

    def stage(self, name: str) -> Stage | None:
        """The stage whose heading is *name*, letter case and outer spaces forgiven."""
        wanted = name.strip().casefold()
        return next((stage for stage in self.stages if stage.name.strip().casefold() == wanted), None)
