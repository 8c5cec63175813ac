"""The worktrees of agents as shared clones: each borrows the repository's objects and has refs of its own.

A linked worktree would need the repository's git directory to be writable for the agent. Git runs inside a clone for the
agent alone: for us it runs on the repository, on a bare path of objects, or with an index of our own.
"""

import contextlib
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.git.borrowing import make_borrower, make_folder
from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.clone_folders import BASES, MADE
from dispatchd.adapters.git.clone_indexes import KeptIndex
from dispatchd.adapters.git.clone_sight import (
    AUTHOR,
    branch_head,
    changed_in,
    checked_out,
    commit_checked_out,
    has_git_folder,
    lent_by,
    patch_of,
    tree_of,
)
from dispatchd.adapters.git.layout import first_line
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.telling import telling
from dispatchd.adapters.git.work_branch import WorkBranches
from dispatchd.adapters.git.work_refs import FETCHED, RESCUES
from dispatchd.adapters.processes.confined_files import NotConfinedError, write_confined
from dispatchd.application.ports.work_clones import CloneFailed, CloneState, WorkClone, WorkClones

_SETTINGS: Final = "[gc]\n\tauto = 0\n[commit]\n\tgpgSign = false\n[core]\n\thooksPath = /dev/null\n"


class GitWorkClones:
    """Clones in one folder, each named after its issue. *scratch* holds indexes of our own. Settings may move both."""

    def __init__(self, common_dir: Path, folder: Callable[[], Path], scratch: Callable[[], Path]) -> None:
        self._git = GitRunner(common_dir)
        self._branches = BranchLookup(common_dir)
        self._work = WorkBranches(common_dir, self._git)
        self._common_dir = common_dir
        self._folder_now = folder
        self._scratch_now = scratch

    @property
    def _folder(self) -> Path:
        return self._folder_now()

    @property
    def _scratch(self) -> Path:
        return self._scratch_now()

    @telling(CloneFailed)
    def base_for(self, into: str, base: str) -> str:
        """The commit that a new work branch begins at."""
        names = (f"refs/heads/{into}", f"refs/heads/{base}" if base else "HEAD")
        found = self._branches.first_of(names)
        if found is not None:
            return found
        where = f'the branch "{base}"' if base else "the repository"
        raise CloneFailed(f"{where} has no commit yet to begin at; make one, then try again")

    @telling(CloneFailed)
    def branch_is_free(self, branch: str) -> bool:
        """Whether nothing has that name."""
        return self._work.is_free(branch)

    def place_of(self, issue: str) -> Path:
        """Where the clone of an issue stands, or would."""
        return self._folder / issue

    @telling(CloneFailed)
    def make(self, issue: str, branch: str, base: str) -> WorkClone:
        """The clone of the issue, made now if there is none."""
        clone = WorkClone(issue=issue, branch=branch, base=base, path=self.place_of(issue))
        begins = partial(self._work.begins_again, clone)
        start = self._branches.keep(f"{BASES}{issue}", base, branch=f"refs/heads/{branch}", begins=begins)
        if self._mark(issue).exists() and has_git_folder(clone):
            self._work.catch_up(self._common_dir, self._scratch, clone, start)
            return clone
        if clone.path.exists():
            self._set_aside(clone.path)
        try:
            self._clone(clone, self._work.begins_at(clone, start))
        except GitFailedError as failed:
            raise CloneFailed(f"the worktree {clone.path} could not be made: {failed}") from failed
        return clone

    def _set_aside(self, path: Path) -> None:
        """What stands there was not finished, or is not ours: it is kept under another name."""
        number = 1
        while (aside := path.with_name(f"{path.name}.aside-{number}")).exists():
            number += 1
        path.rename(aside)

    def _clone(self, clone: WorkClone, start: str) -> None:
        make_folder(clone.path.parent, self._common_dir)
        making = clone.path.with_name(f".{clone.path.name}.making")
        shutil.rmtree(making, ignore_errors=True)
        inside = make_borrower(making, self._common_dir)
        inside.feed("checkout", "--quiet", "-B", clone.branch, start, "--", stdin=b"")
        with (making / ".git" / "config").open("a", encoding="utf-8") as config:
            config.write(_SETTINGS)
        KeptIndex(self._scratch, clone.issue).keep(making / ".git" / "index", start)
        self._mark(clone.issue).write_text(f"{clone.branch}\n{clone.base}\n", encoding="utf-8")
        making.rename(clone.path)

    def _mark(self, issue: str) -> Path:
        """Says whose clone it is, and that it was finished: beside it, because what is in it the agent may write."""
        return self._folder / f".{issue}{MADE}"

    @telling(CloneFailed)
    def look(self, clone: WorkClone) -> CloneState:
        """What stands in the clone, read with a git directory of the repository's and an index of our own."""
        if not has_git_folder(clone):
            return CloneState(exists=False)
        head = branch_head(clone)
        if head is None:
            return CloneState(exists=True, other_branch=checked_out(clone))
        self._have(clone, head)
        out = checked_out(clone)
        changed = changed_in(self._common_dir, self._scratch, clone, head)
        other = None if out == clone.branch else out or "a detached HEAD"
        return CloneState(exists=True, head=head, other_branch=other, changed=changed)

    @telling(CloneFailed)
    def bring_in(self, clone: WorkClone, other: str) -> None:
        """Make a commit of the repository known inside: the objects are shared, a ref keeps it in sight."""
        self._git.feed("update-ref", f"{BASES}{clone.issue}-onto", other, stdin=b"")
        try:
            write_confined(clone.path, PurePath(".git/refs/dispatchd/onto"), f"{other}\n".encode())
        except NotConfinedError as error:
            raise CloneFailed(f"the worktree cannot be given anything: {error}") from error

    @telling(CloneFailed)
    def fetch_back(self, clone: WorkClone) -> str | None:
        """Bring the branch into the repository under the same name; its head."""
        head = branch_head(clone)
        if head is None:
            return self._branches.commit(f"refs/heads/{clone.branch}")
        try:
            if head == clone.base and self._begins_there(clone.branch, head):
                return head
            if self._branches.commit(f"refs/heads/{clone.branch}") == head:
                return head
            heard = self._work.heard(clone)  # where it began was ours from the start
            self._have(clone, head)
            return self._work.take_back(clone, head, heard)
        except GitFailedError as failed:
            raise CloneFailed(
                f"the branch {clone.branch} could not be fetched from {clone.path}: {failed}"
            ) from failed

    @telling(CloneFailed)
    def told_of(self, clone: WorkClone, head: str) -> tuple[str, ...]:
        """What people are to know of the branch beside what stands on it."""
        return self._work.told_of(clone, head)

    def _begins_there(self, branch: str, head: str) -> bool:
        """Whether the branch stands at *head*, where its work began, or can be made there because there is none yet."""
        name = f"refs/heads/{branch}"
        if first_line(self._common_dir / name) == head:
            return True
        return not self._git.feed(
            "update-ref", "--no-deref", name, head, "0" * len(head), stdin=b"", accept=(0, 1, 128)
        ).exit_code

    def _have(self, clone: WorkClone, head: str) -> None:
        """Have the repository hold the commit *head* of the clone with all that belongs to it, kept by a ref of our own."""
        kept = f"{FETCHED}{clone.issue}"
        if head in (clone.base, self._branches.commit(kept), self._work.heard(clone)):
            return
        try:
            self._bring(clone, head, kept)
        except GitFailedError as failed:
            if self._branches.commit(kept) != head:  # another look has just brought it
                raise CloneFailed(
                    f"{clone.branch} could not be read from the worktree {clone.path}: {failed}"
                ) from failed

    def _bring(self, clone: WorkClone, commit: str, ref: str) -> None:
        """Fetch the *commit* from the clone, to have that name, checking what comes."""
        with lent_by(self._common_dir, self._scratch, clone, commit) as lender:
            self._git.feed(
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--no-auto-gc",
                "--end-of-options",
                str(lender),
                f"+HEAD:{ref}",
                stdin=b"",
                settings=("fetch.fsckObjects=true", "protocol.file.allow=always"),
            )

    @telling(CloneFailed)
    def rescue(self, clone: WorkClone, name: str, seen: CloneState | None = None) -> str | None:
        """Save uncommitted work to a ref of that name, also where the clone's own git directory is gone."""
        state = seen or self._seen(clone)
        # Where its branch cannot be read, nobody knows what has changed until all of it is put together.
        if state is not None and state.head is not None and not state.changed:
            return None
        if not clone.path.is_dir():
            return None
        try:
            parent = self._parent(clone, state)
            tree = tree_of(self._common_dir, self._scratch, clone, parent)
            if tree == self._git.ask("rev-parse", f"{parent}^{{tree}}").line:
                return None
            message = f"What stood uncommitted in the worktree of {clone.issue} after {name}\n"
            commit = self._git.feed(
                "commit-tree", tree, "-p", parent, stdin=message.encode(), variables=AUTHOR
            ).line
            self._git.feed("update-ref", f"{RESCUES}{name}", commit, stdin=b"")
        except GitFailedError as failed:
            raise CloneFailed(f"uncommitted work in {clone.path} could not be saved: {failed}") from failed
        return f"{RESCUES}{name}"

    def _seen(self, clone: WorkClone) -> CloneState | None:
        try:
            return self.look(clone)
        except CloneFailed:  # the files may be whole, whatever is wrong with the rest
            return None

    def _parent(self, clone: WorkClone, state: CloneState | None) -> str:
        """What uncommitted work is saved on: the branch as the clone has it; what is known of it where that is broken."""
        if state is not None and state.head is not None:
            with contextlib.suppress(CloneFailed, GitFailedError):
                self._have(clone, state.head)
                return state.head
        return self._last_known(clone)

    def _last_known(self, clone: WorkClone) -> str:
        return self._branches.commit(f"refs/heads/{clone.branch}") or clone.base

    @telling(CloneFailed)
    def rescue_stray(self, clone: WorkClone, name: str, seen: CloneState | None = None) -> str | None:
        """Save the commits that are checked out under another name than the branch's, or under none."""
        state = seen or self.look(clone)
        if not state.exists or state.other_branch is None:
            return None
        ref = f"{RESCUES}{name}-stray"
        commit = commit_checked_out(clone)
        if commit is None:
            raise CloneFailed(f"{state.other_branch} in {clone.path} names no commit that could be saved")
        try:
            self._bring(clone, commit, ref)
            if self._work.is_ancestor(ref, state.head or self._last_known(clone)):
                self._git.feed("update-ref", "-d", ref, stdin=b"")
                return None
        except GitFailedError as failed:
            raise CloneFailed(
                f"{state.other_branch} in {clone.path} could not be saved: {failed}"
            ) from failed
        return ref

    @telling(CloneFailed)
    def diff(self, clone: WorkClone) -> str:
        """What the branch and the uncommitted work change against the base, as a patch."""
        head = branch_head(clone)
        if head is None:
            return ""
        self._have(clone, head)
        return patch_of(self._common_dir, self._scratch, clone, head)

    @telling(CloneFailed)
    def all(self) -> tuple[WorkClone, ...]:
        """Every clone that was finished being made."""
        found = []
        for mark in sorted(self._folder.glob(f".*{MADE}")):
            issue = mark.name.removeprefix(".").removesuffix(MADE)
            said = mark.read_text(encoding="utf-8", errors="replace").splitlines()
            if len(said) == 2 and self.place_of(issue).is_dir():
                found.append(WorkClone(issue=issue, branch=said[0], base=said[1], path=self.place_of(issue)))
        return tuple(found)

    @telling(CloneFailed)
    def remove(self, clone: WorkClone) -> tuple[str, ...]:
        """Take the clone away, after its branch was fetched and uncommitted work rescued; the refs that keep that."""
        name = f"{clone.issue}-removed"
        saved = (self.rescue(clone, name), self.rescue_stray(clone, name))
        self.fetch_back(clone)
        shutil.rmtree(clone.path)
        self._mark(clone.issue).unlink(missing_ok=True)
        KeptIndex(self._scratch, clone.issue).forget()
        return tuple(ref for ref in saved if ref is not None)


_port: type[WorkClones] = GitWorkClones
