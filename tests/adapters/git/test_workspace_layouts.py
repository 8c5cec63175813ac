"""Workspaces in the repositories people really have: linked, bare, nested, cloned, moved."""

from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.repository import locate
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.errors import WorkspaceError
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import LAID, Person, a_commit, init, repository, status


def works(places: RepositoryPlaces) -> bool:
    """A commit by the daemon and one by a person both arrive, and nothing is left over."""
    log = GitAuditLog(places)
    path = "issues/by the daemon.md"
    Person(places.tree).writes(path, b"one\r\n")
    log.record([a_commit({path: b"one\r\n"})], log.head())
    by_hand = Person(places.tree).commits("issues/by hand.md", b"two\n")
    return log.head() == by_hand and status(places) == "" and locate(places.tree / "issues") == places


def cloned(source: Path, folder: Path, *options: str) -> Person:
    Person(source.parent).git("clone", "-q", *options, f"file://{source}", str(folder))
    return Person(folder)


def test_in_a_repository_without_a_commit(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    places = init(person.folder).places
    assert places.main_worktree == person.folder
    assert works(places)
    assert person.git("status", "--porcelain", "--branch") == "## No commits yet on main"


def test_from_a_sub_folder_it_stands_at_the_root(tmp_path: Path) -> None:
    person = repository(tmp_path / "my code")
    (person.folder / "src/deep").mkdir(parents=True)
    places = init(person.folder / "src/deep").places
    assert places.tree == person.folder / ".dispatch"
    assert locate(person.folder / "src") == places
    assert works(places)


def test_from_a_linked_worktree_it_stands_in_the_main_one(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.commits("code.py", b"1\n")
    person.git("worktree", "add", "-q", "-b", "feature", str(tmp_path / "feature"))
    places = init(tmp_path / "feature").places
    assert places.tree == person.folder / ".dispatch"
    assert places.main_worktree == person.folder
    assert not (tmp_path / "feature/.dispatch").exists()
    assert locate(tmp_path / "feature") == places == locate(places.tree)
    assert works(places)


def test_093_in_a_bare_layout_it_stands_in_the_worktree_where_init_ran(tmp_path: Path) -> None:
    source = repository(tmp_path / "source")
    source.commits("code.py", b"1\n")
    source.git("clone", "-q", "--bare", ".", str(tmp_path / "project/.bare"))
    (tmp_path / "project/.git").write_text("gitdir: ./.bare\n")
    bare = Person(tmp_path / "project")
    bare.git("worktree", "add", "-q", "main")
    bare.git("worktree", "add", "-q", "-b", "feature", "feature")
    places = init(tmp_path / "project/main").places
    assert places.tree == tmp_path / "project/main/.dispatch"
    assert places.main_worktree is None
    again = init(tmp_path / "project/feature")
    assert (again.created, again.places) == (False, places)
    assert locate(tmp_path / "project") == places
    assert works(places)


def test_a_bare_repository_alone_has_no_place_for_it(tmp_path: Path) -> None:
    repository(tmp_path / "code.git", "--bare")
    with pytest.raises(WorkspaceError, match="git worktree add"):
        init(tmp_path / "code.git")


def test_093_in_a_submodule(tmp_path: Path) -> None:
    part = repository(tmp_path / "part")
    part.commits("code.py", b"1\n")
    whole = repository(tmp_path / "whole")
    whole.git("submodule", "add", "-q", f"file://{part.folder}", "lib/part")
    whole.git("commit", "-q", "-m", "add it")
    places = init(whole.folder / "lib/part").places
    assert places.tree == whole.folder / "lib/part/.dispatch"
    assert places.main_worktree == whole.folder / "lib/part"
    assert works(places)
    assert whole.git("status", "--porcelain") == ""
    Person(whole.folder / "lib/part").git("worktree", "add", "-q", "-b", "x", str(tmp_path / "x"))
    assert locate(tmp_path / "x") == places


def test_with_a_git_directory_elsewhere(tmp_path: Path) -> None:
    person = repository(tmp_path / "code", "--separate-git-dir", str(tmp_path / "code.gitdir"))
    places = init(person.folder).places
    assert places.common_dir == tmp_path / "code.gitdir"
    assert places.main_worktree == person.folder
    assert works(places)


@pytest.mark.parametrize("config", ["extensions.worktreeConfig", "worktree.useRelativePaths"])
def test_with_settings_that_change_what_git_writes(tmp_path: Path, config: str) -> None:
    person = repository(tmp_path / "code")
    person.git("config", config, "true")
    places = init(person.folder).places
    assert works(places)
    # Newer gits write the ties relative to each other.
    (places.tree / ".git").write_text("gitdir: ../.git/worktrees/-dispatch\n")
    (places.admin_dir / "gitdir").write_text("../../../.dispatch/.git\n")
    assert locate(person.folder) == places


def test_093_with_ids_of_sha256(tmp_path: Path) -> None:
    person = repository(tmp_path / "code", "--object-format=sha256")
    places = init(person.folder).places
    assert len(GitAuditLog(places).head()) == 64
    assert works(places)


def test_a_clone_follows_the_branch_its_remote_has(tmp_path: Path) -> None:
    source = init(repository(tmp_path / "source").folder).places
    clone = cloned(tmp_path / "source", tmp_path / "clone")
    outcome = init(clone.folder)
    assert (outcome.created, outcome.followed_remote) == (True, "origin")
    assert GitAuditLog(outcome.places).head() == GitAuditLog(source).head()
    assert clone.git("rev-parse", "--abbrev-ref", "dispatch@{upstream}") == "origin/dispatch"
    assert {path: outcome.places.tree.joinpath(path).read_bytes() for path in LAID} == LAID
    again = init(clone.folder)
    assert (again.created, again.followed_remote) == (False, None)
    Person(source.tree).commits("issues/new.md", b"new\n")
    Person(outcome.places.tree).git("pull", "-q")
    assert (outcome.places.tree / "issues/new.md").exists()
    assert works(outcome.places)


def test_a_branch_the_remote_has_but_that_was_not_fetched_gets_no_second_root(tmp_path: Path) -> None:
    source = repository(tmp_path / "source")
    source.commits("code.py", b"1\n")
    init(source.folder)
    clone = cloned(source.folder, tmp_path / "clone", "--single-branch", "--branch", "main")
    with pytest.raises(WorkspaceError, match="git fetch origin dispatch:refs/remotes/origin/dispatch"):
        init(clone.folder)
    assert clone.fails("rev-parse", "--verify", "dispatch")
    clone.git("fetch", "-q", "origin", "dispatch:refs/remotes/origin/dispatch")
    assert init(clone.folder).followed_remote == "origin"


def test_a_remote_over_the_network_is_not_asked_but_named(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.git("remote", "add", "-t", "main", "origin", "https://example.invalid/code.git")
    (note,) = init(person.folder).notes
    assert "git fetch origin dispatch" in note


def test_of_several_remotes_origin_is_followed_and_the_others_are_named(tmp_path: Path) -> None:
    init(repository(tmp_path / "source").folder)
    clone = cloned(tmp_path / "source", tmp_path / "clone")
    clone.git("remote", "add", "fork", f"file://{tmp_path / 'source'}")
    clone.git("fetch", "-q", "fork")
    outcome = init(clone.folder)
    assert outcome.followed_remote == "origin"
    assert any("fork, origin" in note for note in outcome.notes)


def test_two_clones_that_both_ran_init_share_a_root_and_merge(tmp_path: Path) -> None:
    one = init(repository(tmp_path / "one").folder, {DocumentPath("one.md"): b"1\n"}).places
    two = init(repository(tmp_path / "two").folder, {DocumentPath("two.md"): b"2\n"}).places
    person = Person(one.tree)
    person.git("pull", "-q", "--no-rebase", "--no-edit", f"file://{two.main_worktree}", "dispatch")
    assert sorted(GitAuditLog(one).tree_at(GitAuditLog(one).head())) == ["one.md", "two.md"]


def test_093_a_shallow_clone_that_does_not_reach_the_root(tmp_path: Path) -> None:
    source = init(repository(tmp_path / "source").folder).places
    Person(source.tree).commits("issues/new.md", b"new\n")
    clone = cloned(tmp_path / "source", tmp_path / "clone", "--depth=1", "--no-single-branch")
    assert works(init(clone.folder).places)


def test_outside_of_git_and_before_init_the_message_names_the_next_command(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="`git init`"):
        locate(tmp_path)
    person = repository(tmp_path / "code")
    with pytest.raises(WorkspaceError, match="`dispatchd init`"):
        locate(person.folder)


def test_a_git_directory_named_in_the_environment_misleads_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = repository(tmp_path / "other")
    other.commits("code.py", b"1\n")
    head = other.git("rev-parse", "HEAD")
    person = repository(tmp_path / "code")
    for name, value in (
        ("GIT_DIR", other.folder / ".git"),
        ("GIT_WORK_TREE", other.folder),
        ("GIT_INDEX_FILE", other.folder / ".git/index"),
        ("GIT_OBJECT_DIRECTORY", other.folder / ".git/objects"),
        ("GIT_QUARANTINE_PATH", other.folder / ".git/objects"),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.bare"),
        ("GIT_CONFIG_VALUE_0", "true"),
    ):
        monkeypatch.setenv(name, str(value))
    places = init(person.folder).places
    log = GitAuditLog(places)
    log.record([a_commit({"a.md": b"a\n"})], log.head())
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_QUARANTINE_PATH"):
        monkeypatch.delenv(name)
    monkeypatch.delenv("GIT_CONFIG_COUNT")
    assert places.tree == person.folder / ".dispatch"
    assert other.git("for-each-ref", "--format=%(objectname)") == head
    assert Person(places.tree).git("show", "dispatch:a.md") == "a"
