"""What can be asked of the list under an epic's stage; `command` gathers it with everything else."""

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedIssues:
    """Issues that a new epic lists under a stage, and the numbered lists they stand in."""

    stage: str
    issues: tuple[EntityId, ...]
    runs: tuple[tuple[EntityId, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeIssues:
    """Make the items of a stage's list the issues that they are: `issues`, with their ids as the list gives them.

    `runs` are the numbered lists of the stage, the new issues in their places; `bodies` the texts below the facts.
    """

    epic: EntityId
    stage: str
    issues: tuple[Issue, ...]
    runs: tuple[tuple[EntityId, ...], ...] = ()
    wanted: tuple[str, ...] = ()
    """What stays wanted."""
    bodies: tuple[tuple[EntityId, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderIssues:
    """The numbered lists of a stage as they stand now: each issue in one comes after the one before it."""

    epic: EntityId
    stage: str
    runs: tuple[tuple[EntityId, ...], ...]
