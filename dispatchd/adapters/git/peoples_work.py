"""What people have done to the branches of agents' work, told by where we left each and what came from its clone."""

from pathlib import Path
from typing import Final

from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.git.telling import telling
from dispatchd.adapters.git.work_branch import HEARD, JOINED, LEFT
from dispatchd.application.ports.peoples_work import PeoplesWork
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone

_NOT_THERE: Final = (0, 1, 128)


class GitPeoplesWork:
    """Of the repository at *common_dir*."""

    def __init__(self, common_dir: Path) -> None:
        self._git = GitRunner(common_dir)
        self._branches = BranchLookup(common_dir)

    @telling(CloneFailed)
    def stands(self, clone: WorkClone) -> str | None:
        """The commit at which the branch stands in the repository; None where there is no such branch."""
        return self._branches.commit(f"refs/heads/{clone.branch}")

    @telling(CloneFailed)
    def is_as_left(self, clone: WorkClone, stands: str, commit: str) -> bool:
        """Whether nobody but us has moved the branch since the work came to *commit*, as far as can be told.

        Left by us and all of it the agent's: it has committed more since. Behind its first parent's other side: a branch
        that is checked out was not moved to *commit*, which was made of it.
        """
        if stands == commit:
            return True
        if stands == self._branches.commit(f"{LEFT}{clone.issue}"):
            heard = self._branches.commit(f"{HEARD}{clone.issue}")
            return heard is not None and self._is_ancestor(stands, heard)
        if self._branches.commit(f"{JOINED}{clone.issue}") is None:
            return False
        parent = self._git.ask("rev-parse", "--verify", "--quiet", f"{commit}^1", accept=_NOT_THERE)
        return parent.exit_code == 0 and parent.line == stands

    def _is_ancestor(self, one: str, of: str) -> bool:
        return self._git.ask("merge-base", "--is-ancestor", one, of, accept=_NOT_THERE).exit_code == 0


_port: type[PeoplesWork] = GitPeoplesWork
