"""What others do with git: somebody with a clone, and what each commit of the branch changed."""

from pathlib import Path
from typing import Final

from tests.system.desk import Desk

BOB: Final = ("-c", "user.name=Bob Roe", "-c", "user.email=bob@example.com")


class Elsewhere:
    """A clone of the branch in which Bob edits by hand, without a daemon."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        remote = desk.root.parent / "remote.git"
        desk.do("git", "init", "-q", "--bare", remote)
        desk.git("remote", "add", "origin", remote)
        desk.git("push", "-q", "origin", "dispatch")
        self.folder: Path = desk.root.parent / "elsewhere"
        desk.do("git", "clone", "-q", "-b", "dispatch", remote, self.folder)

    def change(self, path: str, script: str, message: str) -> None:
        """A line of `sed`, committed and pushed."""
        self.desk.do("sed", "-i", script, path, cwd=self.folder)
        self.desk.do("git", *BOB, "commit", "-qam", message, cwd=self.folder)
        self.desk.do("git", "push", "-q", "origin", "dispatch", cwd=self.folder)


def changes_of(desk: Desk) -> list[tuple[str, list[str]]]:
    """Author and changed paths of every commit on the branch, oldest first."""
    told = desk.tree_git("log", "--reverse", "-z", "--name-only", "--format=%x01%an")
    commits = [part.strip("\0\n").split("\0") for part in told.split("\x01") if part.strip("\0\n")]
    return [
        (who.strip(), [path.strip("\n") for path in paths if path.strip("\n")]) for who, *paths in commits
    ]
