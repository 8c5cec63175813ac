"""What commits hold is read from the repository; the tests of one are put on another without a work tree."""

import subprocess
from pathlib import Path

import pytest

from dispatchd.adapters.git.commit_reading import GitCommitReading


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q")
        self.reading = GitCommitReading(root / ".git", root.parent / "scratch")

    def git(self, *words: str) -> str:
        settings = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        done = subprocess.run(
            ["git", *settings, *words], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self, **files: str | None) -> str:
        for name, text in files.items():
            path = self.root / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text)
        self.git("add", "-A")
        self.git("commit", "-qm", "x", "--allow-empty")
        return self.git("rev-parse", "HEAD")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "repo")


def test_the_tests_of_one_commit_are_put_on_another(repository: Repository) -> None:
    base = repository.commit(code="old", tests__kept="1", tests__gone="1")
    work = repository.commit(code="new", tests__kept="2", tests__gone=None, tests__fresh="3")
    made = repository.reading.with_files_of(base, work, ["tests/**"], "red/i-7k2m")
    listed = repository.git("ls-tree", "-r", "--name-only", made).split()
    assert listed == ["code", "tests/fresh", "tests/kept"]
    assert repository.git("show", f"{made}:code") == "old"
    assert repository.git("show", f"{made}:tests/kept") == "2"
    assert repository.git("rev-parse", "refs/dispatchd/red/i-7k2m") == made
    assert repository.git("status", "--porcelain") == "", "the checkout is as it was"
    assert repository.reading.with_files_of(base, work, ["tests/**"], "red/i-7k2m") == made


def test_what_evidence_names_outlives_the_branch_it_was_on(repository: Repository) -> None:
    base = repository.commit(code="old", tests__kept="1")
    work = repository.commit(code="new", tests__kept="2")
    first = repository.reading.with_files_of(base, work, ["tests/**"], "evidence/i-7k2m/03-red-tests")
    repository.reading.keep(work, "evidence/i-7k2m/03-red")
    again = repository.commit(code="new", tests__kept="3")
    repository.reading.with_files_of(base, again, ["tests/**"], "evidence/i-7k2m/05-red-tests")
    repository.git("reset", "-q", "--hard", base)
    repository.git("reflog", "expire", "--expire=now", "--all")
    repository.git("gc", "-q", "--prune=now")
    assert [repository.git("cat-file", "-t", each) for each in (work, first)] == ["commit", "commit"]


def test_a_fingerprint_tells_the_tests_alone(repository: Repository) -> None:
    first = repository.commit(code="1", tests__a="1")
    coded = repository.commit(code="2")
    changed = repository.commit(tests__a="2")
    marks = [repository.reading.fingerprint(each, ["tests/**"]) for each in (first, coded, changed)]
    assert marks[0] == marks[1] != marks[2]


def test_what_changed_is_told_by_path(repository: Repository) -> None:
    first = repository.commit(code="1", gone="1")
    second = repository.commit(code="2", gone=None, ünï="1")
    assert sorted(repository.reading.changed(first, second)) == ["code", "gone", "ünï"]
