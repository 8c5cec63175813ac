"""The index that a clone began with says which files were left alone, whatever its agent does to its own."""

import os
import subprocess
from pathlib import Path

import pytest

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import WorkClone

BRANCH = "dispatchd/i-7k2m-login"


def git(folder: Path, *arguments: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    who = {f"GIT_{whose}_{what}": "ash" for whose in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env=env | who, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "app.py").write_text("print('one')\n")
    (folder / ".gitignore").write_text("*.log\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Begin")
    return folder


@pytest.fixture
def clones(repository: Path, tmp_path: Path) -> GitWorkClones:
    return GitWorkClones(repository / ".git", lambda: tmp_path / "clones", lambda: tmp_path / "scratch")


@pytest.fixture
def clone(clones: GitWorkClones, repository: Path) -> WorkClone:
    return clones.make("i-7k2m", BRANCH, git(repository, "rev-parse", "HEAD"))


def commit_in(clone: WorkClone, name: str, text: str) -> str:
    (clone.path / name).write_text(text)
    git(clone.path, "add", "-A")
    git(clone.path, "commit", "-qm", f"Change {name}")
    return git(clone.path, "rev-parse", "HEAD")


def kept_indexes(clone: WorkClone) -> list[Path]:
    return sorted((clone.path.parent.parent / "scratch").glob("begun-*"))


def test_a_change_that_keeps_size_and_time_is_seen(clones: GitWorkClones, clone: WorkClone) -> None:
    file = clone.path / "app.py"
    before = file.stat()
    file.write_text("print('two')\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert file.stat().st_size == before.st_size
    assert clones.look(clone).changed == ("app.py",)


def test_what_the_agent_does_to_its_own_index_hides_nothing(clones: GitWorkClones, clone: WorkClone) -> None:
    git(clone.path, "update-index", "--assume-unchanged", "app.py")
    (clone.path / "app.py").write_text("print('two')\n")
    assert clones.look(clone).changed == ("app.py",)


def test_a_kept_index_that_cannot_be_read_is_done_without(clones: GitWorkClones, clone: WorkClone) -> None:
    (kept,) = kept_indexes(clone)
    kept.write_bytes(b"DIRC nonsense")
    (clone.path / "app.py").write_text("print('two')\n")
    assert clones.look(clone).changed == ("app.py",)
    assert kept_indexes(clone) == []


def test_the_kept_index_is_read_while_nothing_is_committed_and_goes_with_the_clone(
    clones: GitWorkClones, clone: WorkClone
) -> None:
    (kept,) = kept_indexes(clone)
    before = kept.read_bytes()
    assert clones.look(clone).changed == ()
    commit_in(clone, "app.py", "print('two')\n")
    (clone.path / "new.py").write_text("x = 1\n")
    assert clones.look(clone).changed == ("new.py",)
    assert kept.read_bytes() == before
    clones.remove(clone)
    assert kept_indexes(clone) == []
