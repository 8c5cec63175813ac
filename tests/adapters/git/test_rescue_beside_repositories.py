"""An agent leaves repositories of its own in its worktree: all that can be read beside and within them is saved."""

import os
import subprocess
from pathlib import Path

import pytest

from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import WorkClone
from tests.adapters.git.test_work_clones import clone, clones, git, repository

__all__ = ["clone", "clones", "repository"]


def saved(repository: Path, ref: str | None) -> dict[str, str]:
    """The files that the ref has beyond those that the work began with."""
    assert ref is not None
    listed = git(repository, "ls-tree", "-r", ref).splitlines()
    assert all(" blob " in line for line in listed)
    names = [line.partition("\t")[2] for line in listed]
    return {
        name: git(repository, "show", f"{ref}:{name}")
        for name in names
        if name not in {".gitignore", "app.py"}
    }


def begins_one(folder: Path, **files: str) -> None:
    git(folder.parent, "init", "-q", str(folder))
    for name, text in files.items():
        (folder / name).write_text(text)


def test_an_empty_repository_keeps_nothing_from_being_saved(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    (clone.path / "real.txt").write_text("w\n")
    begins_one(clone.path / "sub", x="x\n")
    begins_one(clone.path / "deep-down", y="y\n")
    begins_one(clone.path / "deep-down" / "below", z="z\n")
    assert "sub/" in clones.look(clone).changed
    kept = saved(repository, clones.rescue(clone, "r-1"))
    assert kept == {"real.txt": "w", "sub/x": "x", "deep-down/y": "y", "deep-down/below/z": "z"}
    assert "+++ b/sub/x" in clones.diff(clone)
    assert "+++ b/real.txt" in clones.diff(clone)


def test_of_one_with_commits_the_files_are_saved_and_not_the_name_of_a_commit_that_is_nowhere_else(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    inside = clone.path / "sub"
    begins_one(inside, a="a\n")
    git(inside, "add", "-A")
    git(inside, "commit", "-qm", "Within")
    (inside / "b").write_text("b\n")
    assert saved(repository, clones.rescue(clone, "r-1")) == {"sub/a": "a", "sub/b": "b"}


def test_nothing_is_read_through_a_link_that_took_a_folders_place(
    clones: GitWorkClones, clone: WorkClone, repository: Path, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere"
    begins_one(elsewhere, theirs="s\n")
    begins_one(clone.path / "sub", x="x\n")
    (clone.path / "sub" / "link").symlink_to(elsewhere)
    assert saved(repository, clones.rescue(clone, "r-1")) == {"sub/x": "x", "sub/link": str(elsewhere)}


def test_what_git_says_of_folders_without_end_is_quoted_in_part(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    (clone.path / "real.txt").write_text("w\n")
    begins_one(clone.path / "sub", x="x\n")
    at = os.open(clone.path, os.O_RDONLY)
    for _ in range(4000):
        os.mkdir("deeper", dir_fd=at)
        below = os.open("deeper", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    try:
        assert saved(repository, clones.rescue(clone, "r-1")) == {"real.txt": "w", "sub/x": "x"}
    finally:
        subprocess.run(
            ["rm", "-rf", clone.path / "deeper"], check=True
        )  # Python's goes no deeper than its stack
    with pytest.raises(GitFailedError, match=r"characters left out") as failed:
        GitRunner(repository / ".git").ask("rev-parse", "deeper/" * 4000)
    assert len(str(failed.value)) < 1500
