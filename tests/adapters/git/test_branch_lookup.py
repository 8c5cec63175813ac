"""What git's own files say of references is what git says of them; and where they do not say it, git is asked."""

from pathlib import Path

import pytest

from dispatchd.adapters.git.borrowing import make_borrower
from dispatchd.adapters.git.branch_lookup import BranchLookup
from tests.adapters.git.test_work_clones import git

FULL = "refs/heads/dispatchd/i-1-a"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-qm", "Begin", "--allow-empty")
    return folder


@pytest.fixture
def lookup(repository: Path) -> BranchLookup:
    return BranchLookup(repository / ".git")


def test_a_name_that_nothing_has_leads_nowhere(lookup: BranchLookup, repository: Path) -> None:
    assert lookup.commit(FULL) is None
    git(repository, "branch", "dispatchd/i-1-a/below")
    assert lookup.commit(FULL) is None
    assert lookup.commit("refs/heads/../../config") is None


@pytest.mark.parametrize("packed", [True, False])
def test_a_branch_is_found_loose_and_packed(lookup: BranchLookup, repository: Path, packed: bool) -> None:
    git(repository, "branch", "dispatchd/i-1-a")
    git(repository, "branch", "dispatchd/i-1-a2")
    git(repository, "pack-refs", *(["--all"] if packed else []))
    assert lookup.commit(FULL) == git(repository, "rev-parse", "HEAD")
    assert lookup.commit(FULL[:-1]) is None


def test_a_loose_reference_goes_before_a_packed_one(lookup: BranchLookup, repository: Path) -> None:
    git(repository, "pack-refs", "--all")
    git(repository, "commit", "-qm", "More", "--allow-empty")
    assert lookup.first_of(["refs/heads/none", "HEAD"]) == git(repository, "rev-parse", "HEAD")


def test_a_branch_that_stands_for_another_is_asked_of_git(lookup: BranchLookup, repository: Path) -> None:
    git(repository, "symbolic-ref", FULL, "refs/heads/main")
    assert lookup.commit(FULL) == git(repository, "rev-parse", "main")
    assert lookup.first_of([FULL, "HEAD"]) == git(repository, "rev-parse", "main")


def test_a_detached_head_is_followed_and_an_unborn_one_leads_nowhere(
    lookup: BranchLookup, repository: Path
) -> None:
    main = git(repository, "rev-parse", "main")
    git(repository, "checkout", "-q", "--detach")
    assert lookup.first_of(["HEAD"]) == main
    git(repository, "checkout", "-q", "--orphan", "empty")
    assert lookup.first_of(["HEAD"]) is None


def test_what_is_kept_stands_with_its_branch(lookup: BranchLookup, repository: Path) -> None:
    first = git(repository, "rev-parse", "HEAD")
    assert lookup.keep("refs/dispatchd/base/i-1", first, branch=FULL, begins=lambda: first) == first
    assert git(repository, "rev-parse", "refs/dispatchd/base/i-1", FULL).split() == [first, first]
    git(repository, "commit", "-qm", "More", "--allow-empty")
    second = git(repository, "rev-parse", "HEAD")
    git(repository, "update-ref", FULL, second)
    assert lookup.keep("refs/dispatchd/base/i-1", first, branch=FULL, begins=lambda: first) == second
    assert lookup.keep("refs/dispatchd/base/i-1", second, branch=FULL, begins=lambda: first) == second
    assert git(repository, "rev-parse", "refs/dispatchd/base/i-1", FULL).split() == [second, second]


def test_every_borrower_is_what_git_lays_down(repository: Path, tmp_path: Path) -> None:
    by_git = tmp_path / "by-git"
    git(tmp_path, "init", "-q", "--template=", str(by_git))
    laid = {
        each.relative_to(by_git): each.read_bytes() if each.is_file() else None
        for each in by_git.rglob("*")
        if each.name != "HEAD"
    }
    for number in range(2):
        place = tmp_path / "clones" / str(number)
        make_borrower(place, repository / ".git")
        found = {
            each.relative_to(place): each.read_bytes() if each.is_file() else None
            for each in place.rglob("*")
            if each.name not in {"HEAD", "alternates"}
        }
        assert found.pop(Path(".git/info/attributes")) == b"* -filter\n"  # no filter of anybody's runs there
        assert found == {**laid, Path(".git/info"): None}
        assert (place / ".git").stat().st_mode == (by_git / ".git").stat().st_mode
        assert git(place, "cat-file", "-t", git(repository, "rev-parse", "HEAD")) == "commit"
    assert [each.name for each in (tmp_path / "clones").iterdir() if each.name.startswith(".")] == []
