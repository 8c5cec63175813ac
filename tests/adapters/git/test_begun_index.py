"""The index that a clone began with says which files were left alone, whatever its agent does to its own."""

import os
from pathlib import Path

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import WorkClone
from tests.adapters.git.test_work_clones import clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "repository"]


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
