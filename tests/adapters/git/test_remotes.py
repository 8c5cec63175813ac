from pathlib import Path

import pytest

from dispatchd.adapters.git.remotes import remote_of_branch
from dispatchd.application.forge_pages import Remote
from tests.adapters.git.git_sandbox import Person
from tests.adapters.git.git_sandbox import repository as made


@pytest.fixture
def repository(tmp_path: Path) -> Person:
    return made(tmp_path)


def found(repository: Person) -> Remote | None:
    return remote_of_branch(repository.folder / ".git")


def test_without_a_remote_there_is_none(repository: Person) -> None:
    assert found(repository) is None


def test_the_remote_that_the_branch_follows_comes_before_origin(repository: Person) -> None:
    repository.git("remote", "add", "origin", "git@github.com:o/r.git")
    repository.git("remote", "add", "team", "https://gitlab.com/t/r")
    assert found(repository) == Remote(name="origin", url="git@github.com:o/r.git")
    repository.git("config", "branch.dispatch.remote", "team")
    assert found(repository) == Remote(name="team", url="https://gitlab.com/t/r")


def test_of_several_that_nobody_chose_none_is_taken(repository: Person) -> None:
    repository.git("remote", "add", "one", "git@github.com:o/r.git")
    assert found(repository) is not None
    repository.git("remote", "add", "two", "git@github.com:p/r.git")
    assert found(repository) is None


def test_what_runs_there_and_whether_it_has_the_branch_is_read(repository: Person) -> None:
    repository.git("remote", "add", "origin", "git@git.example.org:o/r.git")
    repository.git("config", "dispatchd.forge", "gitea")
    repository.git("commit", "-qm", "x", "--no-gpg-sign", "--allow-empty")
    repository.git("update-ref", "refs/remotes/origin/dispatch", "HEAD")
    assert found(repository) == Remote(
        name="origin", url="git@git.example.org:o/r.git", forge="gitea", has_branch=True
    )
