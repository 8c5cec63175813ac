"""Killed between any two steps of a record, the next start reaches "done" or "not begun"."""

import os
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.application.ports.audit_log import CommitId
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository, status

STEPS = ("built", "locked", "moved", "installed")
AFTER_THE_BRANCH_MOVED = ("moved", "installed")


class Killed(BaseException):
    """The process ended here."""


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    return init(repository(tmp_path / "code").folder).places


def killed_at(places: RepositoryPlaces, step: str) -> CommitId:
    """Record three files (one new, one changed, one removed) and die; returns the head before."""

    def die(at: str) -> None:
        if at == step:
            raise Killed

    person = Person(places.tree)
    person.writes("staged.md", b"a person's\n")
    person.git("add", "staged.md")
    person.writes("new.md", b"new\n")
    person.writes("config.toml", b"changed\n")
    (places.tree / "issues/i-7k2m-login.md").unlink()
    log = GitAuditLog(places, die)
    before = log.head()
    changes = {"new.md": b"new\n", "config.toml": b"changed\n", "issues/i-7k2m-login.md": None}
    with pytest.raises(Killed):
        log.record([a_commit(changes, "interrupted", '{"id":"1"}')], before)
    return before


def assert_done_or_not_begun(places: RepositoryPlaces, before: CommitId, *, done: bool) -> None:
    log = GitAuditLog(places)
    assert (log.head() != before) is done
    left = "" if done else " M config.toml\n D issues/i-7k2m-login.md\n"
    untracked = "" if done else "\n?? new.md"
    assert status(places) == f"{left}A  staged.md{untracked}"
    assert not (places.admin_dir / "index.lock").exists()
    assert Person(places.tree).git("for-each-ref", "refs/dispatchd/pending*") == ""
    assert not list(places.admin_dir.glob("dispatchd-index*"))
    assert log.recover() == ()


@pytest.mark.parametrize("step", STEPS)
def test_009_010_a_start_after_a_kill_mends_it_and_says_so(places: RepositoryPlaces, step: str) -> None:
    before = killed_at(places, step)
    assert GitAuditLog(places).recover() != ()
    assert_done_or_not_begun(places, before, done=step in AFTER_THE_BRANCH_MOVED)


@pytest.mark.parametrize("step", STEPS)
def test_a_record_after_a_kill_mends_it_too(places: RepositoryPlaces, step: str) -> None:
    killed_at(places, step)
    log = GitAuditLog(places)
    head = log.head()
    Person(places.tree).writes("later.md", b"later\n")
    log.record([a_commit({"later.md": b"later\n"})], head)
    assert "later.md" not in status(places)
    assert "staged.md" in status(places)
    assert not (places.admin_dir / "index.lock").exists()


@pytest.mark.parametrize("step", ["moved"])
def test_011_a_kill_during_the_mending_is_mended_as_well(places: RepositoryPlaces, step: str) -> None:
    before = killed_at(places, step)
    # What a start leaves that dies after it patched its copy, and after it put the copy in place.
    index = places.admin_dir / "index"
    (places.admin_dir / "dispatchd-index").write_bytes(index.read_bytes())
    (places.admin_dir / "dispatchd-index.lock").touch()
    GitAuditLog(places).recover()
    os.link(places.admin_dir / "dispatchd-lock", places.admin_dir / "index.lock")
    assert GitAuditLog(places).recover() != ()
    assert_done_or_not_begun(places, before, done=True)


def test_a_lock_removed_by_hand_after_a_kill_does_not_turn_our_commit_back(places: RepositoryPlaces) -> None:
    before = killed_at(places, "moved")
    (places.admin_dir / "index.lock").unlink()
    assert GitAuditLog(places).recover() != ()
    assert_done_or_not_begun(places, before, done=True)


def test_a_person_who_removed_the_lock_and_committed_keeps_what_they_did(places: RepositoryPlaces) -> None:
    killed_at(places, "moved")
    (places.admin_dir / "index.lock").unlink()
    person = Person(places.tree)
    person.writes("config.toml", b"mine now\n")
    person.git("add", "config.toml", "new.md")
    mine = person.git("commit", "-q", "-m", "by hand") or person.git("rev-parse", "HEAD")
    log = GitAuditLog(places)
    log.recover()
    assert log.head() == mine
    assert log.read(log.head(), DocumentPath("config.toml")) == b"mine now\n"
    # Their index still held the file we had removed, so their commit does; git says what differs on disk.
    assert status(places) == " D issues/i-7k2m-login.md"
    assert log.recover() == ()


def test_a_lock_that_only_looks_like_ours_is_another_s(places: RepositoryPlaces) -> None:
    before = killed_at(places, "locked")
    lock = places.admin_dir / "index.lock"
    copy = lock.read_bytes()
    lock.unlink()
    lock.write_bytes(copy)
    log = GitAuditLog(places)
    log.recover()
    assert lock.exists()
    assert log.busy() is not None
    assert log.head() == before


def test_an_index_that_cannot_be_put_in_place_leaves_a_commit_that_the_next_start_completes(
    places: RepositoryPlaces,
) -> None:
    before = killed_at(places, "moved")
    log = GitAuditLog(places)
    (places.admin_dir / "dispatchd-index").unlink()
    assert log.recover() != ()
    assert_done_or_not_begun(places, before, done=True)
