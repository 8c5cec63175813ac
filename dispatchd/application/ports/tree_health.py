"""Whether the tree still hangs on its repository, and what mends it when it does not.

Findings are values, so that `doctor` can list them and the daemon can halt on them. Whether to mend is left to
the caller: nothing here acts unasked.
"""

from enum import StrEnum
from pathlib import Path
from typing import Protocol

from dispatchd.domain.dataclass import dataclass


class TreeFault(StrEnum):
    """What can be wrong between the tree and its repository."""

    FOLDER_GONE = "folder_gone"
    FOLDER_REPLACED = "folder_replaced"
    LINK_GONE = "link_gone"
    COPIED = "copied"
    MOVED = "moved"
    UNREGISTERED = "unregistered"
    UNLOCKED = "unlocked"
    BRANCH_GONE = "branch_gone"
    OTHER_BRANCH = "other_branch"
    FOREIGN_LOCK = "foreign_lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeFinding:
    """One thing that is wrong: what, why it matters, and what to do."""

    fault: TreeFault
    what: str
    why: str
    next_step: str
    is_mendable: bool
    """Whether `mend` can put it right."""
    asks_first: bool
    """Whether a person should say so before it is mended."""


class TreeHealth(Protocol):
    """Looks at the tree's ties to its repository."""

    def findings(self, start: Path) -> tuple[TreeFinding, ...]:
        """What is wrong with the workspace around *start*, gravest first; raises WorkspaceError where there is none."""
        ...

    def mend(self, start: Path, fault: TreeFault) -> str:
        """Put one mendable *fault* right and say what was done; raises WorkspaceError if it cannot be."""
        ...
