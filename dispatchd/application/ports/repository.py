"""Where things stand around a workspace: the repository, the tree, and what belongs to this machine.

It names the places and the failure of not finding them. How git lays them out is left to the adapter.
"""

from pathlib import Path
from typing import Final, Protocol

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import WorkspaceError

__all__ = ["PRIVATE_NAME", "TREE_NAME", "Locate", "RepositoryPlaces", "WorkspaceError"]

TREE_NAME: Final = ".dispatch"
PRIVATE_NAME: Final = "dispatchd"


@dataclass(frozen=True, slots=True, kw_only=True)
class RepositoryPlaces:
    """The places of one workspace; all absolute, symbolic links resolved."""

    common_dir: Path
    """The repository's own git directory, shared by its worktrees: `.git`."""
    tree: Path
    """The folder of documents: `.dispatch`."""
    admin_dir: Path
    """What git keeps about the tree as a worktree: `.git/worktrees/…`, as the tree itself names it."""
    main_worktree: Path | None
    """The user's main worktree; None in a bare repository."""

    @property
    def private_dir(self) -> Path:
        """What belongs to this machine alone: `.git/dispatchd`."""
        return self.common_dir / PRIVATE_NAME


class Locate(Protocol):
    """Finding a workspace from anywhere inside its repository."""

    def __call__(self, start: Path) -> RepositoryPlaces:
        """The places around *start*; raises WorkspaceError, whose message names the next command."""
        ...
