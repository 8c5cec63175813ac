"""Reads what commits hold, and makes one out of two, in the repository's own objects and without a work tree."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dispatchd.adapters.git.borrowing import make_folder
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.commit_reading import CommitReading
from dispatchd.domain.path_patterns import matching

_AUTHOR: Final = {
    f"GIT_{who}_{what}": value
    for who in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "dispatchd"), ("EMAIL", "dispatchd@local"), ("DATE", "1000000000 +0000"))
}
"""A fixed date: the same files give the same commit, however often it is made."""


class GitCommitReading:
    """*scratch* is where an index may stand for a moment."""

    def __init__(self, common_dir: Path, scratch: Path) -> None:
        self._git = GitRunner(common_dir)
        self._common_dir = common_dir
        self._scratch = scratch

    def changed(self, before: str, after: str) -> Sequence[str]:
        """The paths in which two commits differ."""
        answer = self._git.ask("diff-tree", "-r", "-z", "--no-renames", "--name-only", before, after, "--")
        return [os.fsdecode(path) for path in answer.stdout.split(b"\0") if path]

    def fingerprint(self, commit: str, patterns: Sequence[str]) -> str:
        """A digest over the entries of the files that fit."""
        found = self._files(commit)
        chosen = matching(sorted(found), patterns)
        lines = "".join(f"{found[path]}\t{path}\0" for path in chosen)
        return hashlib.sha256(lines.encode("utf-8", "surrogateescape")).hexdigest()

    def keep(self, commit: str, name: str) -> None:
        """Point the ref of that name at it."""
        self._git.feed("update-ref", f"refs/dispatchd/{name}", commit, stdin=b"")

    def with_files_of(self, onto: str, commit: str, patterns: Sequence[str], keep: str) -> str:
        """Take *onto*, its files that fit out, those of *commit* in."""
        theirs, ours = self._files(commit), self._files(onto)
        lines = [f"0 {'0' * 40}\t{path}\0" for path in matching(ours, patterns) if path not in theirs]
        lines += [f"{theirs[path]}\t{path}\0" for path in matching(theirs, patterns)]
        make_folder(self._scratch, self._common_dir)
        with TemporaryDirectory(dir=self._scratch) as folder:
            index = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_WORK_TREE": folder}
            self._git.feed("read-tree", onto, stdin=b"", variables=index)
            entries = "".join(lines).encode("utf-8", "surrogateescape")
            self._git.feed("update-index", "-z", "--index-info", stdin=entries, variables=index)
            tree = self._git.feed("write-tree", stdin=b"", variables=index).line
        message = f"The tests of {commit}, without its code\n".encode()
        made = self._git.feed("commit-tree", tree, "-p", onto, stdin=message, variables=_AUTHOR).line
        self.keep(made, keep)
        return made

    def _files(self, commit: str) -> dict[str, str]:
        """Of each file the mode and the object, as an index wants them."""
        listed = self._git.ask("ls-tree", "-r", "-z", "--full-tree", commit).stdout
        found: dict[str, str] = {}
        for entry in listed.split(b"\0"):
            facts, tab, path = entry.partition(b"\t")
            if tab:
                mode, _, name = facts.decode().split(" ")
                found[os.fsdecode(path)] = f"{mode} {name}"
        return found


_port: type[CommitReading] = GitCommitReading
