"""Programs that an agent names in its worktree, or has of the user's settings: none runs when we look, save or fetch."""

import os
from pathlib import Path

import pytest

from dispatchd.adapters.git.integration import GitIntegration
from dispatchd.adapters.git.work_clones import GitWorkClones
from dispatchd.application.ports.work_clones import CloneFailed, WorkClone
from tests.adapters.git.test_work_clones import BRANCH, clone, clones, commit_in, git, repository

__all__ = ["clone", "clones", "repository"]
FILTERED = "* filter=mine diff=mine merge=mine\n"


@pytest.fixture
def ran(tmp_path: Path) -> Path:
    """A file that is there once `program` has run."""
    return tmp_path / "ran"


@pytest.fixture
def program(tmp_path: Path, ran: Path) -> Path:
    file = tmp_path / "program"
    file.write_text(f'#!/bin/sh\necho "$0 $* in $PWD" >> {ran}\ncat\n', encoding="utf-8")
    file.chmod(0o755)
    return file


@pytest.fixture
def users_programs(program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the user's own, as git finds them for every repository, that name the program wherever one can be."""
    keys = ("clean", "smudge")
    lines = ['[filter "mine"]', "\trequired = true", *(f"\t{key} = {program}" for key in keys)]
    lines += ['[diff "mine"]', f"\ttextconv = {program}", f"\tcommand = {program}"]
    lines += ['[merge "mine"]', f"\tdriver = {program} %A", "[diff]", f"\texternal = {program}"]
    lines += [
        "\tsubmodule = diff",
        "[status]",
        "\tsubmoduleSummary = true",
        "[submodule]",
        "\trecurse = true",
    ]
    (tmp_path / "settings").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "settings"))


def everything(clones: GitWorkClones, clone: WorkClone, repository: Path) -> None:
    """All that is done with what an agent leaves, to its work's merging and the next worktree."""
    state = clones.look(clone)
    clones.diff(clone)
    clones.rescue(clone, "i-7k2m.1", state)
    head = clones.fetch_back(clone)
    assert head is not None
    integration = GitIntegration(repository / ".git", clone.path.parent / ".scratch")
    joined = integration.join("main", head, "Merge it\n")
    if joined.commit is not None:
        integration.check_out(joined.commit, "a")
    clones.make("i-8k2m", "dispatchd/i-8k2m", head)


def nested(clone: WorkClone, program: Path) -> Path:
    """A repository within the clone, whose settings name the program, that has changed under a file's old size."""
    inside = clone.path / "subm"
    inside.mkdir()
    git(inside, "init", "-q")
    (inside / "a.txt").write_text("a\n", encoding="utf-8")
    git(inside, "add", "a.txt")
    git(inside, "commit", "-qm", "x")
    git(clone.path, "-c", "advice.addEmbeddedRepo=false", "add", "subm")
    git(clone.path, "commit", "-qm", "A repository within")
    (inside / ".gitattributes").write_text("* filter=pwn\n", encoding="utf-8")
    with (inside / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(f'[filter "pwn"]\n\tclean = {program}\n[core]\n\tfsmonitor = {program}\n')
        config.write(f"\thooksPath = {program.parent}\n")
    (inside / "a.txt").write_text("b\n", encoding="utf-8")
    return inside


def test_a_repository_within_is_never_entered(
    clones: GitWorkClones, clone: WorkClone, repository: Path, program: Path, ran: Path
) -> None:
    inside = nested(clone, program)
    (clone.path / "new.txt").write_text("work\n", encoding="utf-8")
    assert clones.look(clone).changed == ("new.txt",)
    everything(clones, clone, repository)
    assert git(repository, "show", "refs/dispatchd/rescue/i-7k2m.1:new.txt") == "work"
    clones.remove(clone)
    assert not ran.exists(), ran.read_text(encoding="utf-8")
    assert not inside.exists()


def test_a_repository_within_that_was_not_committed_is_told_and_not_entered(
    clones: GitWorkClones, clone: WorkClone, repository: Path, program: Path, ran: Path
) -> None:
    nested(clone, program)
    git(clone.path, "reset", "-q", "HEAD~")
    assert clones.look(clone).changed == ("subm/",)
    everything(clones, clone, repository)
    assert not ran.exists(), ran.read_text(encoding="utf-8")


@pytest.mark.usefixtures("users_programs")
def test_filters_of_the_users_own_run_on_nothing_that_an_agent_wrote(
    clones: GitWorkClones, clone: WorkClone, repository: Path, ran: Path
) -> None:
    commit_in(clone, ".gitattributes", FILTERED)
    commit_in(clone, "app.py", "print('two')\n")
    ran.unlink(missing_ok=True)  # git that the agent ran is not ours
    (clone.path / "app.py").write_text("print('sad')\n", encoding="utf-8")
    (clone.path / "new.txt").write_text("work\n", encoding="utf-8")
    assert clones.look(clone).changed == ("app.py", "new.txt")
    everything(clones, clone, repository)
    assert not ran.exists(), ran.read_text(encoding="utf-8")
    assert git(repository, "cat-file", "blob", "refs/dispatchd/rescue/i-7k2m.1:app.py") == "print('sad')"


@pytest.mark.usefixtures("users_programs")
def test_a_worktree_that_begins_with_filtered_files_is_clean(
    clones: GitWorkClones, repository: Path, ran: Path, tmp_path: Path
) -> None:
    (repository / ".gitattributes").write_text(FILTERED, encoding="utf-8")
    (repository / "app.py").write_text("print('two')\n", encoding="utf-8")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "Filtered")
    git(repository, "config", "filter.mine.process", "false")
    ran.unlink(missing_ok=True)
    begun = clones.make("i-9k2m", "dispatchd/i-9k2m", git(repository, "rev-parse", "HEAD"))
    assert clones.look(begun).changed == ()
    (tmp_path / "scratch" / "indexes-i-9k2m" / f"begun-{begun.base}").unlink()  # it is read anew without it
    assert clones.look(begun).changed == ()
    assert clones.rescue(begun, "i-9k2m.1") is None
    assert not ran.exists(), ran.read_text(encoding="utf-8")


@pytest.mark.usefixtures("users_programs")
def test_merge_drivers_of_the_users_own_join_nothing_that_agents_wrote(
    clones: GitWorkClones, clone: WorkClone, repository: Path, ran: Path
) -> None:
    for folder, text in ((repository, "print('ours')\n"), (clone.path, "print('theirs')\n")):
        (folder / ".gitattributes").write_text("* merge=mine\n", encoding="utf-8")
        (folder / "app.py").write_text(text, encoding="utf-8")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", "Both change it")
    everything(clones, clone, repository)
    assert not ran.exists(), ran.read_text(encoding="utf-8")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("place", ["HEAD", "refs/heads/main", "packed-refs", "objects/ab"])
def test_a_pipe_in_a_repository_within_keeps_nobody_waiting(
    clones: GitWorkClones, clone: WorkClone, program: Path, place: str
) -> None:
    pipe = nested(clone, program) / ".git" / place
    pipe.parent.mkdir(parents=True, exist_ok=True)
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    for step in (lambda: clones.look(clone), lambda: clones.rescue(clone, "x"), lambda: clones.diff(clone)):
        with pytest.raises(CloneFailed, match="is no plain file; remove it"):
            step()


@pytest.mark.timeout(60)
def test_a_repository_within_that_stands_elsewhere_is_not_followed_there(
    clones: GitWorkClones, clone: WorkClone, tmp_path: Path
) -> None:
    (tmp_path / "elsewhere").mkdir()
    os.mkfifo(tmp_path / "elsewhere" / "HEAD")
    (clone.path / "sub").mkdir()
    (clone.path / "sub" / ".git").write_text(f"gitdir: {tmp_path / 'elsewhere'}\n", encoding="utf-8")
    with pytest.raises(CloneFailed, match=r"sub/\.git is no plain file"):
        clones.look(clone)


def test_a_worktree_within_and_a_file_that_is_only_called_so_are_looked_past(
    clones: GitWorkClones, clone: WorkClone
) -> None:
    git(clone.path, "worktree", "add", "-q", "--detach", "second")
    (clone.path / "fixture").mkdir()
    (clone.path / "fixture" / ".git").write_text("a fixture\n", encoding="utf-8")
    (clone.path / "app.py").write_text("print('two')\n", encoding="utf-8")
    assert set(clones.look(clone).changed) >= {"app.py", "second/"}
    assert clones.look(clone).head == clone.base
    assert BRANCH in clones.make("i-7k2m", BRANCH, clone.base).branch


@pytest.mark.timeout(60)
def test_settings_of_the_clone_are_not_read_wherever_they_lead(
    clones: GitWorkClones, clone: WorkClone, repository: Path
) -> None:
    head = commit_in(clone, "done.txt", "done")
    git(clone.path, "checkout", "-q", "-b", "aside")
    aside = commit_in(clone, "aside.txt", "aside")
    os.mkfifo(clone.path / "pipe")
    with (clone.path / ".git" / "config").open("a", encoding="utf-8") as config:
        config.write(f"[include]\n\tpath = {clone.path / 'pipe'}\n")
    assert clones.rescue_stray(clone, "i-7k2m.1") == "refs/dispatchd/rescue/i-7k2m.1-stray"
    assert git(repository, "rev-parse", "refs/dispatchd/rescue/i-7k2m.1-stray") == aside
    assert clones.fetch_back(clone) == head


def test_objects_of_another_repository_are_not_fetched_through_a_clone(
    clones: GitWorkClones, clone: WorkClone, repository: Path, tmp_path: Path
) -> None:
    private = tmp_path / "private"
    private.mkdir()
    git(private, "init", "-q")
    (private / "secret.txt").write_text("secret", encoding="utf-8")
    git(private, "add", "-A")
    git(private, "commit", "-qm", "Secret")
    with (clone.path / ".git" / "objects" / "info" / "alternates").open("a", encoding="utf-8") as lent:
        lent.write(f"{private / '.git' / 'objects'}\n")
    (clone.path / ".git" / "refs" / "heads" / BRANCH).write_text(git(private, "rev-parse", "HEAD") + "\n")
    for step in (lambda: clones.look(clone), lambda: clones.fetch_back(clone)):
        with pytest.raises(CloneFailed, match="alternates leads elsewhere"):
            step()
    assert git(repository, "rev-parse", BRANCH) == clone.base
