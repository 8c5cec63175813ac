"""How far the branch that is checked out is behind the one that agents' work comes together on, as far as is known.

`status` asks, which has no time for git: where both stand is read from git's own files, and what git said of the same
two commits before is kept (`counted_behind`).
"""

from pathlib import Path
from typing import NamedTuple

from dispatchd.adapters.git.layout import first_line
from dispatchd.adapters.git.written_branch import written_commit


class Apart(NamedTuple):
    """The branch that is checked out, where it stands, and where the other does."""

    branch: str
    here: str
    there: str


class Count(NamedTuple):
    """`merges` are there and not here; `own` is 1 where something is here that is not there, else 0."""

    merges: int
    own: int


def how_far_apart(common_dir: Path, into: str) -> Apart | None:
    """Where the checked out branch and *into* stand; None where that is one place, or git's files do not say it."""
    branch = (first_line(common_dir / "HEAD") or "").removeprefix("ref: refs/heads/")
    here = written_commit(common_dir, f"refs/heads/{branch}")
    there = written_commit(common_dir, f"refs/heads/{into}")
    if here is None or there is None or here == there:
        return None
    return Apart(branch=branch, here=here, there=there)


def kept_count(kept: Path, apart: Apart) -> Count | None:
    """What git said of the two commits the last time, if it was asked about these; it is kept in the file *kept*."""
    try:
        here, there, merges, own = kept.read_text(encoding="ascii").split()
        return Count(int(merges), int(own)) if (here, there) == (apart.here, apart.there) else None
    except (OSError, ValueError):
        return None
