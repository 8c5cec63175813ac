"""A person writes the branch of an agent's work anew: what they took out stays out, and what the agent had is kept."""

import os
import shutil
from pathlib import Path

import pytest

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from tests.adapters.git.test_people_on_work_branches import begun, files, has, person_commits, turn
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["begun", "clone", "clones", "repository"]


def takes_out(repository: Path, name: str) -> str:
    """A person takes a file out of the agent's last commit; where the branch stands then."""
    git(repository, "checkout", "-q", BRANCH)
    git(repository, "rm", "-q", name)
    git(repository, "commit", "-q", "--allow-empty", "--amend", "--no-edit")
    made = git(repository, "rev-parse", "HEAD")
    git(repository, "checkout", "-q", "main")
    return made


def kept(repository: Path) -> list[str]:
    return git(
        repository, "for-each-ref", "--format=%(objectname)", "refs/dispatchd/rescue/*-agent-*"
    ).split()


def test_what_a_person_takes_out_between_turns_is_gone_from_the_worktree_and_stays_gone(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    before = git(repository, "rev-parse", BRANCH)
    by_hand = takes_out(repository, "p1.txt")
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == by_hand
    assert not (begun.path / "p1.txt").exists()
    assert git(begun.path, "status", "--porcelain") == ""
    head = turn(clones, begun, "p2.txt")
    assert files(repository, head) == [".gitignore", "app.py", "p2.txt"]
    assert not has(repository, head, before)
    assert kept(repository) == [before]
    assert any("before people wrote it anew" in each for each in clones.told_of(begun, head))


def test_what_a_person_takes_out_in_a_turn_stays_out_and_the_agents_new_work_is_on_it(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = takes_out(repository, "p1.txt")
    for text, name, work in (
        ("one\n", "p2.txt", ["app.py", "p2.txt"]),
        ("two\n", "p2.txt", ["app.py", "p2.txt"]),
        ("two\n", "p3.txt", ["app.py", "p2.txt", "p3.txt"]),
    ):
        commit_in(begun, name, text)
        head = clones.fetch_back(begun)
        assert head == git(repository, "rev-parse", BRANCH) == clones.fetch_back(begun)
        assert files(repository, head) == [".gitignore", *work]
        assert has(repository, head, by_hand)
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == head
    assert files(repository, turn(clones, begun, "p4.txt")) == [
        ".gitignore",
        "app.py",
        "p2.txt",
        "p3.txt",
        "p4.txt",
    ]


@pytest.mark.parametrize("again", [False, True])
def test_a_branch_that_a_person_sets_back_stays_back(
    clones: GitWorkClones, begun: WorkClone, repository: Path, again: bool
) -> None:
    git(repository, "update-ref", f"refs/heads/{BRANCH}", "main")
    if again:  # the turn that ran meanwhile ends
        assert clones.fetch_back(begun) == begun.base
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == begun.base
    assert files(repository, turn(clones, begun, "p2.txt")) == [".gitignore", "app.py", "p2.txt"]
    assert len(kept(repository)) == 1


def test_what_contradicts_the_branch_as_people_wrote_it_is_kept_and_told(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = takes_out(repository, "p1.txt")
    mine = commit_in(begun, "p1.txt", "another\n")
    with pytest.raises(CloneFailed, match="was written anew by people"):
        clones.fetch_back(begun)
    assert mine in kept(repository)
    assert git(repository, "rev-parse", BRANCH) == by_hand
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == by_hand
    assert files(repository, turn(clones, begun, "p2.txt")) == [".gitignore", "app.py", "p2.txt"]


def test_a_worktree_that_is_made_anew_begins_where_people_set_the_branch(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    by_hand = takes_out(repository, "p1.txt")
    begun.path.rename(begun.path.with_name("gone"))
    clones.make(begun.issue, begun.branch, begun.base)
    assert git(begun.path, "rev-parse", "HEAD") == by_hand
    assert files(repository, turn(clones, begun, "p2.txt")) == [".gitignore", "app.py", "p2.txt"]
    assert len(kept(repository)) == 1


def test_an_agent_that_writes_its_own_history_anew_is_nobody_else(
    clones: GitWorkClones, begun: WorkClone, repository: Path
) -> None:
    git(begun.path, "commit", "-q", "--amend", "-m", "Better words")
    head = clones.fetch_back(begun)
    assert head == git(begun.path, "rev-parse", "HEAD") == git(repository, "rev-parse", BRANCH)
    assert kept(repository) == []


def test_a_branch_that_a_person_rebases_is_not_moved_and_the_rebase_ends(
    clones: GitWorkClones, begun: WorkClone, repository: Path, tmp_path: Path
) -> None:
    place = tmp_path / "theirs"
    person_commits(repository, "alice.txt", "a\n")
    person_commits(repository, "more.txt", "b\n")
    git(repository, "worktree", "add", "-q", str(place), BRANCH)
    git(place, "-c", "sequence.editor=sed -i s/^pick/edit/", "rebase", "-q", "-i", "HEAD~1")
    stands = git(repository, "rev-parse", BRANCH)
    commit_in(begun, "p2.txt", "2\n")
    head = clones.fetch_back(begun)
    assert head is not None
    assert git(repository, "rev-parse", BRANCH) == stands
    assert files(repository, head) == [".gitignore", "alice.txt", "app.py", "more.txt", "p1.txt", "p2.txt"]
    assert any(f"is being rebased in {place}" in each for each in clones.told_of(begun, head))
    (place / "more.txt").write_text("better\n")
    git(place, "commit", "-q", "-a", "--amend", "--no-edit")
    git(place, "rebase", "--continue")
    assert git(repository, "show", f"{BRANCH}:more.txt") == "better"
    git(place, "checkout", "-q", "--detach")
    head = clones.fetch_back(begun)
    assert head == git(repository, "rev-parse", BRANCH)
    assert git(repository, "show", f"{BRANCH}:more.txt") == "better"
    assert files(repository, head) == [".gitignore", "alice.txt", "app.py", "more.txt", "p1.txt", "p2.txt"]


RACES = """#!/bin/sh
case " $* " in *" update-ref "*) if mv '{flag}' '{flag}.over' 2> /dev/null; then
    made=$('{git}' -C '{repository}' -c user.name=Al -c user.email=al@example.com \\
        commit-tree '{branch}^{{tree}}' -p '{branch}' -m 'By hand')
    '{git}' -C '{repository}' update-ref 'refs/heads/{branch}' "$made"
fi;; esac
exec '{git}' "$@"
"""


def test_a_person_who_commits_in_the_moment_of_the_fetch_is_joined_in_the_same_look(
    clones: GitWorkClones,
    begun: WorkClone,
    repository: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    words = {"flag": folder / "flag", "git": shutil.which("git"), "repository": repository, "branch": BRANCH}
    (folder / "git").write_text(RACES.format(**words))
    (folder / "git").chmod(0o755)
    stood = git(repository, "rev-parse", BRANCH)
    head = commit_in(begun, "p2.txt", "2\n")
    clones.look(begun)
    (folder / "flag").touch()
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    joined = clones.fetch_back(begun)
    assert joined is not None
    assert not (folder / "flag").exists()
    assert git(repository, "rev-parse", f"{joined}^1^1") == stood
    assert git(repository, "log", "-1", "--format=%s", f"{joined}^1") == "By hand"
    assert git(repository, "rev-parse", f"{joined}^2") == head
