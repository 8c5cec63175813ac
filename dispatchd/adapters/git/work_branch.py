"""The branch of an issue's work in the repository: its agent's commits come back to it, and people may commit on it.

What a person committed there belongs to the work. It is merged with what the agent made, and is in the agent's worktree
when its next turn begins; where the two contradict each other, a ref keeps it. A branch that somebody has checked out is
not moved: it would show there as its own work taken out.
"""

import os
import re
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.checkouts import checked_out_at
from dispatchd.adapters.git.clone_indexes import OwnIndex
from dispatchd.adapters.git.clone_sight import (
    AUTHOR,
    branch_head,
    changed_in,
    checked_out,
    seen_from_outside,
)
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.processes.confined_files import NotConfinedError, read_confined, write_confined
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone

RESCUES: Final = "refs/dispatchd/rescue/"
FETCHED: Final = "refs/dispatchd/fetched/"
"""What was last fetched from a clone; followed by its issue, as each of these."""
_HEARD: Final = "refs/dispatchd/heard/"
"""The clone's head with which the branch was last brought level: what stands on the branch beyond it is not the agent's."""
_JOINED: Final = "refs/dispatchd/joined/"
"""The work with what people committed, where the branch is not moved to it."""
_SHOWN: Final = 8
_NAMED: Final = 12


class WorkBranches:
    """In the repository at *common_dir*; *git* runs there. Everything may raise GitFailedError."""

    def __init__(self, common_dir: Path, git: GitRunner) -> None:
        self._common_dir = common_dir
        self._git = git
        self._branches = BranchLookup(common_dir)

    def heard(self, clone: WorkClone) -> str:
        """The head of the clone that the branch was last brought level with; at first, where the work began."""
        return self._branches.commit(f"{_HEARD}{clone.issue}") or clone.base

    def take_back(self, clone: WorkClone, head: str, heard: str) -> str:
        """Bring the branch level with the clone's *head*, which is fetched; what the work comes to. *heard* was before."""
        name = f"refs/heads/{clone.branch}"
        before = self._branches.commit(name)
        to, kept = self._level(clone, before, head, heard)
        updates = {f"{_HEARD}{clone.issue}": head}
        if kept is not None:
            updates[kept] = before or ""
        joined = f"{_JOINED}{clone.issue}"
        if before is None or before == to or checked_out_at(self._git, clone.branch) is None:
            orders = f"update {name}\0{to}\0{before or '0' * len(to)}\0"
            orders += f"delete {joined}\0\0" if self._branches.commit(joined) is not None else ""
        else:
            orders, updates[joined] = "", to
        orders += "".join(f"update {ref}\0{commit}\0\0" for ref, commit in updates.items())
        self._git.feed("update-ref", "-z", "--stdin", stdin=orders.encode())
        return to

    def _level(self, clone: WorkClone, before: str | None, head: str, heard: str) -> tuple[str, str | None]:
        """Where the branch is to stand, and the ref that keeps what stood there and does not any more."""
        if before is None or self.is_ancestor(before, head):
            return head, None
        if self.is_ancestor(before, heard):  # the agent has written its own history anew
            return head, f"{RESCUES}{clone.issue}-{before[:_NAMED]}"
        together = self._together(clone, before, head)
        return together or head, None if together else f"{RESCUES}{clone.issue}-people-{before[:_NAMED]}"

    def _together(self, clone: WorkClone, theirs: str, head: str) -> str | None:
        """What people committed, *theirs*, and the agent's *head* in one; None where they contradict each other.

        The same two come to the same commit, however often they are asked for.
        """
        if self.is_ancestor(head, theirs):
            return theirs
        merged = self._git.feed(
            "merge-tree", "--write-tree", "-z", theirs, head, stdin=b"", accept=(0, 1, 128)
        )
        if merged.exit_code:
            return None
        tree = merged.stdout.decode("ascii", errors="replace").partition("\0")[0].strip()
        when = self._git.ask("show", "--no-patch", "--format=%cI", head).line
        dates = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        said = f"Merge what people committed on {clone.branch}\n"
        made = ("commit-tree", tree, "-p", theirs, "-p", head)
        return self._git.feed(*made, stdin=said.encode(), variables={**AUTHOR, **dates}).line

    def begins_at(self, clone: WorkClone, stands: str) -> str:
        """Where a clone that is made anew begins: what the work came to, where the branch *stands* behind it."""
        joined = self._branches.commit(f"{_JOINED}{clone.issue}")
        return joined if joined is not None and self.is_ancestor(stands, joined) else stands

    def catch_up(self, common_dir: Path, scratch: Path, clone: WorkClone, stands: str) -> None:
        """Bring what people committed into the clone, whose branch *stands* there in the repository.

        Only into one that nobody has left anything in: else it is joined when the turn is over, or a ref keeps it.
        """
        head = branch_head(clone)
        if head is None or head == stands or checked_out(clone) != clone.branch:
            return
        if self.is_ancestor(stands, head) or self.is_ancestor(stands, self.heard(clone)):
            return
        if read_confined(clone.path, PurePath(".git/MERGE_HEAD")) is not None:
            return
        try:
            to = self._together(clone, stands, head)
            if to is None or changed_in(common_dir, scratch, clone, head):
                return
            self._git.feed("update-ref", f"{_JOINED}{clone.issue}", to, stdin=b"")
            self._check_out(common_dir, scratch, clone, head, to)
        except (GitFailedError, NotConfinedError, CloneFailed):
            return

    def _check_out(self, common_dir: Path, scratch: Path, clone: WorkClone, head: str, to: str) -> None:
        """Let the clone go from *head* on to *to*: its files, its index, then its branch."""
        with (
            OwnIndex(scratch, f"{clone.issue}-onward") as index,
            seen_from_outside(common_dir, clone, index, head) as outside,
        ):
            outside("read-tree", head)
            outside("update-index", "-q", "--refresh", accept=(0, 1))
            outside("read-tree", "-m", "-u", head, to)
            outside("update-index", "-q", "--refresh", accept=(0, 1))
            write_confined(clone.path, PurePath(".git/index"), index.read_bytes())
        write_confined(clone.path, PurePath(f".git/refs/heads/{clone.branch}"), f"{to}\n".encode())

    def told_of(self, clone: WorkClone, head: str) -> tuple[str, ...]:
        """What people are to know of the branch, the work on which stands at *head*; each a clause."""
        told = [
            f"`{ref}` keeps what was committed on `{clone.branch}` besides, because it conflicts with the work"
            for ref in self._kept(clone)
        ]
        place = None
        if self._branches.commit(f"refs/heads/{clone.branch}") != head:
            place = checked_out_at(self._git, clone.branch)
        if place is not None:
            told.append(
                f"`{clone.branch}` is checked out in {place} and was not moved; `{_JOINED}{clone.issue}` is the work, "
                f"`{head[:_SHOWN]}`"
            )
        return tuple(told)

    def _kept(self, clone: WorkClone) -> list[str]:
        """The refs that keep what people committed. Asking git for them takes longer than a look at its files."""
        begins = f"{RESCUES}{clone.issue}-people-"
        packed = self._common_dir / "packed-refs"
        is_elsewhere = packed.is_file() and begins.encode() in packed.read_bytes()
        if is_elsewhere or (self._common_dir / "reftable").is_dir():
            listed = self._git.ask("for-each-ref", "--format=%(refname)", f"{begins}*").stdout
            return os.fsdecode(listed).split()
        place = self._common_dir / RESCUES
        found = sorted(each.name for each in place.glob(f"{clone.issue}-people-*"))
        return [f"{RESCUES}{each}" for each in found if re.fullmatch(r".*-[0-9a-f]+", each)]

    def is_ancestor(self, one: str, of: str) -> bool:
        """Whether *of* has *one* in its history. What is not in the repository is in none."""
        return self._git.ask("merge-base", "--is-ancestor", one, of, accept=(0, 1, 128)).exit_code == 0
