"""A person commits on the branch of an agent's work: nothing of either is lost, and no checkout is moved under anybody."""

from pathlib import Path

import pytest

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import WorkClone
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "repository"]


@pytest.fixture
def begun(clones: GitWorkClones, clone: WorkClone) -> WorkClone:
    """An agent has had a turn."""
    commit_in(clone, "p1.txt", "1\n")
    clones.fetch_back(clone)
    return clone


def person_commits(repository: Path, name: str, text: str, *, stays: bool = False) -> str:
    """A person checks the branch out, commits, and goes back unless they stay."""
    git(repository, "checkout", "-q", BRANCH)
    (repository / name).write_text(text)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", f"By hand: {name}")
    made = git(repository, "rev-parse", "HEAD")
    if not stays:
        git(repository, "checkout", "-q", "main")
    return made


def files(folder: Path, commit: str) -> list[str]:
    return git(folder, "ls-tree", "-r", "--name-only", commit).split()


def has(folder: Path, commit: str, one: str) -> bool:
    return git(folder, "merge-base", commit, one) == one


def turn(clones: GitWorkClones, clone: WorkClone, name: str, text: str = "x\n") -> str:
    """A whole turn that adds a file; what the work comes to."""
    clones.make(clone.issue, clone.branch, clone.base)
    commit_in(clone, name, text)
    head = clones.fetch_back(clone)
    assert head is not None
    return head


def test_the_next_turn_begins_with_what_a_person_committed(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = person_commits(repository, "alice.txt", "a\n")
    clones.make(begun.issue, begun.branch, begun.base)
    assert (begun.path / "alice.txt").read_text() == "a\n"
    assert git(begun.path, "rev-parse", "HEAD") == by_hand
    assert git(begun.path, "status", "--porcelain") == ""
    assert clones.look(begun).changed == ()
    head = turn(clones, begun, "p2.txt")
    assert {"alice.txt", "p1.txt", "p2.txt"} <= set(files(repository, head))
    assert git(repository, "rev-parse", BRANCH) == head
    assert clones.told_of(begun, head) == ()


def test_what_a_person_takes_out_is_taken_out_of_the_worktree(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    git(repository, "checkout", "-q", BRANCH)
    git(repository, "rm", "-q", "p1.txt")
    git(repository, "commit", "-qm", "Without it")
    git(repository, "checkout", "-q", "main")
    clones.make(begun.issue, begun.branch, begun.base)
    assert not (begun.path / "p1.txt").exists()
    assert git(begun.path, "status", "--porcelain") == ""


def test_a_worktree_in_which_something_stands_uncommitted_is_left_and_joined_when_the_turn_is_over(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = person_commits(repository, "alice.txt", "a\n")
    (begun.path / "p2.txt").write_text("half\n")
    head = turn(clones, begun, "p3.txt")
    assert not (begun.path / "alice.txt").exists()
    assert has(repository, head, by_hand)
    assert {"alice.txt", "p2.txt", "p3.txt"} <= set(files(repository, head))
    assert git(repository, "rev-parse", BRANCH) == head == clones.fetch_back(begun)
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == head
    assert (begun.path / "alice.txt").exists()


def test_what_contradicts_the_work_is_kept_and_told(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = person_commits(repository, "p2.txt", "by hand\n")
    (begun.path / "p2.txt").write_text("by ash\n")
    head = turn(clones, begun, "p3.txt")
    kept = f"refs/dispatchd/rescue/{begun.issue}-people-{by_hand[:12]}"
    assert git(repository, "rev-parse", kept) == by_hand
    (told,) = clones.told_of(begun, head)
    assert kept in told
    git(repository, "pack-refs", "--all")
    assert clones.told_of(begun, head) == (told,)
    assert git(repository, "rev-parse", BRANCH) == head


def test_a_branch_that_is_checked_out_is_not_moved_and_loses_nothing(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = person_commits(repository, "alice.txt", "a\n", stays=True)
    head = turn(clones, begun, "p2.txt")
    assert git(repository, "rev-parse", BRANCH) == by_hand
    assert git(repository, "status", "--porcelain") == ""
    (told,) = clones.told_of(begun, head)
    assert str(repository) in told
    assert {"alice.txt", "p2.txt"} <= set(files(repository, head))
    more = person_commits(repository, "more.txt", "m\n", stays=True)
    again = turn(clones, begun, "p3.txt")
    assert git(repository, "rev-parse", BRANCH) == more
    assert {"alice.txt", "more.txt", "p2.txt", "p3.txt"} <= set(files(repository, again))
    git(repository, "checkout", "-q", "main")
    assert clones.fetch_back(begun) == again == git(repository, "rev-parse", BRANCH)
    assert clones.told_of(begun, again) == ()


def test_a_worktree_made_anew_begins_with_the_work_that_its_branch_could_not_be_moved_to(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    person_commits(repository, "alice.txt", "a\n", stays=True)
    turn(clones, begun, "p2.txt")
    clones.remove(begun)
    clones.make(begun.issue, begun.branch, begun.base)
    assert (begun.path / "p2.txt").exists()
    assert (begun.path / "alice.txt").exists()


def test_an_agent_may_take_its_own_commits_back(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    before = git(repository, "rev-parse", BRANCH)
    git(begun.path, "reset", "-q", "--hard", begun.base)
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == begun.base
    assert clones.fetch_back(begun) == begun.base == git(repository, "rev-parse", BRANCH)
    assert git(repository, "rev-parse", f"refs/dispatchd/rescue/{begun.issue}-{before[:12]}") == before
    assert clones.told_of(begun, begun.base) == ()


def test_links_that_an_agent_laid_lead_nothing_of_a_persons_out_of_the_worktree(
    clones: GitWorkClones, begun: WorkClone, repository: Path, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (begun.path / "docs.log").symlink_to(outside)  # ignored, so that nothing counts as changed
    git(repository, "checkout", "-q", BRANCH)
    (repository / "docs.log").mkdir()
    (repository / "docs.log" / "x").write_text("a\n")
    git(repository, "add", "-A", "-f")
    git(repository, "commit", "-qm", "Docs")
    git(repository, "checkout", "-q", "main")
    clones.make(begun.issue, begun.branch, begun.base)
    assert list(outside.iterdir()) == []
