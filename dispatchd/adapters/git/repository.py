"""Finds the workspace around a folder, and refuses one whose ties to the repository are broken.

It only reads a few small files, since every command begins with it. Making a workspace is workspace_setup's
task, explaining and mending a broken one tree_health's.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from dispatchd.adapters.git.layout import (
    Checkout,
    find_checkout,
    first_line,
    follow_git_link,
    is_anothers,
    is_bare,
    main_worktree_of,
    registered_worktrees,
)
from dispatchd.adapters.git.written_branch import may_stand
from dispatchd.application.ports.repository import PRIVATE_NAME, TREE_NAME, Locate, RepositoryPlaces
from dispatchd.domain.errors import WorkspaceError


def locate(start: Path) -> RepositoryPlaces:
    """The places of the workspace around *start*."""
    checkout = checkout_around(start)
    tree = find_tree(checkout)
    if tree is None:
        raise WorkspaceError(f"{start.absolute()} lies in no workspace yet; run `dispatchd init`")
    admin_dir = follow_git_link(tree / ".git")
    if tree.is_symlink() or admin_dir is None or not is_tied(tree, admin_dir, checkout.common_dir):
        raise WorkspaceError(_untied(tree, checkout))
    return RepositoryPlaces(
        common_dir=checkout.common_dir,
        tree=tree,
        admin_dir=admin_dir,
        main_worktree=main_worktree_of(checkout) or _worktree_around(tree, checkout.common_dir),
    )


def places_around(start: Path) -> RepositoryPlaces:
    """The places around *start*, also where the tree does not stand; its record is then the one it would get."""
    checkout = checkout_around(start)
    tree = find_tree(checkout)
    if tree is None:
        raise WorkspaceError(f"{start.absolute()} lies in no workspace yet; run `dispatchd init`")
    return RepositoryPlaces(
        common_dir=checkout.common_dir,
        tree=tree,
        admin_dir=follow_git_link(tree / ".git") or checkout.common_dir / "worktrees" / record_name(tree),
        main_worktree=main_worktree_of(checkout),
    )


def record_name(tree: Path) -> str:
    """What git calls the record of *tree*, where that name is free."""
    return f"-{tree.name.lstrip('.')}"


def _worktree_around(tree: Path, common_dir: Path) -> Path | None:
    # A git directory that stands elsewhere does not know its worktree, but the worktree knows it.
    around = tree.parent
    return around if not is_bare(common_dir) and follow_git_link(around / ".git") == common_dir else None


def _untied(tree: Path, checkout: Checkout) -> str:
    if not os.path.lexists(tree):
        return f"{tree} is gone, its branch is not; `dispatchd restore --all` brings the folder back"
    if not os.path.lexists(tree / ".git") and tree not in registered_worktrees(checkout.common_dir).values():
        return f"{tree} is not a workspace and was not made by dispatchd; move it away, then run `dispatchd init`"
    return f"{tree} is no longer tied to {checkout.common_dir}; `dispatchd doctor` says why and what mends it"


def checkout_around(start: Path) -> Checkout:
    """The repository around *start*; raises WorkspaceError outside of any."""
    checkout = find_checkout(start)
    if checkout is not None and checkout.top is not None and _is_stray_tree(checkout, checkout.top):
        # The tree of a copied repository still names the original; what it lies in is the copy.
        checkout = find_checkout(checkout.top.parent)
    if checkout is None:
        raise WorkspaceError(
            f"{start.absolute()} is in no git repository; run `git init` where your code is, then `dispatchd init`"
        )
    return checkout


def _is_stray_tree(checkout: Checkout, top: Path) -> bool:
    is_tree = top.name == TREE_NAME and checkout.is_linked
    return is_tree and not is_tied(top, checkout.git_dir, checkout.common_dir)


def find_tree(checkout: Checkout) -> Path | None:
    """Where the tree of a repository stands, or last stood; None where there was never one."""
    main = main_worktree_of(checkout)
    homes = [place for place in (main, checkout.top) if place is not None]
    for home in homes:
        if home.name == TREE_NAME and checkout.is_linked:
            return home
        if os.path.lexists(home / TREE_NAME):
            return home / TREE_NAME
    recorded = [
        folder for folder in registered_worktrees(checkout.common_dir).values() if folder.name == TREE_NAME
    ]
    ours = [folder for folder in recorded if not is_anothers(folder, checkout.common_dir)]
    if recorded and not ours:
        # Only the git directory was copied: the record still names the original's folder, which is none of ours.
        return homes[0] / TREE_NAME if homes else None
    # A record of a folder that is gone still says where it stood; one that stands is the better answer.
    stood = next((folder for folder in ours if folder.is_dir()), ours[0] if ours else None)
    return stood or _tree_without_record(checkout.common_dir, homes)


def _tree_without_record(common_dir: Path, homes: Sequence[Path]) -> Path | None:
    """Where the tree belongs whose folder and whose record are gone, if its branch and its database stand."""
    private = common_dir / PRIVATE_NAME
    has_database = any((private / name).exists() for name in ("state.db", "replica.db"))
    if not homes or not has_database or not may_stand(common_dir):
        return None
    return homes[0] / TREE_NAME


def is_tied(tree: Path, admin_dir: Path, common_dir: Path) -> bool:
    """Whether the tree's record lies in this repository and points back at the tree."""
    back = first_line(admin_dir / "gitdir")
    return (
        admin_dir.parent == common_dir / "worktrees"
        and back is not None
        and (admin_dir / back).resolve() == (tree / ".git").resolve()
    )


_port: Locate = locate
