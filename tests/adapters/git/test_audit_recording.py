"""Commits by the daemon beside a person at work: theirs stays theirs, ours has exactly our bytes."""

import os
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.application.ports.audit_log import AuditError, CommitId, HeadMoved, IndexLocked, TreeBusy
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import LAID, Person, a_commit, init, repository, status
from tests.adapters.git.test_workspace_setup import hostile

ODD_NAMES = (
    "issues/two words.md",
    'issues/"quoted" and \\ back.md',
    "issues/naïve ü 統一.md",
    "issues/two\nlines.md",
    "issues/tab\tand \x01.md",
    "issues/not \udcff utf-8.md",
    "-dash.md",
    ":(top)magic*.md",
)


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    return init(repository(tmp_path / "code").folder).places


def record(places: RepositoryPlaces, path: str, content: bytes) -> CommitId:
    """What the daemon does once a file on disk is agreed on."""
    Person(places.tree).writes(path, content)
    log = GitAuditLog(places)
    return log.record([a_commit({path: content})], log.head())[-1]


@pytest.mark.parametrize("path", ODD_NAMES)
def test_any_name_and_any_bytes_come_through(places: RepositoryPlaces, path: str) -> None:
    content = b"\xef\xbb\xbfone\r\ntwo\rthree\n\n\x00 data 5\nM 100644 inline x"
    head = record(places, path, content)
    log = GitAuditLog(places)
    assert log.read(head, DocumentPath(path)) == content
    assert path in log.tree_at(head)
    assert [change.path for change in log.commits_between(None, head)[-1].changes] == [path]
    assert len(log.versions_of(DocumentPath(path), 5)) == 1
    assert status(places) == ""
    Person(places.tree).git("checkout", "-q", "HEAD~1")
    Person(places.tree).git("checkout", "-q", "dispatch")
    assert (places.tree / path).read_bytes() == content


@pytest.mark.parametrize(
    "path", ["../out.md", "/abs.md", "a//b.md", "a/.git/config", ".GIT/x", "", "a/./b", "nul\0"]
)
def test_a_path_that_leaves_the_tree_is_refused(places: RepositoryPlaces, path: str) -> None:
    log = GitAuditLog(places)
    head = log.head()
    with pytest.raises(ValueError, match="no path inside the tree"):
        log.record([a_commit({path: b"x"})], head)
    assert log.head() == head


def test_092_what_a_person_has_staged_stays_staged_and_out_of_our_commit(places: RepositoryPlaces) -> None:
    person = Person(places.tree)
    person.writes("issues/staged.md", b"staged\n")
    person.writes("config.toml", b"first half\n")
    person.git("add", "issues/staged.md", "config.toml")
    person.writes("config.toml", b"first half\nsecond half\n")
    person.git("rm", "-q", "issues/i-7k2m-login.md")
    before = status(places)
    head = record(places, "issues/ours.md", b"ours\n")
    assert status(places) == before
    log = GitAuditLog(places)
    assert [change.path for change in log.commits_between(None, head)[-1].changes] == ["issues/ours.md"]
    person.git("commit", "-q", "-m", "by hand")
    assert person.git("show", "HEAD:config.toml") == "first half"
    assert person.git("show", "--name-only", "--format=", "HEAD").split("\n") == [
        "config.toml",
        "issues/i-7k2m-login.md",
        "issues/staged.md",
    ]


def test_a_person_who_staged_an_older_text_of_our_file_does_not_take_the_newer_back(
    places: RepositoryPlaces,
) -> None:
    person = Person(places.tree)
    person.writes("config.toml", b"older\n")
    person.git("add", "config.toml")
    record(places, "config.toml", b"newer\n")
    assert status(places) == ""
    assert person.fails("commit", "-q", "-m", "nothing left to commit")


def test_a_file_may_become_a_folder_and_a_folder_a_file(places: RepositoryPlaces) -> None:
    log = GitAuditLog(places)
    record(places, "context/a", b"file\n")
    (places.tree / "context/a").unlink()
    record(places, "context/a/b.md", b"inside\n")
    assert status(places) == ""
    Person(places.tree).writes("context/c/d.md", b"x\n")
    log.record([a_commit({"context/c/d.md": b"x\n"})], log.head())
    log.record([a_commit({"context/c/d.md": None})], log.head())
    (places.tree / "context/c/d.md").unlink()
    assert status(places) == ""


def test_091_nothing_of_a_hostile_set_up_gets_in_the_way(tmp_path: Path) -> None:
    person = hostile(tmp_path / "code")
    places = init(person.folder).places
    head = record(places, "issues/crlf.md", b"one\r\ntwo\nthree\r\n")
    record(places, "issues/other.md", b"x\r\n")
    quiet = ("-c", "core.hooksPath=/dev/null")
    tree = Person(places.tree)
    assert tree.git(*quiet, "status", "--porcelain") == ""
    tree.git(*quiet, "checkout", "-q", "HEAD~1", "--", ".")
    assert (places.tree / "issues/crlf.md").read_bytes() == b"one\r\ntwo\nthree\r\n"
    assert GitAuditLog(places).read(head, DocumentPath("issues/crlf.md")) == b"one\r\ntwo\nthree\r\n"
    assert not list(tmp_path.rglob("hooks-ran"))
    assert "gpgsig" not in tree.git("cat-file", "-p", head)
    assert person.git(*quiet, "status", "--porcelain") == " M code.py\nA  staged.py\n?? new.py"


def test_089_a_lock_in_the_main_worktree_is_none_of_our_business(places: RepositoryPlaces) -> None:
    (places.common_dir / "index.lock").touch()
    (places.common_dir / "HEAD.lock").touch()
    record(places, "a.md", b"a\n")
    assert (places.common_dir / "index.lock").exists()


def test_090_a_lock_left_by_somebody_else_is_named_with_its_time_and_never_removed(
    places: RepositoryPlaces,
) -> None:
    lock = places.admin_dir / "index.lock"
    lock.write_text("theirs")
    os.utime(lock, (1_000_000_000, 1_000_000_000))
    log = GitAuditLog(places)
    assert "2001-09-09 01:46:40Z" in (log.busy() or "")
    with pytest.raises(IndexLocked):
        record(places, "a.md", b"a\n")
    assert log.recover() == ()
    assert lock.read_text() == "theirs"


@pytest.mark.parametrize("step", ["built", "locked"])
def test_a_person_who_comes_in_between_is_told_apart_at_every_step(
    places: RepositoryPlaces, step: str
) -> None:
    person = Person(places.tree)

    def intrude(at: str) -> None:
        if at == step:
            person.git("update-ref", "refs/heads/dispatch", other)

    log = GitAuditLog(places, intrude)
    head = log.head()
    other = person.git("commit-tree", "-p", head, "-m", "by hand", f"{head}^{{tree}}")
    with pytest.raises(HeadMoved) as told:
        log.record([a_commit({"a.md": b"a\n"})], head)
    assert told.value.found == other == log.head()
    assert not (places.admin_dir / "index.lock").exists()
    assert person.git("for-each-ref", "refs/dispatchd/pending*") == ""
    assert status(places) == ""


def test_what_is_staged_while_the_objects_are_built_is_not_lost(places: RepositoryPlaces) -> None:
    person = Person(places.tree)

    def stage(at: str) -> None:
        if at == "built":
            person.writes("mine.md", b"mine\n")
            person.git("add", "mine.md")

    log = GitAuditLog(places, stage)
    person.writes("ours.md", b"ours\n")
    log.record([a_commit({"ours.md": b"ours\n"})], log.head())
    assert status(places) == "A  mine.md"


def test_a_merge_begun_while_the_objects_are_built_keeps_the_commit_out(places: RepositoryPlaces) -> None:
    def merge(at: str) -> None:
        if at == "built":
            (places.admin_dir / "MERGE_HEAD").touch()

    log = GitAuditLog(places, merge)
    head = log.head()
    with pytest.raises(TreeBusy):
        log.record([a_commit({"a.md": b"a\n"})], head)
    assert log.head() == head
    assert not (places.admin_dir / "index.lock").exists()


def test_git_saying_no_is_told_in_its_own_words(places: RepositoryPlaces) -> None:
    log = GitAuditLog(places)
    head = log.head()
    (places.common_dir / "refs/heads/dispatch.lock").touch()
    with pytest.raises(AuditError, match=r"refs/heads/dispatch\.lock"):
        log.record([a_commit({"a.md": b"a\n"})], head)
    assert log.head() == head
    assert not (places.admin_dir / "index.lock").exists()
    (places.common_dir / "refs/heads/dispatch.lock").unlink()
    record(places, "a.md", b"a\n")


def test_a_large_batch_is_one_pack_and_one_step(places: RepositoryPlaces) -> None:
    log = GitAuditLog(places)
    files = {f"issues/i-{number}.md": b"%d\n" % number for number in range(500)}
    for path, content in files.items():
        Person(places.tree).writes(path, content)
    made = log.record([a_commit({path: content}) for path, content in files.items()], log.head())
    assert len(made) == 500
    assert status(places) == ""
    assert len(list((places.common_dir / "objects/pack").glob("*.pack"))) == 1
    assert Person(places.tree).git("reflog", "show", "dispatch").count("\n") == 2
    assert len(LAID) + 500 == len(log.tree_at(made[-1]))


def test_an_index_that_is_gone_is_made_from_the_branch(places: RepositoryPlaces) -> None:
    (places.admin_dir / "index").unlink()
    record(places, "a.md", b"a\n")
    assert status(places) == ""


def test_095_housekeeping_in_the_midst_of_a_commit_takes_nothing_away(places: RepositoryPlaces) -> None:
    person = Person(places.tree)

    def collect(at: str) -> None:
        if at in {"built", "locked", "moved"}:
            person.git("gc", "--quiet", "--prune=now")

    log = GitAuditLog(places, collect)
    person.writes("a.md", b"a\n")
    head = log.record([a_commit({"a.md": b"a\n"})], log.head())[-1]
    assert log.read(head, DocumentPath("a.md")) == b"a\n"
    assert person.git("fsck", "--strict") == ""
    assert status(places) == ""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a repository to somebody else")
def test_091_a_repository_that_belongs_to_somebody_else_is_recorded_in_all_the_same(
    places: RepositoryPlaces,
) -> None:
    for path in (places.main_worktree or places.tree, places.common_dir, places.tree, places.admin_dir):
        os.chown(path, 12345, 12345)
    assert Person(places.tree).fails("status")
    log = GitAuditLog(places)
    head = log.record([a_commit({"a.md": b"a\r\n"})], log.head())[-1]
    assert log.read(head, DocumentPath("a.md")) == b"a\r\n"
