import shlex
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.merge_driver import driver_command
from dispatchd.adapters.git.objects import root_id
from dispatchd.domain.errors import WorkspaceError
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import LAID, NOON, Person, checksums, init, repository, status

OURS = (
    ".dispatch",
    ".git/objects",
    ".git/worktrees",
    ".git/config",
    ".git/info/exclude",
    ".git/refs/heads/dispatch",
    ".git/refs/dispatchd",
)
LOGS = (*OURS, ".git/logs/refs/heads/dispatch")


def hostile(folder: Path) -> Person:
    """A repository in the midst of work, with everything on that gets in the way of scripted commits."""
    person = repository(folder)
    person.commits("code.py", b"print(1)\n")
    person.git("branch", "feature")
    person.writes("staged.py", b"staged\n")
    person.git("add", "staged.py")
    person.writes("code.py", b"dirty\n")
    person.writes("new.py", b"untracked\n")
    for name, value in (
        ("commit.gpgSign", "true"),
        ("gpg.program", "/bin/false"),
        ("core.autocrlf", "true"),
        ("core.eol", "crlf"),
        ("core.splitIndex", "true"),
        ("core.untrackedCache", "true"),
        ("log.showSignature", "true"),
        ("diff.renames", "copies"),
        ("filter.shout.clean", "tr a-z A-Z"),
        ("filter.shout.smudge", "tr a-z A-Z"),
    ):
        person.git("config", name, value)
    person.git("status")
    for hook in ("pre-commit", "post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
        path = folder / ".git" / "hooks" / hook
        path.parent.mkdir(exist_ok=True)
        path.write_text("#!/bin/sh\necho $0 >> hooks-ran\nexit 1\n")
        path.chmod(0o755)
    return person


def test_init_touches_nothing_of_the_persons(tmp_path: Path) -> None:
    person = hostile(tmp_path / "code")
    before = checksums(person.folder, but=LOGS)
    settings = person.git("config", "--list", "--local")
    excluded = (person.folder / ".git/info/exclude").read_text()
    state = person.git("--no-optional-locks", "status", "--porcelain")
    outcome = init(person.folder)
    assert outcome.created
    assert checksums(person.folder, but=LOGS) == before
    after = person.git("config", "--list", "--local").split("\n")
    assert [line for line in after if not line.startswith("merge.dispatchd.")] == settings.split("\n")
    assert (person.folder / ".git/info/exclude").read_text() == excluded + "/.dispatch/\n/.dispatchd-*\n"
    assert person.git("--no-optional-locks", "status", "--porcelain") == state
    assert not (person.folder / "hooks-ran").exists()
    assert {path: outcome.places.tree.joinpath(path).read_bytes() for path in LAID} == LAID


def test_a_second_init_changes_nothing_at_all(tmp_path: Path) -> None:
    person = hostile(tmp_path / "code")
    first = init(person.folder)
    before = checksums(person.folder)
    second = init(person.folder)
    assert not second.created
    assert second.places == first.places
    assert checksums(person.folder) == before


def test_the_first_commit_is_the_persons_on_a_root_that_is_everybodys(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    places = init(person.folder).places
    root, laid = GitAuditLog(places).commits_between(None, GitAuditLog(places).head())
    assert root.oid == root_id(40) == "858eb55c01606abac62c08618da2cf9fc3c125ce"
    assert (laid.author.name, laid.author.email, laid.author.at) == ("Alice Doe", "alice@example.com", NOON)
    assert laid.committer.name == "dispatchd"
    assert status(places) == ""
    assert "locked" in person.git("worktree", "list")
    assert person.git("reflog", "show", "dispatch").count("\n") == 1


@pytest.mark.parametrize("made", ["dispatch", "init", "folder", "record"])
def test_an_init_that_was_killed_is_finished_by_the_next(tmp_path: Path, made: str) -> None:
    person = repository(tmp_path / "code")
    if made in {"folder", "record"}:
        init(person.folder, {})
    if made == "record":
        person.writes(".dispatch/config.toml", b"mine\n")
    if made == "dispatch":
        init(repository(tmp_path / "other").folder, {})
        person.git("fetch", "-q", str(tmp_path / "other"), "dispatch:dispatch")
    outcome = init(person.folder)
    assert outcome.created
    log = GitAuditLog(outcome.places)
    assert set(log.tree_at(log.head())) == set(LAID)
    kept = b"mine\n" if made == "record" else LAID[DocumentPath("config.toml")]
    assert (outcome.places.tree / "config.toml").read_bytes() == kept


def test_outside_of_git_the_next_step_is_git_init(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="git init"):
        init(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["file", "folder", "link", "repository", "worktree"])
def test_a_dispatch_that_is_something_else_is_refused_before_anything_is_made(
    tmp_path: Path, kind: str
) -> None:
    person = repository(tmp_path / "code")
    person.commits("code.py", b"1\n")
    tree = person.folder / ".dispatch"
    if kind == "file":
        tree.write_text("mine")
    elif kind == "folder":
        tree.mkdir()
    elif kind == "link":
        tree.symlink_to(tmp_path)
    elif kind == "repository":
        repository(tree)
    else:
        person.git("worktree", "add", "-q", "-b", "other", ".dispatch")
    before = checksums(person.folder)
    with pytest.raises(WorkspaceError, match=r"\.dispatch"):
        init(person.folder)
    assert checksums(person.folder) == before


def test_a_branch_of_that_name_that_is_the_persons_own_is_refused(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.commits("code.py", b"1\n")
    person.git("branch", "dispatch")
    with pytest.raises(WorkspaceError, match="git branch -m dispatch"):
        init(person.folder)
    assert not (person.folder / ".dispatch").exists()
    person.git("switch", "-q", "dispatch")
    with pytest.raises(WorkspaceError, match="checked out in"):
        init(person.folder)


def test_a_removed_folder_is_not_made_anew(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    places = init(person.folder).places
    (places.tree / ".git").unlink()
    person.git("clean", "-ffdxq")
    with pytest.raises(WorkspaceError, match="restore --all"):
        init(person.folder)


def test_the_persons_branches_do_not_see_the_tree(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.commits("code.py", b"1\n")
    init(person.folder)
    person.git("add", "-A")
    assert person.git("status", "--porcelain") == ""
    person.git("clean", "-fdxq")
    person.git("stash", "-a", check=False)
    person.git("reset", "-q", "--hard")
    assert (person.folder / ".dispatch/config.toml").exists()


def test_a_gitignore_that_takes_the_tree_in_again_is_named(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.writes(".gitignore", b"*\n!.*\n")
    (note,) = init(person.folder).notes
    assert ".gitignore" in note
    assert "/.dispatch/" in note


def test_an_exclude_file_without_a_last_newline_keeps_its_last_line(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    (person.folder / ".git/info/exclude").write_bytes(b"*.log")
    init(person.folder)
    assert (person.folder / ".git/info/exclude").read_bytes() == b"*.log\n/.dispatch/\n/.dispatchd-*\n"


def test_a_sparse_checkout_of_the_code_leaves_the_tree_whole(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    person.commits("src/code.py", b"1\n")
    person.commits("doc/text.md", b"1\n")
    person.git("sparse-checkout", "set", "src")
    places = init(person.folder).places
    assert sorted(path.name for path in person.folder.iterdir()) == [".dispatch", ".git", "src"]
    tree = Person(places.tree)
    tree.commits("issues/by hand.md", b"text\n")
    tree.git("checkout", "-q", "HEAD~1")
    tree.git("checkout", "-q", "dispatch")
    assert (places.tree / "issues/by hand.md").exists()
    assert (places.tree / "issues/i-7k2m-login.md").exists()
    assert status(places) == ""


def test_the_merge_driver_falls_back_to_a_merge_of_text(tmp_path: Path) -> None:
    person = repository(tmp_path / "code")
    laid = dict(LAID) | {DocumentPath(".gitattributes"): b"* -text\n*.md merge=dispatchd\n"}
    tree = Person(init(person.folder, laid).places.tree)
    tree.commits("a.md", b"1\n2\n3\n4\n5\n")
    tree.git("switch", "-q", "-c", "side")
    tree.commits("a.md", b"one\n2\n3\n4\n5\n")
    tree.git("switch", "-q", "dispatch")
    tree.commits("a.md", b"1\n2\n3\n4\nfive\n")
    tree.git("merge", "-q", "side", "-m", "merged")
    assert (tree.folder / "a.md").read_bytes() == b"one\n2\n3\n4\nfive\n"


@pytest.mark.parametrize(("code", "merged"), [(0, True), (1, False), (3, True), (127, True)])
def test_a_broken_installation_never_passes_for_a_merge(tmp_path: Path, code: int, *, merged: bool) -> None:
    program = tmp_path / "100% mine" / "dispatchd"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\necho "$2 $3 $4 $5 $6" > {shlex.quote(str(tmp_path / "called"))}\nexit {code}\n'
    )
    program.chmod(0o755)
    person = repository(tmp_path / "code")
    person.git("config", "merge.dispatchd.driver", driver_command((str(program),)))
    person.commits(".gitattributes", b"*.md merge=dispatchd\n")
    person.commits("it's.md", b"1\n2\n3\n")
    person.git("switch", "-q", "-c", "side")
    person.commits("it's.md", b"one\n2\n3\n")
    person.git("switch", "-q", "main")
    person.commits("it's.md", b"1\n2\nthree\n")
    assert person.fails("merge", "-q", "side", "-m", "merged") is not merged
    assert (tmp_path / "called").read_text().endswith("7 it's.md\n")
    text = (person.folder / "it's.md").read_bytes()
    assert text == (b"one\n2\nthree\n" if code > 1 else b"1\n2\nthree\n")
