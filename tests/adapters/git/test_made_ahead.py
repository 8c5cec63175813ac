"""Commits that are made before anybody has to stand still for them: used when nothing else came, made again when it did."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.building import Builder, Built
from dispatchd.application.ports.audit_log import AuditCommit, AuditError, CommitId, HeadMoved
from dispatchd.application.ports.repository import RepositoryPlaces
from tests.adapters.git.git_sandbox import Person, a_commit, init, repository, status

PENDING = "refs/dispatchd/pending"
OURS = a_commit({"issues/ours.md": b"ours\n"})


class Made:
    """How often commits were made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        build = Builder.build

        def counted(
            builder: Builder, commits: Sequence[AuditCommit], parent: CommitId, *, is_noted: bool
        ) -> Built:
            self.times += 1
            return build(builder, commits, parent, is_noted=is_noted)

        monkeypatch.setattr(Builder, "build", counted)


@pytest.fixture
def places(tmp_path: Path) -> RepositoryPlaces:
    return init(repository(tmp_path / "code").folder).places


@pytest.fixture
def made(places: RepositoryPlaces, monkeypatch: pytest.MonkeyPatch) -> Made:
    return Made(monkeypatch)


def pending(places: RepositoryPlaces) -> str:
    return Person(places.tree).git("for-each-ref", PENDING, "refs/dispatchd/pending-made")


def test_what_was_made_ahead_is_not_made_twice(places: RepositoryPlaces, made: Made) -> None:
    log, person = GitAuditLog(places), Person(places.tree)
    head = log.head()
    person.writes("issues/ours.md", b"ours\n")
    before = person.git("status", "--porcelain")
    log.prepare([OURS], head)
    assert log.head() == head
    assert person.git("status", "--porcelain") == before
    (commit,) = log.record([OURS], head)
    assert log.head() == commit
    assert made.times == 1
    assert status(places) == ""
    assert pending(places) == ""
    assert log.made_here(log.commits_between(head, commit)) == {commit}


def test_092_what_a_person_stages_meanwhile_stays_staged(places: RepositoryPlaces) -> None:
    log, person = GitAuditLog(places), Person(places.tree)
    head = log.head()
    person.writes("issues/ours.md", b"ours\n")
    log.prepare([OURS], head)
    person.writes("issues/staged.md", b"staged\n")
    person.git("add", "issues/staged.md")
    log.record([OURS], head)
    assert status(places) == "A  issues/staged.md"


def test_a_person_who_commits_meanwhile_is_followed_and_nothing_half_made_stays(
    places: RepositoryPlaces,
) -> None:
    log, person = GitAuditLog(places), Person(places.tree)
    head = log.head()
    log.prepare([OURS], head)
    person.writes("issues/theirs.md", b"theirs\n")
    person.git("add", "issues/theirs.md")
    person.git("commit", "-q", "-m", "by hand")
    with pytest.raises(HeadMoved):
        log.record([OURS], head)
    assert pending(places) == ""
    log.record([OURS], log.head())
    assert {"issues/ours.md", "issues/theirs.md"} <= log.tree_at(log.head()).keys()


def test_another_record_between_makes_what_was_made_ahead_void(places: RepositoryPlaces, made: Made) -> None:
    log = GitAuditLog(places)
    head = log.head()
    log.prepare([OURS], head)
    (other,) = log.record([a_commit({"issues/other.md": b"other\n"})], head)
    (commit,) = log.record([OURS], other)
    assert made.times == 3
    assert {"issues/ours.md", "issues/other.md"} <= log.tree_at(commit).keys()
    assert pending(places) == ""


def test_what_a_process_made_ahead_before_it_was_killed_is_taken_back(places: RepositoryPlaces) -> None:
    log = GitAuditLog(places)
    head = log.head()
    log.prepare([OURS], head)
    assert PENDING in pending(places)
    assert "built but never put on the branch" in " ".join(GitAuditLog(places).recover())
    assert (pending(places), log.head()) == ("", head)


def test_what_fails_ahead_is_said_by_the_record(
    places: RepositoryPlaces, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = GitAuditLog(places)
    head = log.head()

    def fail(*_: object, **__: object) -> Built:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(Builder, "build", fail)
        log.prepare([OURS], head)
        with pytest.raises(AuditError, match="No space left"):
            log.record([OURS], head)
    (commit,) = log.record([OURS], head)
    assert log.head() == commit
