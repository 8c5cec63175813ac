"""An issue: its facts and the words they are written in. Its body is a document's text and stands in the file."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from dispatchd.domain.comment import Comment
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId


class IssueStatus(StrEnum):
    UNASSIGNED = "unassigned"
    QUEUED = "queued"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    AWAITING_REVIEW = "awaiting_review"
    IN_REVIEW = "in_review"
    BLOCKED = "blocked"
    DONE = "done"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more is to be done."""
        return self in {IssueStatus.DONE, IssueStatus.CANCELLED}


class Priority(StrEnum):
    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Role(StrEnum):
    CODER = "coder"
    REVIEWER = "reviewer"
    PM = "pm"
    SECURITY = "security"
    DOCS = "docs"
    TEST = "test"
    ARCHITECT = "architect"
    COORDINATOR = "coordinator"


ISSUE_TYPES: Final = ("feature", "bug", "docs", "refactor", "test", "security", "chore")


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """One piece of work. `assignee` is a handle; `depends_on` and `labels` keep the order people wrote them in."""

    id: EntityId
    title: str
    created: datetime
    type: str = "feature"
    status: IssueStatus = IssueStatus.UNASSIGNED
    priority: Priority = Priority.MEDIUM
    labels: tuple[str, ...] = ()
    role: Role | None = None
    assignee: str | None = None
    parent: EntityId | None = None
    depends_on: tuple[EntityId, ...] = ()
    epic: EntityId | None = None
    stage: str | None = None
    workflow: str | None = None
    """The phases its work goes through: a workflow's name."""
    phase: str | None = None
    """Where the work stands in them; the daemon's."""
    branch: str | None = None
    pr: str | None = None
    source: str | None = None
    removed: bool = False
    """Whether its file was deleted; the row stays, so that its id is never given again and it can be restored."""
    before_removal: IssueStatus | None = None
    """What `status` was when the file was deleted, so that restoring brings it back."""
    comments: tuple[Comment, ...] = ()
    """What has been said about it, in the order it was heard."""
