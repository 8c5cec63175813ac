"""What every audit log promises, held against the one in memory and the one in git."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Protocol

import pytest

from dispatchd.adapters.git.audit_branch import GitAuditLog
from dispatchd.adapters.git.shared_branch import GitSharedBranch
from dispatchd.application.ports.audit_log import (
    AuditCommit,
    AuditLog,
    BlobId,
    BranchMissing,
    CommitId,
    HeadMoved,
    HeadRelation,
    IndexLocked,
    Signature,
    TreeBusy,
)
from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.identifiers import DocumentPath
from tests.adapters.git.git_sandbox import ASH, Person, a_commit, init, repository
from tests.fakes.fake_audit_log import FakeAuditLog

ALICE = Signature(name="Alice Doe", email="alice@example.com", at=datetime(2026, 11, 21, 13, 0, tzinfo=UTC))
ISSUE = DocumentPath("issues/i-7k2m.md")


class World(Protocol):
    """An audit log, and what happens to its branch from outside."""

    @property
    def log(self) -> AuditLog: ...
    def person_commits(self, changes: Mapping[str, bytes], message: str) -> CommitId: ...
    def person_merges(self, side: CommitId) -> CommitId: ...
    def branch_goes_to(self, commit: CommitId | None) -> None: ...
    def lets_go(self, commit: CommitId) -> None: ...
    def merge_opens(self) -> None: ...
    def index_is_locked(self) -> None: ...


class InMemory:
    def __init__(self) -> None:
        self.fake = FakeAuditLog()
        self.log: AuditLog = self.fake

    def person_commits(self, changes: Mapping[str, bytes], message: str) -> CommitId:
        named = {DocumentPath(path): content for path, content in changes.items()}
        subject, _, body = message.partition("\n\n")
        commit = AuditCommit(author=ALICE, subject=subject, body=body, changes=named)
        return self.fake.person_commits(commit, is_revert="This reverts commit" in body)

    def person_merges(self, side: CommitId) -> CommitId:
        added = {path: self.fake.read(side, path) for path in self.fake.tree_at(side)}
        commit = AuditCommit(author=ALICE, subject="Merge", changes=added)
        return self.fake.person_commits(commit, (self.fake.head(), side))

    def branch_goes_to(self, commit: CommitId | None) -> None:
        self.fake.branch = commit

    def lets_go(self, commit: CommitId) -> None:
        self.fake.let_go.append(commit)

    def merge_opens(self) -> None:
        self.fake.open_operation = "a merge is open in .dispatch"

    def index_is_locked(self) -> None:
        self.fake.locked_since = ALICE.at


class InGit:
    def __init__(self, folder: Path) -> None:
        repository(folder)
        self.places: RepositoryPlaces = init(folder, {}).places
        self.person = Person(self.places.tree)
        self.log: AuditLog = GitAuditLog(self.places)

    def person_commits(self, changes: Mapping[str, bytes], message: str) -> CommitId:
        # The tree's files are not written by `record`; a person who commits has them all.
        self.person.git("checkout", "-q", "--", ".", check=False)
        for path, content in changes.items():
            self.person.writes(path, content)
            self.person.git("add", "--", path)
        self.person.git("commit", "-q", "-m", message)
        return CommitId(self.person.git("rev-parse", "HEAD"))

    def person_merges(self, side: CommitId) -> CommitId:
        self.person.git("reset", "-q", "--hard")
        self.person.git("merge", "-q", "--no-ff", "-m", "Merge", side)
        return CommitId(self.person.git("rev-parse", "HEAD"))

    def branch_goes_to(self, commit: CommitId | None) -> None:
        if commit is None:
            self.person.git("update-ref", "-d", BRANCH_REF)
        else:
            self.person.git("reset", "-q", "--hard", commit)

    def lets_go(self, commit: CommitId) -> None:
        GitSharedBranch(self.places).let_go(commit, f"desk-7k2m-{commit[:12]}")

    def merge_opens(self) -> None:
        (self.places.admin_dir / "MERGE_HEAD").write_text(f"{self.log.head()}\n")

    def index_is_locked(self) -> None:
        (self.places.admin_dir / "index.lock").touch()


@pytest.fixture(params=["memory", "git"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    return InMemory() if request.param == "memory" else InGit(tmp_path / "code")


def recorded(log: AuditLog, *commits: AuditCommit) -> CommitId:
    return log.record(commits, log.head())[-1]


def test_a_recorded_commit_says_who_what_and_which_events(world: World) -> None:
    at = datetime(2026, 11, 21, 9, 30, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    author = Signature(name="Zoë O'Neill", email="zoe@example.com", at=at)
    root = world.log.head()
    commit = AuditCommit(
        author=author,
        subject="zoe asks Alice: Which hash?",
        body="Two ways.",
        trailers=('{"id":"1"}', '{"id":"2"}'),
        changes={ISSUE: b"one\r\n"},
    )
    made = world.log.record([commit], root)
    assert made == (world.log.head(),)
    (found,) = world.log.commits_between(root, made[0])
    assert (found.oid, found.parents, found.author) == (made[0], (root,), author)
    assert found.author.at.utcoffset() == at.utcoffset()
    assert found.subject == "zoe asks Alice: Which hash?"
    assert found.events == ('{"id":"1"}', '{"id":"2"}')
    assert found.is_own
    assert not found.is_revert
    assert [(change.path, change.old) for change in found.changes] == [(ISSUE, None)]
    assert world.log.read_blob(found.changes[0].new or BlobId("")) == b"one\r\n"


def test_a_batch_becomes_one_commit_each_in_order(world: World) -> None:
    root = world.log.head()
    batch = [a_commit({"a.md": b"%d" % number}, f"step {number}") for number in range(4)]
    made = world.log.record(batch, root)
    found = world.log.commits_between(root, world.log.head())
    assert tuple(commit.oid for commit in found) == made
    assert [commit.subject for commit in found] == ["step 0", "step 1", "step 2", "step 3"]
    assert world.log.record([], made[-1]) == ()
    assert world.log.head() == made[-1]


def test_only_named_paths_change_and_none_removes_one(world: World) -> None:
    recorded(world.log, a_commit({"a.md": b"a", "b/c.md": b"c"}))
    head = recorded(world.log, a_commit({"a.md": None, "d.md": b"d"}))
    assert set(world.log.tree_at(head)) == {"b/c.md", "d.md"}
    assert world.log.read(head, DocumentPath("a.md")) is None
    assert world.log.read(head, DocumentPath("b/c.md")) == b"c"
    assert world.log.read(head, DocumentPath("b")) is None


def test_a_commit_without_files_stands_for_its_events_alone(world: World) -> None:
    before = world.log.head()
    head = recorded(world.log, a_commit({}, "nothing written", '{"id":"9"}'))
    (found,) = world.log.commits_between(before, head)
    assert found.events == ('{"id":"9"}',)
    assert found.changes == ()


def test_a_moved_head_is_told_and_nothing_is_lost(world: World) -> None:
    known = world.log.head()
    theirs = world.person_commits({"a.md": b"mine"}, "by hand")
    with pytest.raises(HeadMoved) as told:
        world.log.record([a_commit({"b.md": b"b"})], known)
    assert (told.value.expected, told.value.found) == (known, theirs)
    assert world.log.head() == theirs
    head = recorded(world.log, a_commit({"b.md": b"b"}))
    assert world.log.read(head, DocumentPath("a.md")) == b"mine"


def test_a_lock_of_somebody_else_keeps_commits_out(world: World) -> None:
    head = world.log.head()
    assert world.log.busy() is None
    world.index_is_locked()
    assert "another git command" in (world.log.busy() or "")
    with pytest.raises(IndexLocked):
        world.log.record([a_commit({"a.md": b"a"})], head)
    assert world.log.head() == head


def test_an_open_merge_keeps_commits_out(world: World) -> None:
    head = world.log.head()
    world.merge_opens()
    assert world.log.busy() == "a merge is open in .dispatch"
    with pytest.raises(TreeBusy, match="a merge is open"):
        world.log.record([a_commit({"a.md": b"a"})], head)
    assert world.log.head() == head


def test_a_missing_branch_is_told_and_can_be_brought_back(world: World) -> None:
    head = recorded(world.log, a_commit({"a.md": b"a"}))
    world.branch_goes_to(None)
    with pytest.raises(BranchMissing):
        world.log.head()
    with pytest.raises(BranchMissing):
        world.log.record([a_commit({"b.md": b"b"})], head)
    world.log.restore_branch(head)
    assert world.log.head() == head
    with pytest.raises(HeadMoved):
        world.log.restore_branch(head)


def test_how_a_new_head_stands_to_the_old(world: World) -> None:
    one = recorded(world.log, a_commit({"a.md": b"1"}))
    two = recorded(world.log, a_commit({"a.md": b"2"}))
    world.branch_goes_to(one)
    other = recorded(world.log, a_commit({"a.md": b"3"}))
    assert world.log.relation(one, one) is HeadRelation.SAME
    assert world.log.relation(one, two) is HeadRelation.DESCENDS
    assert world.log.relation(two, one) is HeadRelation.TRAVELLED
    assert world.log.relation(two, other) is HeadRelation.TRAVELLED
    assert world.log.relation(CommitId("0" * 39 + "1"), other) is HeadRelation.TRAVELLED
    assert world.log.merge_base(two, other) == one


def test_a_merge_brings_its_side_and_says_which_line_is_the_main_one(world: World) -> None:
    base = recorded(world.log, a_commit({"base.md": b"b"}))
    side = world.person_commits({"side.md": b"s"}, "on the side")
    world.branch_goes_to(base)
    ours = recorded(world.log, a_commit({"ours.md": b"o"}))
    merge = world.person_merges(side)
    found = {commit.oid: commit for commit in world.log.commits_between(base, merge)}
    assert set(found) == {side, ours, merge}
    assert list(found)[-1] == merge
    assert {oid: commit.on_first_parent_line for oid, commit in found.items()} == {
        side: False,
        ours: True,
        merge: True,
    }
    assert found[merge].is_merge
    assert [change.path for change in found[merge].changes] == ["side.md"]
    assert not found[side].is_own


def test_everything_from_the_beginning(world: World) -> None:
    head = recorded(world.log, a_commit({"a.md": b"1"}, "first"), a_commit({"a.md": b"2"}, "second"))
    found = world.log.commits_between(None, head)
    assert [commit.subject for commit in found] == ["Begin the record", "first", "second"]
    assert found[0].parents == ()


def test_a_revert_says_that_it_is_one(world: World) -> None:
    head = recorded(world.log, a_commit({"a.md": b"1"}), a_commit({"a.md": b"2"}))
    world.person_commits({"a.md": b"1"}, f'Revert "x"\n\nThis reverts commit {head}.')
    (found,) = world.log.commits_between(head, world.log.head())
    assert found.is_revert


def test_the_versions_of_a_file_newest_first(world: World) -> None:
    recorded(world.log, a_commit({"a.md": b"1", "b.md": b"1"}))
    recorded(world.log, a_commit({"b.md": b"2"}))
    recorded(world.log, a_commit({"a.md": b"2"}))
    gone = recorded(world.log, a_commit({"a.md": None}))
    versions = world.log.versions_of(DocumentPath("a.md"), 10)
    blobs = world.log.read_blobs([version.blob for version in versions if version.blob])
    assert [version.blob and blobs[version.blob] for version in versions] == [None, b"2", b"1"]
    assert versions[0].commit == gone
    assert world.log.versions_of(DocumentPath("a.md"), 1) == versions[:1]
    assert world.log.versions_of(DocumentPath("never.md"), 5) == ()


def test_a_blob_that_is_not_here_is_none(world: World) -> None:
    head = recorded(world.log, a_commit({"a.md": b"here"}))
    here = world.log.tree_at(head)[DocumentPath("a.md")]
    absent = BlobId("0" * 39 + "1")
    assert world.log.read_blob(absent) is None
    assert world.log.read_blobs([absent, here]) == {here: b"here"}


def test_recovering_with_nothing_to_mend_says_nothing(world: World) -> None:
    recorded(world.log, a_commit({"a.md": b"1"}))
    assert world.log.recover() == ()


def test_a_subject_of_many_lines_becomes_one(world: World) -> None:
    before = world.log.head()
    recorded(world.log, AuditCommit(author=ASH, subject="one\n\ntwo\tthree", changes={}))
    assert world.log.commits_between(before, world.log.head())[0].subject == "one two three"
