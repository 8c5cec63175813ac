"""What people have done to the branches of agents' work: committed there, written them anew, or deleted them.

An agent writes in its clone alone, so a branch that stands elsewhere than we left it was moved by people.
"""

from typing import Protocol

from dispatchd.application.ports.work_clones import WorkClone
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A commit that people have put on the branch."""

    commit: str
    author: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrivals:
    """What people have done to a branch, which stands at `stands` now, or will where it is made again."""

    stands: str
    commits: tuple[Arrival, ...] = ()
    """The newest first."""
    more: bool = False
    """There are more than could be named."""
    anew: bool = False
    """They have written its history anew, and what they took out stays out."""
    made_again: str = ""
    """A clause that says so where somebody has deleted the branch."""


class PeoplesWork(Protocol):
    """Raises CloneFailed."""

    def stands(self, clone: WorkClone) -> str | None:
        """The commit at which the branch stands in the repository; None where there is no such branch."""
        ...

    def arrived(self, clone: WorkClone, since: str | None, most: int) -> Arrivals:
        """What people have done since the branch stood at *since*, naming *most* commits; without one only where it is."""
        ...

    def is_as_left(self, clone: WorkClone, stands: str, commit: str) -> bool:
        """Whether nobody but us has moved the branch since the work came to *commit*, by what can be told where it
        *stands* there: what its agent has committed besides may stand on it, and under a checkout it is not moved.
        """
        ...
