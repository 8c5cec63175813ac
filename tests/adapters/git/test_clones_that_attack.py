"""An agent lays things in its own worktree that lead whoever reads or writes there out of it, or keep them waiting."""

import os
import shutil
from pathlib import Path

import pytest

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "repository"]
PERSONS = "my thesis"


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "thesis.txt"
    file.write_text(PERSONS, encoding="utf-8")
    return file


def lay(clone: WorkClone, place: str) -> Path:
    """The path of *place* in the clone, with nothing there and a folder around it."""
    path = clone.path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def test_a_link_in_the_place_of_a_ref_is_not_written_through(
    clones: GitWorkClones, clone: WorkClone, precious: Path
) -> None:
    lay(clone, ".git/refs/dispatchd/onto").symlink_to(precious)
    clones.bring_in(clone, clone.base)
    assert precious.read_text(encoding="utf-8") == PERSONS


@pytest.mark.parametrize("place", [".git/refs/dispatchd", ".git/refs"])
def test_a_link_on_the_way_to_a_ref_is_not_followed(
    clones: GitWorkClones, clone: WorkClone, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    lay(clone, place).symlink_to(outside)
    with pytest.raises(CloneFailed, match="cannot be given anything"):
        clones.bring_in(clone, clone.base)
    assert not list(outside.rglob("onto"))


def test_what_a_ref_says_is_no_option_for_git(
    clones: GitWorkClones, clone: WorkClone, precious: Path
) -> None:
    lay(clone, f".git/refs/heads/{BRANCH}").write_text(f"--index-output={precious}\n", encoding="utf-8")
    assert clones.look(clone).head is None
    assert clones.rescue(clone, "i-7k2m.1") is None
    assert clones.diff(clone) == ""
    assert precious.read_text(encoding="utf-8") == PERSONS


def test_no_word_in_the_clone_says_which_branch_is_moved(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    before = git(repository, "rev-parse", "main")
    git(clone.path, "branch", "main")
    git(clone.path, "checkout", "-q", "main")
    commit_in(clone, "evil.txt", "evil")
    lay(clone, ".git/dispatchd-issue").write_text(f"i-7k2m\nmain\n{before}\n", encoding="utf-8")
    (known,) = clones.all()
    assert known == clone
    clones.remove(known)
    assert git(repository, "rev-parse", "main") == before
    assert clones.all() == ()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "place",
    [f".git/refs/heads/{BRANCH}", ".git/HEAD", ".git/packed-refs", ".git/refs/heads/other", ".gitignore"],
)
def test_a_pipe_keeps_nobody_waiting(
    clones: GitWorkClones, clone: WorkClone, repository: Path, place: str
) -> None:
    os.mkfifo(lay(clone, place))
    for step in (lambda: clones.look(clone), lambda: clones.fetch_back(clone), lambda: clones.diff(clone)):
        try:
            step()
        except CloneFailed as failed:
            assert "is no plain file; remove it" in str(failed)  # noqa: PT017 - either is right
    assert git(repository, "rev-parse", "main") == clone.base


def test_a_git_directory_that_leads_elsewhere_is_none(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    lay(clone, ".git").symlink_to(repository / ".git")
    assert not clones.look(clone).exists
    assert clones.fetch_back(clone) == clone.base, "the branch stands where it began"
