"""Whose a folder of worktrees is, when its repository is moved, copied, replaced, or killed while it takes it over."""

import json
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatchd.adapters.git.clone_folders import CloneFolders, began_here, orphaned
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import WorkClone
from tests.adapters.git.test_work_clones import BRANCH, git

KILLED = 9
WRITES = 3
"""Files that a take-over puts in place: the mark, what the one worktree borrows from, and the mark again."""


def folders(repository: Path, *, itself: bool = False) -> CloneFolders:
    base = repository.parent / "state"
    setting = str(base) if itself else ""
    return CloneFolders(repository / ".git", base, f"of-{repository.name}", setting, itself)


def hold(repository: Path, *, itself: bool = False) -> Path:
    (repository / ".git" / "dispatchd").mkdir(exist_ok=True)
    return folders(repository, itself=itself).hold(repository.parent / "lock")


def clones_in(repository: Path, folder: Path) -> GitWorkClones:
    scratch = repository / ".git" / "dispatchd" / "scratch"
    return GitWorkClones(repository / ".git", lambda: folder, lambda: scratch)


def work_in(repository: Path, folder: Path) -> WorkClone:
    """A worktree with a commit of its own and a file that is in none."""
    clone = clones_in(repository, folder).make("i-7k2m", BRANCH, git(repository, "rev-parse", "HEAD"))
    (clone.path / "made.py").write_text("made\n")
    git(clone.path, "add", "-A")
    git(clone.path, "commit", "-qm", "Made")
    (clone.path / "draft.py").write_text("half\n")
    return clone


def goes_on(repository: Path, clone: WorkClone) -> None:
    """The worktree is that of the repository, with all that stands in it."""
    clones = clones_in(repository, hold(repository))
    assert clones.make("i-7k2m", BRANCH, clone.base).path == clone.path
    assert clones.look(clone).changed == ("draft.py",)
    assert clones.fetch_back(clone) == git(clone.path, "rev-parse", "HEAD")
    assert git(repository, "show", f"{BRANCH}:made.py") == "made"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return made(tmp_path / "repo")


def made(folder: Path) -> Path:
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", f"Begin {folder.name}")
    return folder


@pytest.mark.parametrize("itself", [False, True])
def test_a_moved_repository_keeps_its_folder_and_work_goes_on_there(repository: Path, itself: bool) -> None:
    clone = work_in(repository, hold(repository, itself=itself))
    there = repository.rename(repository.with_name("moved"))
    assert folders(there, itself=itself).find() == clone.path.parent
    assert hold(there, itself=itself) == clone.path.parent
    if not itself:
        goes_on(there, clone)


def test_what_is_moved_to_another_disk_is_a_copy_whose_original_is_gone(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    there = repository.with_name("moved")
    shutil.copytree(repository, there, symlinks=True)
    shutil.rmtree(repository)
    goes_on(there, clone)


@pytest.mark.parametrize("itself", [False, True])
def test_a_copy_never_gets_what_the_original_holds(repository: Path, itself: bool) -> None:
    first = hold(repository, itself=itself)
    work_in(repository, first)
    copies = [repository.with_name(name) for name in ("one", "two")]
    for copy in copies:
        shutil.copytree(repository, copy, symlinks=True)
        assert folders(copy, itself=itself).find() != first
    held = [hold(each, itself=itself) for each in (*copies, repository, *copies)]
    assert held[2] == first
    assert held[:2] == held[3:]
    assert len(set(held)) == len(copies) + 1


def test_of_two_copies_whose_original_is_gone_one_gets_its_folder(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    copies = [repository.with_name(name) for name in ("one", "two")]
    for copy in copies:
        shutil.copytree(repository, copy, symlinks=True)
    shutil.rmtree(repository)
    assert [hold(each) == clone.path.parent for each in copies] == [True, False]
    assert [hold(each) == clone.path.parent for each in reversed(copies)] == [False, True]


def test_whoever_stands_where_a_moved_repository_stood_gets_another_folder(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    there = repository.rename(repository.with_name("moved"))
    other = made(repository)
    assert hold(other) != clone.path.parent
    goes_on(there, clone)
    assert hold(other) != clone.path.parent


def test_a_moved_repository_that_a_copy_replaced_keeps_its_own_if_it_begins_first(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    there = repository.rename(repository.with_name("moved"))
    shutil.copytree(there, repository, symlinks=True)
    goes_on(there, clone)
    assert hold(repository) != clone.path.parent
    goes_on(there, clone)


def test_a_repository_that_has_lost_its_list_is_known_by_its_mark(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    shutil.rmtree(repository / ".git" / "dispatchd")
    goes_on(repository.rename(repository.with_name("moved")), clone)


@pytest.mark.parametrize("at", range(1, WRITES + 1))
def test_killed_while_it_takes_its_folder_over_it_loses_nothing(repository: Path, at: int) -> None:
    clone = work_in(repository, hold(repository))
    there = repository.rename(repository.with_name("moved"))
    assert in_a_process_that_is_killed(at, lambda: hold(there)) == KILLED
    goes_on(there, clone)


def in_a_process_that_is_killed(at: int, do: Callable[[], object]) -> int:
    """The exit code of a process that is gone right before it puts its file number *at* in place."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    seen = [0]

    def count(event: str, _: object) -> None:
        seen[0] += event == "os.rename"
        if seen[0] == at:
            os._exit(KILLED)

    sys.addaudithook(count)
    do()
    os._exit(0)


def test_a_folder_from_before_marks_is_found_by_the_work_in_it(repository: Path) -> None:
    folder = repository.parent / "state" / "of-repo"
    (repository / ".git" / "dispatchd").mkdir()
    clone = work_in(repository, folder)
    unrelated = made(repository.with_name("unrelated"))
    there = repository.rename(repository.with_name("moved"))
    assert began_here(folder, there / ".git")
    assert not began_here(folder, unrelated / ".git")
    assert hold(unrelated) != folder
    goes_on(there, clone)


def test_what_its_agent_has_written_there_is_not_mended(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    (clone.path / ".git/objects/info/alternates").write_text("/elsewhere/objects\n")
    there = repository.rename(repository.with_name("moved"))
    hold(there)
    assert (clone.path / ".git/objects/info/alternates").read_text() == "/elsewhere/objects\n"


def test_a_folder_is_orphaned_when_its_repository_is_gone_or_another(repository: Path) -> None:
    clone = work_in(repository, hold(repository))
    base = clone.path.parent.parent
    assert orphaned(base) == ()
    shutil.rmtree(repository)
    assert orphaned(base) == ((clone.path.parent, str(repository / ".git")),)
    hold(made(repository))
    assert orphaned(base) == ((clone.path.parent, str(repository / ".git")),)


def test_a_repository_with_the_inode_of_a_deleted_one_does_not_take_its_worktrees(repository: Path) -> None:
    folder = hold(repository)
    work_in(repository, folder)
    shutil.rmtree(repository)
    another = made(repository)
    found = (another / ".git").stat()
    mark = folder / ".repository.json"
    said = {**json.loads(mark.read_text()), "inode": f"{found.st_dev}:{found.st_ino}"}
    mark.write_text(json.dumps(said))
    assert hold(another) != folder
