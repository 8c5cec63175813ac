"""The audit log in memory: the port's promises kept by a dictionary of commits, and what people do to a branch."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dispatchd.application.ports.audit_log import (
    CLONE_TRAILER,
    COMMITTER_EMAIL,
    COMMITTER_NAME,
    HOME_TRAILER,
    AuditCommit,
    AuditLog,
    BlobId,
    BranchMissing,
    CommitId,
    Decided,
    FileChange,
    FileVersion,
    ForeignCommit,
    HeadMoved,
    HeadRelation,
    IndexLocked,
    Signature,
    TreeBusy,
)
from dispatchd.domain.identifiers import DocumentPath
from tests.fakes.stored_commit import Stored, blob_of

_BEGINNING = Signature(name=COMMITTER_NAME, email=COMMITTER_EMAIL, at=datetime.fromtimestamp(10**9, UTC))


@dataclass(slots=True)
class FakeAuditLog:
    """A branch that starts with an empty root; the attributes are the world outside."""

    commits: dict[CommitId, Stored] = field(default_factory=dict)
    branch: CommitId | None = None
    open_operation: str | None = None
    locked_since: datetime | None = None
    index_touched: int = 0
    recorded_here: set[CommitId] = field(default_factory=set)
    believed: set[CommitId] = field(default_factory=set)
    """What daemons elsewhere made before this clone became the one that decides."""
    let_go: list[CommitId] = field(default_factory=list)
    """Ends of the branch that were let go of when another clone became home."""
    signers: dict[CommitId, str] = field(default_factory=dict)
    """Who signed which commit with a key that is trusted here."""
    prepared: tuple[tuple[AuditCommit, ...], CommitId] | None = None
    """What was last to be made ahead."""
    _made: int = 0

    def __post_init__(self) -> None:
        self.branch = self._store(
            Stored(
                parents=(),
                author=_BEGINNING,
                committer=_BEGINNING,
                subject="Begin the record",
                events=(),
                is_revert=False,
                tree={},
            )
        )

    def head(self) -> CommitId:
        if self.branch is None:
            raise BranchMissing("the branch is gone")
        return self.branch

    def record(
        self, commits: Sequence[AuditCommit], parent: CommitId, onto: CommitId | None = None
    ) -> tuple[CommitId, ...]:
        if not commits and onto in (None, parent):
            return ()
        if self.locked_since is not None:
            raise self._lock(self.locked_since)
        if self.branch is None:
            raise BranchMissing("the branch is gone")
        if self.open_operation is not None:
            raise TreeBusy(self.open_operation)
        if self.branch != parent:
            raise HeadMoved(parent, self.branch)
        made: list[CommitId] = []
        tip = onto or parent
        for commit in commits:
            ours = Signature(name=COMMITTER_NAME, email=COMMITTER_EMAIL, at=commit.author.at)
            parents = (tip,) if commit.merges is None else (tip, commit.merges)
            tip = self._append(commit, parents, commit.committer or ours)
            made.append(tip)
        self.branch = tip
        if onto is None:
            self.recorded_here.update(made)
        return tuple(made)

    def prepare(self, commits: Sequence[AuditCommit], parent: CommitId) -> None:
        self.prepared = (tuple(commits), parent)

    def recover(self) -> tuple[str, ...]:
        return ()

    def restore_branch(self, commit: CommitId) -> None:
        if self.branch is not None:
            raise HeadMoved(commit, self.branch)
        self.branch = commit

    def busy(self) -> str | None:
        if self.open_operation is not None:
            return self.open_operation
        return None if self.locked_since is None else str(self._lock(self.locked_since))

    def relation(self, old: CommitId, new: CommitId) -> HeadRelation:
        if old == new:
            return HeadRelation.SAME
        return HeadRelation.DESCENDS if old in self._past(new) else HeadRelation.TRAVELLED

    def merge_base(self, one: CommitId, other: CommitId) -> CommitId | None:
        shared = set(self._past(one)) & set(self._past(other))
        return next((commit for commit in reversed(self.commits) if commit in shared), None)

    def commits_between(self, old: CommitId | None, new: CommitId) -> tuple[ForeignCommit, ...]:
        known = set(self._past(old)) if old is not None else set()
        wanted = set(self._past(new)) - known
        main_line = set(self._first_parents(new))
        return tuple(
            self._foreign(commit, on_main_line=commit in main_line)
            for commit in self.commits
            if commit in wanted
        )

    def signer_of(self, commit: CommitId) -> str | None:
        return self.signers.get(commit)

    def read(self, commit: CommitId, path: DocumentPath) -> bytes | None:
        return self.commits[commit].tree.get(path)

    def read_blob(self, blob: BlobId) -> bytes | None:
        return self.read_blobs((blob,)).get(blob)

    def read_blobs(self, blobs: Sequence[BlobId]) -> Mapping[BlobId, bytes]:
        contents = {
            blob_of(content): content for stored in self.commits.values() for content in stored.tree.values()
        }
        return {blob: contents[blob] for blob in blobs if blob in contents}

    def tree_at(self, commit: CommitId) -> Mapping[DocumentPath, BlobId]:
        return {path: blob_of(content) for path, content in self.commits[commit].tree.items()}

    def versions_of(self, path: DocumentPath, limit: int) -> tuple[FileVersion, ...]:
        versions = [
            FileVersion(commit=commit.oid, blob=change.new)
            for commit in reversed(self.commits_between(None, self.head()))
            for change in commit.changes
            if change.path == path
        ]
        return tuple(versions[:limit])

    def made_here(self, commits: Sequence[ForeignCommit]) -> frozenset[CommitId]:
        known = self.recorded_here | self.believed
        return frozenset(commit.oid for commit in commits if commit.oid in known)

    def decided_here(self, head: CommitId) -> Decided:
        past, line = set(self._past(head)), list(self._first_parents(head))
        gone = self._gone(past)
        commits = tuple(
            self._foreign(oid, on_main_line=oid in line)
            for oid, stored in self.commits.items()
            if (oid in past and (stored.home or oid in self.believed)) or oid in self.recorded_here - gone
        )
        own = {commit.oid for commit in commits if commit.is_own}
        last = self.last_made()
        if last is None or last in past:
            last = next((oid for oid in line if oid in own), None)
        return Decided(commits=commits, end=last, believed=frozenset(self.believed - self.recorded_here))

    def last_made(self) -> CommitId | None:
        gone = self._gone(set(self._past(self.branch))) if self.branch is not None else set()
        return next((oid for oid in reversed(self.commits) if oid in self.recorded_here - gone), None)

    def _gone(self, past: set[CommitId]) -> set[CommitId]:
        """What counts no more: let go of, or made here before that, and in neither case in *past*."""
        aside = {oid for end in self.let_go for oid in self._past(end)} - past
        made = [oid for oid in self.commits if oid in self.recorded_here]
        last = max((place for place, oid in enumerate(made) if oid in aside), default=-1)
        later = set(self._past(made[last + 1])) if last + 1 < len(made) else set[CommitId]()
        return (aside | set(made[: last + 1])) - past - later

    def index_mark(self) -> str:
        return f"{self.branch}:{self.index_touched}"

    def carried_by_git(self, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
        return self.standing_in_history(contents)

    def standing_in_history(self, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
        ends = (self.head(), *self.let_go, *self.recorded_here)
        trees = [self.commits[oid].tree for oid in {oid for end in ends for oid in self._past(end)}]
        return frozenset(
            path for path, content in contents.items() if any(tree.get(path) == content for tree in trees)
        )

    def person_touches_index(self) -> None:
        """What `git add`, `git checkout -- FILE` and `git stash` do to the index."""
        self.index_touched += 1

    def person_commits(
        self, commit: AuditCommit, parents: tuple[CommitId, ...] = (), *, is_revert: bool = False
    ) -> CommitId:
        """What `git commit` does: on the branch, or as a merge of *parents*."""
        tip = self._append(commit, parents or (self.head(),), commit.author, is_revert=is_revert)
        self.branch = tip
        return tip

    def elsewhere(self, commit: AuditCommit, parents: tuple[CommitId, ...]) -> CommitId:
        """What another clone has made, and was fetched."""
        return self._append(commit, parents, commit.committer or commit.author)

    def _append(
        self,
        commit: AuditCommit,
        parents: tuple[CommitId, ...],
        committer: Signature,
        *,
        is_revert: bool = False,
    ) -> CommitId:
        tree: dict[DocumentPath, bytes | None] = {**self.commits[parents[0]].tree, **commit.changes}
        return self._store(
            Stored(
                parents=parents,
                author=commit.author,
                committer=committer,
                subject=" ".join(commit.subject.split()),
                events=commit.trailers,
                is_revert=is_revert,
                tree={path: content for path, content in tree.items() if content is not None},
                clone=commit.marks.get(CLONE_TRAILER, ""),
                home=commit.marks.get(HOME_TRAILER, ""),
            )
        )

    def _store(self, stored: Stored) -> CommitId:
        self._made += 1
        name = CommitId(hashlib.sha1(f"{self._made}".encode(), usedforsecurity=False).hexdigest())
        self.commits[name] = stored
        return name

    def _past(self, tip: CommitId) -> Iterable[CommitId]:
        seen: dict[CommitId, None] = {}
        waiting = [tip]
        while waiting:
            commit = waiting.pop()
            if commit in self.commits and commit not in seen:
                seen[commit] = None
                waiting.extend(self.commits[commit].parents)
        return seen

    def _first_parents(self, tip: CommitId) -> Iterable[CommitId]:
        yield tip
        while self.commits[tip].parents:
            tip = self.commits[tip].parents[0]
            yield tip

    def _foreign(self, oid: CommitId, *, on_main_line: bool) -> ForeignCommit:
        stored = self.commits[oid]
        before = self.tree_at(stored.parents[0]) if stored.parents else {}
        after = self.tree_at(oid)
        return ForeignCommit(
            oid=oid,
            parents=stored.parents,
            author=stored.author,
            committer=stored.committer,
            subject=stored.subject,
            events=stored.events,
            is_revert=stored.is_revert,
            on_first_parent_line=on_main_line,
            changes=tuple(
                FileChange(path=path, old=before.get(path), new=after.get(path))
                for path in sorted(before.keys() | after.keys())
                if before.get(path) != after.get(path)
            ),
            clone=stored.clone,
            home=stored.home,
        )

    @staticmethod
    def _lock(since: datetime) -> IndexLocked:
        return IndexLocked("another git command", since)


_port: type[AuditLog] = FakeAuditLog
