"""Making a workspace in a repository, touching nothing of the user's.

It decides what `init` promises and reports. Which files are laid is left to the caller.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOutcome:
    """What `init` found or made."""

    created: bool
    """False where the workspace stood already, whole."""
    places: RepositoryPlaces
    followed_remote: str | None
    """The remote whose branch this clone now follows, if it is this call that made it follow."""
    notes: tuple[str, ...]
    """What a person should know, each a sentence."""


class WorkspaceSetup(Protocol):
    """Makes the branch and the tree of a workspace."""

    def init(self, start: Path, files: Mapping[DocumentPath, bytes], at: datetime) -> InitOutcome:
        """Make the workspace of the repository around *start*, or finish one that was begun.

        *files* are laid and committed in the person's name, dated *at*, where the branch is new; a branch that
        a remote already has is followed as it is. A second call changes nothing. Raises WorkspaceError before
        anything is made.
        """
        ...
