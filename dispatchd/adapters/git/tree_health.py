"""Looks whether the tree still hangs on its repository, and says what is wrong in words.

The ties are two one-line files that name each other, `.dispatch/.git` and `gitdir` in git's record of the tree; a
move, a copy or a cleaning breaks them, each in its own way. Putting them right is tree_mending's.
"""

import os
from pathlib import Path

from dispatchd.adapters.git import git_state, tree_mending
from dispatchd.adapters.git.layout import (
    Checkout,
    common_dir_of,
    follow_git_link,
    is_git_dir,
    registered_worktrees,
)
from dispatchd.adapters.git.open_operations import named_operation
from dispatchd.adapters.git.repository import checkout_around, find_tree, is_tied
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.tree_index import TreeIndex
from dispatchd.application.ports.branch_names import BRANCH, BRANCH_REF
from dispatchd.application.ports.tree_health import TreeFault, TreeFinding, TreeHealth
from dispatchd.domain.errors import WorkspaceError


class GitTreeHealth:
    """The ties between a tree and its repository."""

    def findings(self, start: Path) -> tuple[TreeFinding, ...]:
        """What is wrong with the workspace around *start*, gravest first."""
        checkout, tree = _workspace(start)
        broken = _tie_fault(checkout, tree)
        found = [broken] if broken else _state_faults(checkout, tree)
        if git_state.branch_head(checkout.common_dir) is None:
            found.insert(0, _branch_gone(tree))
        return tuple(found)

    def mend(self, start: Path, fault: TreeFault) -> str:
        """Put one mendable *fault* right and say what was done."""
        checkout, tree = _workspace(start)
        try:
            return tree_mending.mend(checkout, tree, fault)
        except (GitFailedError, OSError) as error:
            raise WorkspaceError(f"{tree} could not be mended: {error}") from error


def _workspace(start: Path) -> tuple[Checkout, Path]:
    checkout = checkout_around(start)
    tree = find_tree(checkout)
    if tree is None:
        raise WorkspaceError(f"{start.absolute()} lies in no workspace yet; run `dispatchd init`")
    return checkout, tree


def _tie_fault(checkout: Checkout, tree: Path) -> TreeFinding | None:
    if not os.path.lexists(tree):
        return _folder_gone(tree)
    link = tree / ".git"
    is_recorded = tree in registered_worktrees(checkout.common_dir).values()
    if tree.is_symlink() or not tree.is_dir() or (not os.path.lexists(link) and not is_recorded):
        return _folder_replaced(tree)
    admin_dir = follow_git_link(link)
    if admin_dir is None or link.is_dir():
        return _link_gone(tree) if is_recorded and not link.is_dir() else _folder_replaced(tree)
    if is_tied(tree, admin_dir, checkout.common_dir):
        return None
    own_record = checkout.common_dir / "worktrees" / admin_dir.name
    if is_git_dir(admin_dir) and common_dir_of(admin_dir) != checkout.common_dir:
        return _copied(tree, own_record, common_dir_of(admin_dir))
    return _moved(tree) if own_record.is_dir() else _unregistered(tree, checkout.common_dir)


def _state_faults(checkout: Checkout, tree: Path) -> list[TreeFinding]:
    admin_dir = follow_git_link(tree / ".git") or checkout.git_dir
    found: list[TreeFinding] = []
    if named_operation(admin_dir) is None:
        ref = git_state.head_ref(admin_dir)
        if ref != BRANCH_REF:
            found.append(_other_branch(tree, ref))
    holder = TreeIndex(admin_dir, GitRunner(admin_dir, tree)).lock_holder()
    if holder is not None:
        found.append(_foreign_lock(str(holder), admin_dir))
    if not (admin_dir / "locked").exists():
        found.append(_unlocked(tree))
    return found


def _folder_gone(tree: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.FOLDER_GONE,
        what=f"the folder {tree} is gone",
        why="something removed it whole (`git clean -ffdx` does); the branch and its history stand",
        next_step="run `dispatchd restore --all`",
        is_mendable=True,
        asks_first=True,
    )


def _folder_replaced(tree: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.FOLDER_REPLACED,
        what=f"{tree} is something else: a link, a file, or a folder that dispatchd did not make",
        why="following it could read or write anywhere",
        next_step=f"move it away (`mv {tree} {tree}.other`), then run `dispatchd restore --all`",
        is_mendable=False,
        asks_first=True,
    )


def _link_gone(tree: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.LINK_GONE,
        what=f"the file {tree}/.git is missing or unreadable",
        why="without it a git command in the folder works on your own branch",
        next_step=f"run `git -C {tree.parent} worktree repair`",
        is_mendable=True,
        asks_first=False,
    )


def _copied(tree: Path, own_record: Path, original: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.COPIED,
        what=f"{tree} belongs to another repository, {original}",
        why="this repository is a copy of that one, and what is committed here would land there",
        next_step=f"run `echo 'gitdir: {own_record}' > {tree}/.git && git -C {tree.parent} worktree repair {tree}`",
        is_mendable=own_record.is_dir(),
        asks_first=True,
    )


def _moved(tree: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.MOVED,
        what=f"{tree} and its repository name each other by a path that no longer holds",
        why="the repository was moved or renamed",
        next_step=f"run `git -C {tree.parent} worktree repair {tree}`",
        is_mendable=True,
        asks_first=False,
    )


def _unregistered(tree: Path, common_dir: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.UNREGISTERED,
        what=f"{common_dir} keeps no record of {tree} any more",
        why="it was unlocked and pruned, or `worktrees/` was removed; the files and the branch stand",
        next_step=f"run `mv {tree} {tree}.saved && dispatchd restore --all`, then copy back what differs",
        is_mendable=True,
        asks_first=False,
    )


def _unlocked(tree: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.UNLOCKED,
        what=f"the worktree {tree} is not locked",
        why="`git worktree prune` would drop its record should the folder be out of sight for a while",
        next_step=f"run `git worktree lock {tree}`",
        is_mendable=True,
        asks_first=False,
    )


def _other_branch(tree: Path, ref: str | None) -> TreeFinding:
    where = f"the branch {ref.removeprefix('refs/heads/')}" if ref else "no branch"
    return TreeFinding(
        fault=TreeFault.OTHER_BRANCH,
        what=f"{tree} is on {where}",
        why="dispatchd reads and commits only on its own branch, so it waits",
        next_step=f"run `git -C {tree} switch {BRANCH}`",
        is_mendable=False,
        asks_first=True,
    )


def _branch_gone(tree: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.BRANCH_GONE,
        what=f"the branch `{BRANCH}` of {tree} is gone",
        why="somebody deleted or renamed it; its commits are still here until git collects them",
        next_step=f"start dispatchd, which knows where it stood, or run `git branch {BRANCH} COMMIT`",
        is_mendable=False,
        asks_first=True,
    )


def _foreign_lock(holder: str, admin_dir: Path) -> TreeFinding:
    return TreeFinding(
        fault=TreeFault.FOREIGN_LOCK,
        what=holder,
        why="while it stands nothing can be committed in .dispatch; dispatchd waits and never removes it",
        next_step=f"let that command end; if none runs any more, `rm {admin_dir / 'index.lock'}`",
        is_mendable=False,
        asks_first=True,
    )


_port: type[TreeHealth] = GitTreeHealth
