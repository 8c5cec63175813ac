"""Where branches are checked out, in the main worktree or in a linked one."""

from pathlib import Path

from dispatchd.adapters.git.runner import GitRunner


def checked_out_at(git: GitRunner, branch: str) -> Path | None:
    """The worktree in which *branch* is checked out, if any. Raises GitFailedError."""
    listed = git.ask("worktree", "list", "--porcelain", "-z").stdout.decode("utf-8", errors="replace")
    place: Path | None = None
    for line in listed.split("\0"):
        word, _, rest = line.partition(" ")
        if word == "worktree":
            place = Path(rest)
        elif word == "branch" and rest == f"refs/heads/{branch}":
            return place
    return None
