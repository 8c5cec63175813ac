"""The index that a clone began with says which files were left alone, whatever its agent does to its own."""

import os
import time
from pathlib import Path

import pytest

from dispatchd.adapters.git.clone_indexes import KeptIndex
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import WorkClone
from tests.adapters.git.test_work_clones import clone, clones, commit_in, git, repository

LARGE = 1 << 16
MANY = 1000
__all__ = ["clone", "clones", "repository"]


def kept_indexes(clone: WorkClone) -> list[Path]:
    scratch = clone.path.parent.parent / "scratch"
    return sorted((scratch / f"indexes-{clone.issue}").glob("*"))


@pytest.fixture
def large(clones: GitWorkClones, repository: Path) -> WorkClone:
    """A clone whose index is worth being settled."""
    for number in range(MANY):
        (repository / f"file-{number:04}-of-many.txt").write_text(f"{number}\n", encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Many files")
    clone = clones.make("i-7k2m", "dispatchd/i-7k2m", git(repository, "rev-parse", "HEAD"))
    (begun,) = kept_indexes(clone)
    # As if no second had ended between the last file and the index: git then has to read files, and to write it anew.
    latest = max(each.stat().st_mtime_ns for each in clone.path.glob("*.txt"))
    os.utime(begun, ns=(latest, latest))
    return clone


def settled(clones: GitWorkClones, clone: WorkClone) -> Path:
    """The index, once a look has settled it: a second or two after the checkout."""
    end = time.monotonic() + 30
    while not (kept := kept_indexes(clone))[0].name.startswith("settled-"):
        assert time.monotonic() < end, "it is never settled"
        assert clones.look(clone).changed == ()
    (found,) = kept
    return found


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
    assert kept not in kept_indexes(clone)


def test_what_was_read_once_is_settled_and_goes_with_the_clone(
    clones: GitWorkClones, large: WorkClone
) -> None:
    clone = large
    kept = settled(clones, clone)
    before = kept.read_bytes()
    assert clones.look(clone).changed == ()
    (clone.path / "app.py").write_text("print('two')\n")
    assert clones.look(clone).changed == ("app.py",)
    assert kept.read_bytes() == before, "what stands there is only read"
    head = commit_in(clone, "app.py", "print('two')\n")
    (clone.path / "new.py").write_text("x = 1\n")
    assert clones.look(clone).changed == ("new.py",)
    assert [each.name.rpartition("-")[2] for each in kept_indexes(clone)] in ([head], [clone.base])
    clones.remove(clone)
    assert kept_indexes(clone) == []


def test_a_checkout_that_has_just_been_made_is_not_settled(clones: GitWorkClones, large: WorkClone) -> None:
    clone = large
    file = clone.path / "app.py"
    for words in ("print('two')\n", "print('thr')\n"):
        file.write_text(words)
        assert clones.look(clone).changed == ("app.py",)
    git(clone.path, "checkout", "app.py")
    assert clones.look(clone).changed == ()


def test_what_an_agent_marks_in_its_index_hides_nothing_after_it_was_settled(
    clones: GitWorkClones, large: WorkClone
) -> None:
    clone = large
    settled(clones, clone)
    file = clone.path / "app.py"
    before = file.stat()
    file.write_text("print('two')\n")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    git(clone.path, "update-index", "--assume-unchanged", "app.py")
    assert clones.look(clone).changed == ("app.py",)


@pytest.mark.parametrize(
    ("size", "key", "seconds", "is_settled"),
    [(LARGE, "c", 1, False), (LARGE, "m", 1, False), (LARGE, "c", 2, True), (1000, "c", 2, False)],
)
def test_an_index_is_kept_only_if_it_is_large_and_none_of_its_times_can_be_met_again(
    tmp_path: Path, size: int, key: str, seconds: int, *, is_settled: bool
) -> None:
    index = tmp_path / "index"
    index.write_bytes(b"DIRC" + bytes(size))
    os.utime(index, (1_700_000_000, 1_700_000_000))
    kept = KeptIndex(tmp_path, "i-7k2m")
    entries = f"app.py\n  ctime: 1600000000:0\n  mtime: 1600000000:0\nlib.py\n  {key}time: {1_700_000_000 - seconds}:9\n"
    kept.settle(index, "c" * 40, lambda: entries)
    assert (kept.settled("c" * 40) is not None) is is_settled
