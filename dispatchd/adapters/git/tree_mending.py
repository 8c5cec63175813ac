"""Ties a tree to its repository again, writing nothing but the ties: no document is touched."""

from pathlib import Path

from dispatchd.adapters.git.layout import Checkout, follow_git_link
from dispatchd.adapters.git.repository import record_name
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.git.workspace_setup import LOCK_REASON, add_worktree
from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.application.ports.tree_health import TreeFault
from dispatchd.domain.errors import WorkspaceError


def mend(checkout: Checkout, tree: Path, fault: TreeFault) -> str:
    """Put *fault* right and say what was done."""
    runner = GitRunner(checkout.common_dir)
    match fault:
        case TreeFault.FOLDER_GONE:
            add_worktree(runner, checkout.common_dir, tree)
            return f"brought {tree} back from its branch"
        case TreeFault.LINK_GONE:
            runner.ask("worktree", "repair")
            return f"wrote {tree}/.git again"
        case TreeFault.MOVED:
            runner.ask("worktree", "repair", tree)
            return f"tied {tree} to the place the repository has now"
        case TreeFault.COPIED:
            return _tie_to_own_record(checkout, tree)
        case TreeFault.UNREGISTERED:
            return _record_again(checkout, tree)
        case TreeFault.UNLOCKED:
            runner.ask("worktree", "lock", "--reason", LOCK_REASON, tree)
            return f"locked the worktree {tree}"
        case _:
            raise WorkspaceError(f"{tree}: only a person can mend this ({fault.replace('_', ' ')})")


def _tie_to_own_record(checkout: Checkout, tree: Path) -> str:
    # Not by `git worktree repair`: it follows the tree to the original and would turn that one's record to the copy.
    foreign = follow_git_link(tree / ".git")
    record = checkout.common_dir / "worktrees" / (foreign.name if foreign else "")
    if foreign is None or not record.is_dir():
        raise WorkspaceError(f"{checkout.common_dir} has no record of {tree} to tie it to")
    _tie(tree, record)
    return f"tied {tree} to {checkout.common_dir} instead of {foreign}"


def _record_again(checkout: Checkout, tree: Path) -> str:
    named = follow_git_link(tree / ".git")
    record = checkout.common_dir / "worktrees" / (named.name if named else record_name(tree))
    record.parent.mkdir(exist_ok=True)
    record.mkdir()
    (record / "commondir").write_text("../..\n")
    (record / "HEAD").write_text(f"ref: {BRANCH_REF}\n")
    (record / "locked").write_text(f"{LOCK_REASON}\n")
    _tie(tree, record)
    GitRunner(record, tree).ask("read-tree", BRANCH_REF)
    return f"made the record of {tree} in {checkout.common_dir} again"


def _tie(tree: Path, record: Path) -> None:
    (record / "gitdir").write_text(f"{tree / '.git'}\n")
    (tree / ".git").write_text(f"gitdir: {record}\n")
