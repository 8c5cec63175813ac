"""What somebody has begun with git in the tree and not finished, read from git's own files without starting git."""

from pathlib import Path
from typing import Final

from dispatchd.adapters.git.layout import first_line
from dispatchd.application.ports.branch_names import BRANCH, BRANCH_REF

REFTABLE_HEAD: Final = "refs/heads/.invalid"
"""What `HEAD` says where references are kept in a table: only git can tell the branch then."""
_OPERATIONS: Final = {
    "MERGE_HEAD": "a merge is open in .dispatch",
    "rebase-merge": "a rebase is open in .dispatch",
    "rebase-apply": "a rebase or a series of patches is open in .dispatch",
    "CHERRY_PICK_HEAD": "a cherry-pick is open in .dispatch",
    "REVERT_HEAD": "a revert is open in .dispatch",
    "sequencer": "a series of cherry-picks or reverts is open in .dispatch",
    "BISECT_LOG": "a bisection is open in .dispatch",
}


def named_operation(admin_dir: Path) -> str | None:
    """Which merge, rebase or the like waits to be finished."""
    try:
        present = {entry.name for entry in admin_dir.iterdir()}
    except OSError:
        return "git's record of .dispatch is gone; `dispatchd doctor` says what mends it"
    return next((words for name, words in _OPERATIONS.items() if name in present), None)


def written_head(admin_dir: Path) -> str | None:
    """The branch that `HEAD` names, by its full name; None where it names none."""
    text = first_line(admin_dir / "HEAD") or ""
    return text.removeprefix("ref:").strip() if text.startswith("ref:") else None


def elsewhere(ref: str | None) -> str | None:
    """What to say while the tree stands at *ref*; None where that is its own branch."""
    if ref == BRANCH_REF:
        return None
    where = f"on the branch {ref.removeprefix('refs/heads/')}" if ref else "on no branch"
    return f".dispatch is {where}; `git -C .dispatch switch {BRANCH}` brings it back"


def plainly_open(admin_dir: Path) -> str | None:
    """What is open, as far as it can be seen without asking git."""
    ref = written_head(admin_dir)
    return named_operation(admin_dir) or (None if ref == REFTABLE_HEAD else elsewhere(ref))
