"""The worktrees of agents: a shared clone for each issue, looked at from outside only.

Its configuration and hooks are the agent's, so git never runs in it for us: what stands there is read with a git
directory and an index of our own.
"""

from pathlib import Path
from typing import Protocol

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError


class CloneFailed(DispatchdError):  # noqa: N818 -- as Rejected: the word that messages and logs use
    """A clone could not be made, or its branch not be fetched; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkClone:
    issue: str
    branch: str
    base: str
    """The commit its branch began at."""
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class CloneState:
    """What stands in a clone. `head` is its branch as the clone has it; None where that cannot be read."""

    exists: bool
    head: str | None = None
    other_branch: str | None = None
    """What is checked out instead of its branch."""
    changed: tuple[str, ...] = ()
    """Paths that differ from `head` or are new, ignored ones left out."""


class WorkClones(Protocol):
    """Raises CloneFailed."""

    def base_for(self, into: str, base: str) -> str:
        """The commit that a new work branch begins at: the head of *into*, so that it stands on what was merged; where
        there is none yet, of *base*, or of the main worktree's checkout where *base* is empty.
        """
        ...

    def branch_is_free(self, branch: str) -> bool: ...

    def make(self, issue: str, branch: str, base: str) -> WorkClone:
        """The clone of the issue, with its branch checked out; the one that stands already, as it stands.

        Pins *base*. Where the branch exists in the repository from earlier work on this issue, that is gone on with.
        What people have committed on it since is brought into a clone in which nothing stands uncommitted.
        """
        ...

    def place_of(self, issue: str) -> Path: ...

    def look(self, clone: WorkClone) -> CloneState: ...

    def bring_in(self, clone: WorkClone, other: str) -> None:
        """Make the commit *other* (the head of the integration branch, say) known inside, as `refs/heads/` of its name."""
        ...

    def fetch_back(self, clone: WorkClone) -> str | None:
        """Bring the branch into the repository under the same name, merged with what people have committed on it; what
        it comes to. What cannot be merged, and a branch that was rewritten, is kept in a rescue ref first; a branch that
        is checked out is not moved.
        """
        ...

    def told_of(self, clone: WorkClone, head: str) -> tuple[str, ...]:
        """What people are to know of the branch once the work was fetched and came to *head*, in clauses: which refs
        keep what people committed and the work contradicts, and where it is checked out and was not moved.
        """
        ...

    def rescue(self, clone: WorkClone, name: str, seen: CloneState | None = None) -> str | None:
        """Save uncommitted work to `refs/dispatchd/rescue/NAME`; that ref, or None where there is none. *seen* is what a
        look has just found, where somebody has looked.
        """
        ...

    def rescue_stray(self, clone: WorkClone, name: str, seen: CloneState | None = None) -> str | None:
        """Save what is checked out and not on the branch to `refs/dispatchd/rescue/NAME-stray`; that ref, or None."""
        ...

    def diff(self, clone: WorkClone) -> str:
        """What the branch and the uncommitted work change against the base, as a patch."""
        ...

    def all(self) -> tuple[WorkClone, ...]: ...

    def remove(self, clone: WorkClone) -> tuple[str, ...]:
        """Take the clone away, after its branch was fetched and uncommitted work rescued; refs stay.

        The refs that keep what stood in no commit of its branch.
        """
        ...
