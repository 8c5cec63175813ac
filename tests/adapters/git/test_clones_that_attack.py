"""An agent lays things in its own worktree that lead whoever reads or writes there out of it, or keep them waiting."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "repository"]
PERSONS = "my thesis"


@pytest.fixture
def precious(tmp_path: Path) -> Path:
    file = tmp_path / "thesis.txt"
    file.write_text(PERSONS, encoding="utf-8")
    return file


def lay(clone: WorkClone, place: str) -> Path:
    """The path of *place* in the clone, with nothing there and a folder around it."""
    path = clone.path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def test_a_link_in_the_place_of_a_ref_is_not_written_through(
    clones: GitWorkClones, clone: WorkClone, precious: Path
) -> None:
    lay(clone, ".git/refs/dispatchd/onto").symlink_to(precious)
    clones.bring_in(clone, clone.base)
    assert precious.read_text(encoding="utf-8") == PERSONS


@pytest.mark.parametrize("place", [".git/refs/dispatchd", ".git/refs"])
def test_a_link_on_the_way_to_a_ref_is_not_followed(
    clones: GitWorkClones, clone: WorkClone, tmp_path: Path, place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    lay(clone, place).symlink_to(outside)
    with pytest.raises(CloneFailed, match="cannot be given anything"):
        clones.bring_in(clone, clone.base)
    assert not list(outside.rglob("onto"))


def test_what_a_ref_says_is_no_option_for_git(
    clones: GitWorkClones, clone: WorkClone, precious: Path
) -> None:
    lay(clone, f".git/refs/heads/{BRANCH}").write_text(f"--index-output={precious}\n", encoding="utf-8")
    assert clones.look(clone).head is None
    assert clones.rescue(clone, "i-7k2m.1") is None
    assert clones.diff(clone) == ""
    assert precious.read_text(encoding="utf-8") == PERSONS


def test_no_word_in_the_clone_says_which_branch_is_moved(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    before = git(repository, "rev-parse", "main")
    git(clone.path, "branch", "main")
    git(clone.path, "checkout", "-q", "main")
    commit_in(clone, "evil.txt", "evil")
    lay(clone, ".git/dispatchd-issue").write_text(f"i-7k2m\nmain\n{before}\n", encoding="utf-8")
    (known,) = clones.all()
    assert known == clone
    clones.remove(known)
    assert git(repository, "rev-parse", "main") == before
    assert clones.all() == ()


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "place",
    [f".git/refs/heads/{BRANCH}", ".git/HEAD", ".git/packed-refs", ".git/refs/heads/other", ".gitignore"],
)
def test_a_pipe_keeps_nobody_waiting(
    clones: GitWorkClones, clone: WorkClone, repository: Path, place: str
) -> None:
    os.mkfifo(lay(clone, place))
    for step in (lambda: clones.look(clone), lambda: clones.fetch_back(clone), lambda: clones.diff(clone)):
        try:
            step()
        except CloneFailed as failed:
            assert "is no plain file; remove it" in str(failed)  # noqa: PT017 - either is right
    assert git(repository, "rev-parse", "main") == clone.base


def test_a_git_directory_that_leads_elsewhere_is_none(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    lay(clone, ".git").symlink_to(repository / ".git")
    assert not clones.look(clone).exists
    assert clones.fetch_back(clone) == clone.base, "the branch stands where it began"


def loose(clone: WorkClone, name: str) -> Path:
    return clone.path / ".git" / "objects" / name[:2] / name[2:]


def name_no_commit(clone: WorkClone) -> None:
    lay(clone, f".git/refs/heads/{BRANCH}").write_text(f"{'1234567890' * 4}\n", encoding="utf-8")


def name_a_blob(clone: WorkClone) -> None:
    blob = git(clone.path, "hash-object", "-w", "app.py")
    lay(clone, f".git/refs/heads/{BRANCH}").write_text(f"{blob}\n", encoding="utf-8")


def lose_a_tree(clone: WorkClone) -> None:
    loose(clone, git(clone.path, "rev-parse", "HEAD^{tree}")).unlink()


def make_a_tree_with_settings_of_git(clone: WorkClone) -> None:
    tree = git(clone.path, "rev-parse", "HEAD^{tree}")
    entry = b"40000 .git\0" + bytes.fromhex(tree)
    (clone.path.parent / "tree").write_bytes(entry)
    evil = git(clone.path, "hash-object", "-t", "tree", "-w", "--literally", str(clone.path.parent / "tree"))
    git(clone.path, "update-ref", "HEAD", git(clone.path, "commit-tree", evil, "-p", "HEAD", "-m", "evil"))


def lay_a_pipe_among_objects(clone: WorkClone) -> None:
    os.mkfifo(lay(clone, ".git/objects/ab"))


def lay_a_pipe_for_rules(clone: WorkClone) -> None:
    place = lay(clone, os.fsdecode(b"u\xff/.gitattributes"))
    os.mkfifo(place)


def give_names_that_are_no_text(clone: WorkClone) -> None:
    for number in range(3):
        lay(clone, os.fsdecode(b"u\xff\xfe\n%d/x" % number)).write_bytes(b"x")


def go_deep(clone: WorkClone) -> None:
    folder = os.open(clone.path / ".git", os.O_RDONLY)
    for _ in range(400):
        os.mkdir("d", dir_fd=folder)
        below = os.open("d", os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = below
    os.close(folder)


def put_folders_for_files(clone: WorkClone) -> None:
    for name in (".git/index", ".git/HEAD", f".git/refs/heads/{BRANCH}"):
        lay(clone, name).mkdir()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "leave",
    [
        name_no_commit,
        name_a_blob,
        lose_a_tree,
        make_a_tree_with_settings_of_git,
        lay_a_pipe_among_objects,
        lay_a_pipe_for_rules,
        give_names_that_are_no_text,
        go_deep,
        put_folders_for_files,
    ],
)
def test_whatever_an_agent_leaves_is_told_in_words_that_can_be_kept(
    clones: GitWorkClones, clone: WorkClone, repository: Path, leave: Callable[[WorkClone], None]
) -> None:
    commit_in(clone, "done.txt", "done")
    (clone.path / "half.txt").write_text("half", encoding="utf-8")
    leave(clone)
    told: list[str] = []
    steps: tuple[Callable[[], object], ...] = (
        lambda: told.extend(clones.look(clone).changed),
        lambda: told.append(str(clones.rescue(clone, "i-7k2m.1"))),
        lambda: clones.rescue_stray(clone, "i-7k2m.1"),
        lambda: clones.fetch_back(clone),
        lambda: told.append(clones.diff(clone)),
    )
    for step in steps:
        try:
            step()
        except CloneFailed as failed:
            told.append(str(failed))
    assert "\n".join(told).encode("utf-8")
    rescued = git(repository, "for-each-ref", "--format=%(refname)", "refs/dispatchd/rescue/i-7k2m.1")
    if leave is not lay_a_pipe_for_rules:
        assert git(repository, "show", f"{rescued}:half.txt") == "half", told
    assert git(repository, "rev-parse", "main") == clone.base


def test_names_that_are_no_text_are_shown_as_a_shell_writes_them(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    give_names_that_are_no_text(clone)
    assert "u\\xff\\xfe\n0/x" in clones.look(clone).changed
    ref = clones.rescue(clone, "i-7k2m.1")
    assert ref is not None
    assert "\\377\\376" in git(repository, "ls-tree", "-r", "--name-only", ref)
