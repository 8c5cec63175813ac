"""What people have done to the branches of agents' work, told by where we left each and what came from its clone."""

from pathlib import Path
from typing import Final

from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.replaying import JOINS
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.git.symbolic import why_not_moved
from dispatchd.adapters.git.telling import telling
from dispatchd.adapters.git.work_refs import HEARD, JOINED, LEFT, made_again
from dispatchd.application.people import OF_AGENTS
from dispatchd.application.ports.peoples_work import Arrival, Arrivals, PeoplesWork
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from dispatchd.domain.actors import DAEMON_EMAIL

_NOT_THERE: Final = (0, 1, 128)
_LOOKED_AT: Final = "--max-count=500"
"""Of commits; beyond that agents' own hide what people did."""


class GitPeoplesWork:
    """Of the repository at *common_dir*."""

    def __init__(self, common_dir: Path) -> None:
        self._git = GitRunner(common_dir)
        self._common_dir = common_dir
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
        is_joined = self._branches.commit(f"{JOINED}{clone.issue}") is not None
        if stands == self._branches.commit(f"{LEFT}{clone.issue}"):
            heard = self._branches.commit(f"{HEARD}{clone.issue}")
            return heard == stands or (is_joined and heard is not None and self._is_ancestor(stands, heard))
        if not is_joined:
            return False
        parent = self._git.ask("rev-parse", "--verify", "--quiet", f"{commit}^1", accept=_NOT_THERE)
        return parent.exit_code == 0 and parent.line == stands

    @telling(CloneFailed)
    def arrived(self, clone: WorkClone, since: str | None, most: int) -> Arrivals:
        """What people have done since the branch stood at *since*, naming *most* commits; without one only where it is."""
        alias = why_not_moved(self._git, self._common_dir, clone.branch)
        if alias:
            raise CloneFailed(alias)
        left = self._branches.commit(f"{LEFT}{clone.issue}")
        stands = self.stands(clone)
        if stands is None:
            came_to = self._branches.commit(f"{JOINED}{clone.issue}") or left
            told = made_again(clone, came_to) if came_to is not None else ""
            return Arrivals(stands=came_to or clone.base, made_again=told)
        anew = left is not None and left != stands and not self._is_ancestor(left, stands)
        if since is None or since == stands:
            return Arrivals(stands=stands, anew=anew)
        found = self._between(since, stands, most + 1)
        return Arrivals(stands=stands, commits=found[:most], more=len(found) > most, anew=anew)

    def _between(self, since: str, stands: str, most: int) -> tuple[Arrival, ...]:
        """The first parents of *stands* since *since* that neither agents nor we have committed."""
        told = "--format=%H%x00%an%x00%ce%x00%ae%x00%P%x00%s"
        asked = (
            "log",
            "--first-parent",
            "--no-show-signature",
            "-z",
            _LOOKED_AT,
            told,
            f"{since}..{stands}",
            "--",
        )
        said = self._git.ask(*asked, accept=_NOT_THERE)
        if said.exit_code:
            return ()
        fields = said.stdout.decode("utf-8", errors="replace").split("\0")
        rows = [fields[start : start + 6] for start in range(0, len(fields) - 5, 6)]
        people = (row for row in rows if not _is_agents(*row[2:]))
        return tuple(Arrival(commit=row[0], author=row[1], subject=row[5]) for row in people)[:most]

    def _is_ancestor(self, one: str, of: str) -> bool:
        return self._git.ask("merge-base", "--is-ancestor", one, of, accept=_NOT_THERE).exit_code == 0


def _is_agents(committer: str, author: str, parents: str, subject: str) -> bool:
    """Whether the commit is an agent's, or ours for one: a merge of ours that people brought here from elsewhere is not."""
    if committer == DAEMON_EMAIL:
        return " " not in parents or subject.startswith(JOINS) or author.endswith(OF_AGENTS)
    return committer.endswith(OF_AGENTS)


_port: type[PeoplesWork] = GitPeoplesWork
