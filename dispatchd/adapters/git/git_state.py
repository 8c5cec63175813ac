"""What git is at in the tree: where the branch stands, and whether a command or an operation is under way.

These are asked on every round, so they are read from git's own files where they lie open, and asked of git where
they do not (reftable, a symbolic branch).
"""

from pathlib import Path

from dispatchd.adapters.git.open_operations import (
    REFTABLE_HEAD,
    elsewhere,
    named_operation,
    written_head,
)
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.written_branch import written_branch_head
from dispatchd.application.ports.audit_log import CommitId, HeadRelation
from dispatchd.application.ports.branch_names import BRANCH_REF


def branch_head(common_dir: Path) -> CommitId | None:
    """Where the branch stands; None if it is gone."""
    written = written_branch_head(common_dir)
    return CommitId(written) if written is not None else _asked(common_dir)


def _asked(common_dir: Path) -> CommitId | None:
    answer = GitRunner(common_dir).ask("rev-parse", "--verify", "--quiet", BRANCH_REF, accept=(0, 1))
    return CommitId(answer.line) if answer.exit_code == 0 else None


def head_ref(admin_dir: Path) -> str | None:
    """The branch that is out in the tree, by its full name; None while it is on none."""
    ref = written_head(admin_dir)
    if ref != REFTABLE_HEAD:
        return ref
    return GitRunner(admin_dir).ask("symbolic-ref", "--quiet", "HEAD", accept=(0, 1, 128)).line or None


def open_operation(admin_dir: Path) -> str | None:
    """Which merge, rebase or the like waits to be finished, or that the tree is not on its branch."""
    return named_operation(admin_dir) or elsewhere(head_ref(admin_dir))


def relation(runner: GitRunner, old: CommitId, new: CommitId) -> HeadRelation:
    """How *new* stands to *old*; from an *old* that is not here any more nothing can be said to follow."""
    if old == new:
        return HeadRelation.SAME
    try:
        answer = runner.ask("merge-base", "--is-ancestor", old, new, accept=(0, 1))
    except GitFailedError:
        if _is_here(runner, old):
            raise
        return HeadRelation.TRAVELLED
    return HeadRelation.DESCENDS if answer.exit_code == 0 else HeadRelation.TRAVELLED


def merge_base(runner: GitRunner, one: CommitId, other: CommitId) -> CommitId | None:
    """The newest commit in the past of both."""
    try:
        answer = runner.ask("merge-base", one, other, accept=(0, 1))
    except GitFailedError:
        if _is_here(runner, one) and _is_here(runner, other):
            raise
        return None
    return CommitId(answer.line) if answer.exit_code == 0 else None


def _is_here(runner: GitRunner, commit: CommitId) -> bool:
    return runner.ask("cat-file", "-e", commit, accept=(0, 1)).exit_code == 0
