"""What a branch changes against the commit that it began at, where there is no worktree of it to look into."""

from pathlib import Path

from dispatchd.adapters.git.branch_lookup import BranchLookup
from dispatchd.adapters.git.runner import GitRunner


def branch_patch(common_dir: Path, branch: str, base: str) -> str | None:
    """The patch; None where there is no such branch. Raises GitFailedError, where *base* is gone for one."""
    head = BranchLookup(common_dir).commit(f"refs/heads/{branch}")
    if head is None:
        return None
    plain = ("--no-ext-diff", "--no-textconv", "--submodule=short")
    told = GitRunner(common_dir).ask("diff", *plain, base, head, "--")
    return told.stdout.decode("utf-8", errors="replace")
