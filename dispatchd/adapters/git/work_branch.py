"""The branch of an issue's work in the repository: its agent's commits come back to it, and people may commit on it.

What a person committed there belongs to the work. It is merged with what the agent made, and is in the agent's worktree
when its next turn begins; where the two contradict each other, a ref keeps it. What people took out of the branch, by
writing its history anew, stays out of it: their word stands, and a ref keeps what the agent had. A branch that somebody
has checked out, or rebases, is not moved: it would show there as its own work taken out.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.checkouts import checked_out_at, held_at, rebased_at
from dispatchd.adapters.git.clone_indexes import OwnIndex
from dispatchd.adapters.git.clone_sight import (
    AUTHOR,
    branch_head,
    changed_in,
    checked_out,
    seen_from_outside,
)
from dispatchd.adapters.git.replaying import JOINS, Replaying
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.symbolic import leads_to, why_not_moved
from dispatchd.adapters.git.work_refs import HEARD, JOINED, LEFT, PEOPLES, REMADE, RESCUES, TAKEN, made_again
from dispatchd.adapters.processes.confined_files import NotConfinedError, read_confined, write_confined
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone

_TRIES: Final = 5
_PEOPLES: Final = "people"
_AGENTS: Final = "agent"
_SHOWN: Final = 8
_NAMED: Final = 12


class WorkBranches:
    """In the repository at *common_dir*; *git* runs there. Everything may raise GitFailedError."""

    def __init__(self, common_dir: Path, git: GitRunner) -> None:
        self._common_dir = common_dir
        self._git = git
        self._branches = BranchLookup(common_dir)
        self._replaying = Replaying(git)

    def heard(self, clone: WorkClone) -> str:
        """The head of the clone that the branch was last brought level with; at first, where the work began."""
        return self._branches.commit(f"{HEARD}{clone.issue}") or clone.base

    def is_free(self, branch: str) -> bool:
        """Whether nothing has that name, nor is it another name of anything."""
        name = f"refs/heads/{branch}"
        return self._branches.commit(name) is None and leads_to(self._git, self._common_dir, name) is None

    def take_back(self, clone: WorkClone, head: str, heard: str) -> str:
        """Bring the branch level with the clone's *head*, which is fetched; what the work comes to. *heard* was before.

        Raises CloneFailed.
        """
        name = f"refs/heads/{clone.branch}"
        for _ in range(_TRIES):
            self.require_own(clone)
            stood = self._branches.commit(name)
            try:
                return self._take_back(clone, head, heard)
            except GitFailedError:
                if self._branches.commit(name) == stood:
                    raise  # else somebody has moved it in this very moment
        raise CloneFailed(
            f"{clone.branch} was moved by others each time it was to be brought level; the work is safe in "
            f"{clone.path}, and the next look brings both together"
        )

    def _take_back(self, clone: WorkClone, head: str, heard: str) -> str:
        name = f"refs/heads/{clone.branch}"
        before = self._branches.commit(name)
        updates = {f"{HEARD}{clone.issue}": head}
        stood = before or self._came_to(clone)
        anew = before is not None and self._is_written_anew(clone, before)
        if before is not None and anew:
            to = self._onto(clone, before, head)
        else:
            to, kept = self._level(clone, stood, head, heard)
            updates |= dict.fromkeys(kept, stood or "")
            updates |= {f"{REMADE}{clone.issue}": to} if stood is not None and before is None else {}
        joined = f"{JOINED}{clone.issue}"
        if before is None or before == to or held_at(self._git, self._common_dir, clone.branch) is None:
            orders = f"update {name}\0{to}\0{before or '0' * len(to)}\0"
            orders += f"delete {joined}\0\0" if self._branches.commit(joined) is not None else ""
            updates |= {f"{TAKEN}{clone.issue}": head} | ({} if anew else {f"{LEFT}{clone.issue}": to})
        else:
            orders, updates[joined] = "", to
        self._write(updates, orders)
        return to

    def require_own(self, clone: WorkClone) -> None:
        """Raise CloneFailed where the branch is only another name: what stands there is nobody's word about the work."""
        why = why_not_moved(self._git, self._common_dir, clone.branch)
        if why:
            raise CloneFailed(why)

    def _came_to(self, clone: WorkClone) -> str | None:
        """What the work had come to when we last left its branch; None where it has not come back yet."""
        return self._branches.first_of((f"{JOINED}{clone.issue}", f"{LEFT}{clone.issue}"))

    def begins_again(self, clone: WorkClone) -> str:
        """Where a branch that is not there begins: where its work began; or, if somebody deleted it, what it had come to."""
        self.require_own(clone)
        stood = self._came_to(clone)
        if stood is not None:
            self._write({f"{REMADE}{clone.issue}": stood})
        return stood or clone.base

    def _write(self, updates: Mapping[str, str], orders: str = "") -> None:
        orders += "".join(f"update {ref}\0{commit}\0\0" for ref, commit in updates.items())
        self._git.feed("update-ref", "--no-deref", "-z", "--stdin", stdin=orders.encode())

    def _is_written_anew(self, clone: WorkClone, stands: str) -> bool:
        """Whether people have written the branch anew, which *stands* there, and the clone does not know of it yet."""
        left = self._branches.commit(f"{LEFT}{clone.issue}")
        return left is not None and not self.is_ancestor(left, stands)

    def _onto(self, clone: WorkClone, stands: str, head: str) -> str:
        """The branch as people wrote it anew, and on it what the clone has got besides since the branch was left.

        Raises CloneFailed where the two contradict each other. In every case refs keep what the agent had.
        """
        self._write(self._agents_own(clone))
        since = self._branches.first_of((f"{TAKEN}{clone.issue}", f"{LEFT}{clone.issue}")) or head
        if head == since:
            return stands
        put = self._replaying.put_on(stands, since, head)
        if put is None:
            kept = f"{RESCUES}{clone.issue}-{_AGENTS}-{head[:_NAMED]}"
            self._write({kept: head})
            raise CloneFailed(
                f"{clone.branch} was written anew by people, and what was committed in the worktree since contradicts "
                f"that; `{kept}` keeps it, and the branch stays as it is"
            )
        return put

    def _level(self, clone: WorkClone, before: str | None, head: str, heard: str) -> tuple[str, list[str]]:
        """Where the branch is to stand, and the refs that keep what stood there *before*."""
        if before is None or self.is_ancestor(before, head):
            return head, []
        theirs: str | None = before
        kept = f"{PEOPLES}{clone.issue}"
        if self.is_ancestor(before, heard):  # the agent has written its own history anew
            theirs, kept = self._dropped(clone, before, head), f"{RESCUES}{clone.issue}-{before[:_NAMED]}"
        together = self._together(clone, theirs, head) if theirs is not None else head
        return together or head, [
            kept if together else f"{RESCUES}{clone.issue}-{_PEOPLES}-{before[:_NAMED]}"
        ]

    def _dropped(self, clone: WorkClone, before: str, head: str) -> str | None:
        """What people had committed, and *before* has, and *head* has not."""
        theirs = self._branches.commit(f"{PEOPLES}{clone.issue}")
        if theirs is None or self.is_ancestor(theirs, head) or not self.is_ancestor(theirs, before):
            return None
        return theirs

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
        said = f"{JOINS}{clone.branch}\n"
        made = ("commit-tree", tree, "-p", theirs, "-p", head)
        return self._git.feed(*made, stdin=said.encode(), variables={**AUTHOR, **dates}).line

    def begins_at(self, clone: WorkClone, stands: str) -> str:
        """Where a clone that is made anew begins: what the work came to, where the branch *stands* behind it."""
        self.require_own(clone)
        if self._is_written_anew(clone, stands):
            self._write({**self._level_at(clone, stands), **self._agents_own(clone)})
            return stands
        self._has_all_of(clone, stands)
        joined = self._branches.commit(f"{JOINED}{clone.issue}")
        return joined if joined is not None and self.is_ancestor(stands, joined) else stands

    def catch_up(self, common_dir: Path, scratch: Path, clone: WorkClone, stands: str) -> None:
        """Bring what people committed into the clone, whose branch *stands* there in the repository.

        Only into one that nobody has left anything in: else it is joined when the turn is over, or a ref keeps it.
        Raises CloneFailed where the branch is only another name.
        """
        self.require_own(clone)
        head = branch_head(clone)
        if head is None or checked_out(clone) != clone.branch:
            return
        if head == stands:
            self._has_all_of(clone, stands)
            return
        anew = self._is_written_anew(clone, stands)
        if not anew and (self.is_ancestor(stands, head) or self.is_ancestor(stands, self.heard(clone))):
            return
        if read_confined(clone.path, PurePath(".git/MERGE_HEAD")) is not None:
            return
        try:
            to = self._as_people_wrote(clone, stands, head) if anew else self._together(clone, stands, head)
            if to is None or changed_in(common_dir, scratch, clone, head):
                return
            self._write({f"{JOINED}{clone.issue}": to})
            self._check_out(common_dir, scratch, clone, head, to)
            if anew:
                self._write(self._level_at(clone, stands))
            self._has_all_of(clone, stands)
        except (GitFailedError, NotConfinedError, CloneFailed):
            return

    def _as_people_wrote(self, clone: WorkClone, stands: str, head: str) -> str:
        """What the clone goes on with after the branch was written anew; what contradicts that a ref keeps."""
        try:
            return self._onto(clone, stands, head)
        except CloneFailed:
            return stands

    def _level_at(self, clone: WorkClone, commit: str) -> dict[str, str]:
        """What is to be remembered where branch and clone both begin at the *commit*."""
        return {f"{each}{clone.issue}": commit for each in (HEARD, LEFT, TAKEN, PEOPLES)}

    def _has_all_of(self, clone: WorkClone, stands: str) -> None:
        """Remember that the clone goes on from the branch as it *stands*, with what people committed there.

        What they take out of it from now on is taken out, and what the clone has got by it is not the agent's.
        """
        refs = [f"{each}{clone.issue}" for each in (LEFT, TAKEN)]
        if any(stands != (self._branches.commit(ref) or clone.base) for ref in refs):
            theirs = [f"{PEOPLES}{clone.issue}"] if stands != self._branches.commit(refs[0]) else []
            self._write(dict.fromkeys([*refs, *theirs], stands))

    def _agents_own(self, clone: WorkClone) -> dict[str, str]:
        left = self._branches.commit(f"{LEFT}{clone.issue}")
        return {} if left is None else {f"{RESCUES}{clone.issue}-{_AGENTS}-{left[:_NAMED]}": left}

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
            for ref in self._kept(clone, _PEOPLES)
        ]
        told += [
            f"`{ref}` keeps what stood on `{clone.branch}` before people wrote it anew"
            for ref in self._kept(clone, _AGENTS)
        ]
        remade = self._branches.commit(f"{REMADE}{clone.issue}")
        told += [made_again(clone, remade)] if remade is not None else []
        if self._branches.commit(f"refs/heads/{clone.branch}") == head:
            return tuple(told)
        out = checked_out_at(self._git, self._common_dir, clone.branch)
        rebased = rebased_at(self._git, self._common_dir, clone.branch)
        if out is not None or rebased is not None:
            how = f"checked out in {out}" if out is not None else f"being rebased in {rebased}"
            told.append(
                f"`{clone.branch}` is {how} and was not moved; `{JOINED}{clone.issue}` is the work, "
                f"`{head[:_SHOWN]}`"
            )
        return tuple(told)

    def _kept(self, clone: WorkClone, whose: str) -> list[str]:
        """The refs that keep what people committed, or the agent. Asking git for them takes longer than a look at its files."""
        begins = f"{RESCUES}{clone.issue}-{whose}-"
        packed = self._common_dir / "packed-refs"
        is_elsewhere = packed.is_file() and begins.encode() in packed.read_bytes()
        if is_elsewhere or (self._common_dir / "reftable").is_dir():
            listed = self._git.ask("for-each-ref", "--format=%(refname)", f"{begins}*").stdout
            return os.fsdecode(listed).split()
        place = self._common_dir / RESCUES
        found = sorted(each.name for each in place.glob(f"{clone.issue}-{whose}-*"))
        return [f"{RESCUES}{each}" for each in found if re.fullmatch(r".*-[0-9a-f]+", each)]

    def is_ancestor(self, one: str, of: str) -> bool:
        """Whether *of* has *one* in its history. What is not in the repository is in none."""
        return self._git.ask("merge-base", "--is-ancestor", one, of, accept=(0, 1, 128)).exit_code == 0
