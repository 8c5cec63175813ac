"""The texts that come with dispatchd: what `init` lays, and what each role is told.

They are data: filling in people and the home clone is left to `init`, a workspace's own prompts to the settings.
"""

from collections.abc import Mapping
from typing import Protocol

from dispatchd.domain.identifiers import DocumentPath
from dispatchd.domain.issue import Role


class Assets(Protocol):
    """Reads the texts of this installation. Raises WorkspaceError where it is incomplete."""

    def laid_files(self) -> Mapping[DocumentPath, bytes]:
        """What `init` lays and commits, by path in the tree, in the order of their paths."""
        ...

    def first_pages(self) -> Mapping[DocumentPath, bytes]:
        """STATUS.md and WAITING.md before the first look at the tree; git ignores them, so they stand apart."""
        ...

    def workflows(self) -> Mapping[str, str]:
        """The texts of the workflows that come with dispatchd, by name: none is laid, each may be copied."""
        ...

    def prompt(self, role: Role) -> str:
        """What an agent of *role* is told before anything else."""
        ...
