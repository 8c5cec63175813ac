"""How many merges of agents' work the branch that is checked out lacks, as git counts them."""

import contextlib
from pathlib import Path

from dispatchd.adapters.git.behind import Apart, Count
from dispatchd.adapters.git.runner import GitFailedError, GitRunner


def counted(common_dir: Path, kept: Path, apart: Apart) -> Count | None:
    """The count, which is kept in the file *kept*; None where git does not say it."""
    git, here, there = GitRunner(common_dir), apart.here, apart.there
    try:
        merges = int(git.ask("rev-list", "--count", "--first-parent", f"{here}..{there}", "--").line)
        own = int(git.ask("rev-list", "--count", "--max-count=1", f"{there}..{here}", "--").line)
    except (GitFailedError, ValueError):
        return None
    with contextlib.suppress(OSError):  # it is asked again
        kept.write_text(f"{here} {there} {merges} {own}\n", encoding="ascii")
    return Count(merges, own)
