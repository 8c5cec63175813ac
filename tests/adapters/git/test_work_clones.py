"""Agents' worktrees: made, looked at, fetched from and taken away without git ever running for us inside one."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone

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


def test_a_clone_has_its_branch_checked_out_at_the_base(clone: WorkClone) -> None:
    assert git(clone.path, "branch", "--show-current") == BRANCH
    assert (clone.path / "app.py").read_text() == "print('one')\n"
    assert git(clone.path, "remote") == ""


def test_the_clone_that_stands_is_gone_on_with(clones: GitWorkClones, clone: WorkClone) -> None:
    (clone.path / "new.py").write_text("x = 1\n")
    again = clones.make(clone.issue, clone.branch, clone.base)
    assert again == clone
    assert (clone.path / "new.py").exists()


def test_what_stands_in_its_place_is_kept_aside(clones: GitWorkClones, repository: Path) -> None:
    place = clones.place_of("i-7k2m")
    place.mkdir(parents=True)
    (place / "mine.txt").write_text("not to be lost\n")
    made = clones.make("i-7k2m", BRANCH, git(repository, "rev-parse", "HEAD"))
    assert (made.path / "app.py").exists()
    assert (place.with_name("i-7k2m.aside-1") / "mine.txt").read_text() == "not to be lost\n"


def test_commits_come_back_under_the_same_name(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    made = commit_in(clone, "app.py", "print('two')\n")
    assert clones.fetch_back(clone) == made
    assert git(repository, "rev-parse", BRANCH) == made
    assert git(repository, "status", "--porcelain") == ""


def test_a_rewritten_branch_is_kept_before_it_is_replaced(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    first = commit_in(clone, "app.py", "print('two')\n")
    clones.fetch_back(clone)
    git(clone.path, "commit", "-q", "--amend", "-m", "Another")
    second = clones.fetch_back(clone)
    assert second != first
    assert first in git(repository, "for-each-ref", "--format=%(objectname)", "refs/dispatchd/rescue/")


def test_changes_are_seen_from_outside(clones: GitWorkClones, clone: WorkClone) -> None:
    (clone.path / "app.py").write_text("print('three')\n")
    (clone.path / "new.py").write_text("x = 1\n")
    (clone.path / "noise.log").write_text("ignored\n")
    state = clones.look(clone)
    assert set(state.changed) == {"app.py", "new.py"}
    assert state.other_branch is None


def test_a_clean_clone_has_no_changes(clones: GitWorkClones, clone: WorkClone) -> None:
    commit_in(clone, "app.py", "print('two')\n")
    assert clones.look(clone).changed == ()


def test_the_agents_own_settings_and_hooks_run_nothing_for_us(
    clones: GitWorkClones, clone: WorkClone, tmp_path: Path
) -> None:
    trap = tmp_path / "sprung"
    git(clone.path, "config", "core.fsmonitor", f"touch {trap}")
    git(clone.path, "config", "filter.evil.clean", f"touch {trap}; cat")
    git(clone.path, "config", "uploadpack.packObjectsHook", f"touch {trap}")
    (clone.path / ".gitattributes").write_text("* filter=evil\n")
    (clone.path / "app.py").write_text("print('changed')\n")
    assert "app.py" in clones.look(clone).changed
    assert clones.rescue(clone, "i-7k2m.1") is not None
    clones.fetch_back(clone)
    assert not trap.exists()


def test_uncommitted_work_is_saved_to_a_ref(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    commit_in(clone, "app.py", "print('two')\n")
    (clone.path / "half.py").write_text("half done\n")
    saved = clones.rescue(clone, "i-7k2m.1")
    assert saved is not None
    assert git(repository, "show", "refs/dispatchd/rescue/i-7k2m.1:half.py") == "half done"
    assert git(repository, "show", "refs/dispatchd/rescue/i-7k2m.1:app.py") == "print('two')"
    assert (clone.path / "half.py").exists()


def test_nothing_is_saved_of_a_clean_tree(clones: GitWorkClones, clone: WorkClone) -> None:
    assert clones.rescue(clone, "i-7k2m.1") is None


def test_another_branch_checked_out_is_told(clones: GitWorkClones, clone: WorkClone) -> None:
    git(clone.path, "checkout", "-q", "-b", "elsewhere")
    assert clones.look(clone).other_branch == "elsewhere"


def test_the_base_is_kept_from_gc(clones: GitWorkClones, clone: WorkClone, repository: Path) -> None:
    assert git(repository, "rev-parse", "refs/dispatchd/base/i-7k2m") == clone.base


def test_a_clone_is_known_by_its_mark(clones: GitWorkClones, clone: WorkClone) -> None:
    assert clones.all() == (clone,)


def test_removing_a_clone_keeps_what_was_in_it(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    made = commit_in(clone, "app.py", "print('two')\n")
    (clone.path / "half.py").write_text("half done\n")
    assert clones.remove(clone) == ("refs/dispatchd/rescue/i-7k2m-removed",)
    assert not clone.path.exists()
    assert git(repository, "rev-parse", BRANCH) == made
    assert git(repository, "show", "refs/dispatchd/rescue/i-7k2m-removed:half.py") == "half done"


def test_a_name_that_is_taken_is_told(clones: GitWorkClones, repository: Path) -> None:
    assert clones.branch_is_free(BRANCH)
    git(repository, "branch", BRANCH)
    assert not clones.branch_is_free(BRANCH)


def test_work_begins_where_finished_work_stands(clones: GitWorkClones, repository: Path) -> None:
    main = git(repository, "rev-parse", "HEAD")
    assert clones.base_for("dispatchd/integration", "") == main
    git(repository, "branch", "dispatchd/integration")
    (repository / "more.py").write_text("y = 2\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "More")
    assert clones.base_for("dispatchd/integration", "") == main


def test_a_repository_without_a_commit_has_nothing_to_begin_at(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    empty = GitWorkClones(folder / ".git", lambda: tmp_path / "c", lambda: tmp_path / "s")
    with pytest.raises(CloneFailed, match="no commit yet"):
        empty.base_for("dispatchd/integration", "")


def test_a_commit_is_brought_in_for_the_agent_to_merge(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    (repository / "more.py").write_text("y = 2\n")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "More")
    head = git(repository, "rev-parse", "HEAD")
    clones.bring_in(clone, head)
    git(clone.path, "merge", "-q", head)
    assert (clone.path / "more.py").exists()


def test_the_diff_shows_commits_and_what_is_not_committed(clones: GitWorkClones, clone: WorkClone) -> None:
    commit_in(clone, "app.py", "print('two')\n")
    (clone.path / "half.py").write_text("half done\n")
    patch = clones.diff(clone)
    assert "+print('two')" in patch
    assert "+half done" in patch


def test_what_the_agent_had_staged_is_saved_whole(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    (clone.path / "half.py").write_text("staged, not committed\n")
    git(clone.path, "add", "half.py")
    assert clones.rescue(clone, "i-7k2m.1") is not None
    (clone.path.rename(clone.path.with_name("gone")))
    assert git(repository, "show", "refs/dispatchd/rescue/i-7k2m.1:half.py") == "staged, not committed"
    assert git(repository, "fsck", "--connectivity-only") == ""


def test_what_was_committed_elsewhere_is_kept(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    git(clone.path, "checkout", "-q", "-b", "side")
    made = commit_in(clone, "side.py", "y = 2\n")
    assert clones.rescue_stray(clone, "i-7k2m.1") == "refs/dispatchd/rescue/i-7k2m.1-stray"
    assert git(repository, "rev-parse", "refs/dispatchd/rescue/i-7k2m.1-stray") == made
    git(clone.path, "checkout", "-q", "--detach", BRANCH)
    assert clones.rescue_stray(clone, "i-7k2m.2") is None


def test_files_are_saved_where_the_git_directory_is_gone(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    (clone.path / "new.py").write_text("x = 1\n")
    shutil.rmtree(clone.path / ".git")
    assert clones.rescue(clone, "i-7k2m.1") == "refs/dispatchd/rescue/i-7k2m.1"
    assert git(repository, "show", "refs/dispatchd/rescue/i-7k2m.1:new.py") == "x = 1"
    assert clones.rescue_stray(clone, "i-7k2m.1") is None
    again = clones.make("i-7k2m", BRANCH, clone.base)
    assert not (again.path / "new.py").exists()
    assert (again.path.with_name("i-7k2m.aside-1") / "new.py").exists()


def test_a_folder_that_is_gone_is_made_anew_from_the_branch(clones: GitWorkClones, clone: WorkClone) -> None:
    commit_in(clone, "new.py", "x = 1\n")
    clones.fetch_back(clone)
    shutil.rmtree(clone.path)
    assert clones.rescue(clone, "i-7k2m.1") is None
    assert (clones.make("i-7k2m", BRANCH, clone.base).path / "new.py").exists()


def test_what_git_refuses_is_told_as_a_failure_of_the_worktree(
    clones: GitWorkClones, clone: WorkClone, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "scratch")
    (tmp_path / "scratch").write_text("a file where a folder is to be\n")
    for act in (clones.look, clones.diff, clones.remove):
        with pytest.raises(CloneFailed):
            act(clone)
    assert (clone.path / "app.py").exists()


def test_a_branch_without_a_commit_of_its_own_comes_back_without_a_fetch(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    (clone.path / ".git" / "objects" / "info" / "alternates").write_text("/nowhere\n")
    assert clones.fetch_back(clone) == clone.base == git(repository, "rev-parse", BRANCH)
