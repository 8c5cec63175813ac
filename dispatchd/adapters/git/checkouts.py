"""Where branches are checked out or about to be written anew, in the main worktree or in a linked one."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.layout import Checkout, first_line, main_worktree_of, registered_worktrees
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.adapters.git.symbolic import leads_to

_REBASED: Final = ("rebase-merge/head-name", "rebase-apply/head-name")
_REBASED_TOO: Final = "rebase-merge/update-refs"
"""Of each branch that moves along three lines: its name, and two commits."""


def checked_out_at(git: GitRunner, common_dir: Path, branch: str) -> Path | None:
    """The worktree in which *branch*, or what it is another name of, is checked out, if any. Raises GitFailedError."""
    name = _own_name(git, common_dir, branch)
    listed = git.ask("worktree", "list", "--porcelain", "-z").stdout.decode("utf-8", errors="replace")
    place: Path | None = None
    for line in listed.split("\0"):
        word, _, rest = line.partition(" ")
        if word == "worktree":
            place = Path(rest)
        elif word == "branch" and rest == name:
            return place
    return None


def rebased_at(git: GitRunner, common_dir: Path, branch: str) -> Path | None:
    """The worktree in which a rebase of *branch* is open, if any.

    `HEAD` names no branch there, and the rebase ends by moving the branch from where it stood when it began: one that
    was moved meanwhile it never finishes. A bisection only comes back to the branch, wherever that stands.
    """
    name = _own_name(git, common_dir, branch)
    for record, place in _worktrees(common_dir):
        if name in map(first_line, map(record.joinpath, _REBASED)) or name in _moved_along(record):
            return place
    return None


def held_at(git: GitRunner, common_dir: Path, branch: str) -> Path | None:
    """The worktree because of which *branch* is not to be moved, if any. Raises GitFailedError."""
    return checked_out_at(git, common_dir, branch) or rebased_at(git, common_dir, branch)


def _own_name(git: GitRunner, common_dir: Path, branch: str) -> str:
    """The full name of the reference that would be written: git names no other where it says what is checked out."""
    name = f"refs/heads/{branch}"
    return leads_to(git, common_dir, name) or name


def _worktrees(common_dir: Path) -> Iterator[tuple[Path, Path]]:
    """Each worktree's own git directory, and its folder."""
    main = main_worktree_of(Checkout(git_dir=common_dir, common_dir=common_dir, top=None))
    yield common_dir, main or common_dir
    yield from registered_worktrees(common_dir).items()


def _moved_along(record: Path) -> list[str]:
    try:
        return os.fsdecode((record / _REBASED_TOO).read_bytes()).split("\n")[::3]
    except OSError:
        return []
