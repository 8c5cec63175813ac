"""What people have done to the branches of agents' work: committed there, written them anew, or deleted them.

An agent writes in its clone alone, so a branch that stands elsewhere than we left it was moved by people.
"""

from typing import Protocol

from dispatchd.application.ports.work_clones import WorkClone


class PeoplesWork(Protocol):
    """Raises CloneFailed."""

    def stands(self, clone: WorkClone) -> str | None:
        """The commit at which the branch stands in the repository; None where there is no such branch."""
        ...

    def is_as_left(self, clone: WorkClone, stands: str, commit: str) -> bool:
        """Whether nobody but us has moved the branch since the work came to *commit*, by what can be told where it
        *stands* there: what its agent has committed besides may stand on it, and under a checkout it is not moved.
        """
        ...
