"""The audit log as a branch of the user's repository.

It brings together writing (publishing), reading back (foreign_commits, reading) and what git is at (git_state), and
says git's failures in the port's words. When to commit and what a commit means is left to its callers.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from dispatchd.adapters.git import foreign_commits, git_state, ledger, reading, reflog, signatures
from dispatchd.adapters.git.ledger import Run
from dispatchd.adapters.git.publishing import GONE, Publisher
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.application.ports.audit_log import (
    CLONE_TRAILER,
    AuditCommit,
    AuditError,
    AuditLog,
    BlobId,
    BranchMissing,
    CommitId,
    Decided,
    FileVersion,
    ForeignCommit,
    HeadMoved,
    HeadRelation,
)
from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.identifiers import DocumentPath


class GitAuditLog:
    """The audit branch of the workspace at *places*; *at_step* is Publisher's. Commits say that *clone* made them."""

    def __init__(
        self, places: RepositoryPlaces, at_step: Callable[[str], None] = lambda _: None, *, clone: str = ""
    ) -> None:
        self._places = places
        self._mark = {CLONE_TRAILER: clone} if clone else {}
        self._runner = GitRunner(places.admin_dir, places.tree)
        self._publisher = Publisher(places, self._runner, at_step)

    def head(self) -> CommitId:
        """Where the branch stands."""
        with _told():
            head = git_state.branch_head(self._places.common_dir)
        if head is None:
            raise BranchMissing(GONE)
        return head

    def record(
        self, commits: Sequence[AuditCommit], parent: CommitId, onto: CommitId | None = None
    ) -> tuple[CommitId, ...]:
        """Append *commits* to *parent*, or to *onto*, to which the branch is moved."""
        if not commits and onto in (None, parent):
            return ()
        with _told():
            return self._publisher.record(self._marked(commits), parent, onto)

    def prepare(self, commits: Sequence[AuditCommit], parent: CommitId) -> None:
        """Do ahead what of the next record needs nobody to stand still."""
        with _told():
            self._publisher.prepare(self._marked(commits), parent)

    def _marked(self, commits: Sequence[AuditCommit]) -> list[AuditCommit]:
        return [replace(each, marks={**self._mark, **each.marks}) for each in commits]

    def recover(self) -> tuple[str, ...]:
        """Finish or take back what a killed record left."""
        with _told():
            return self._publisher.recover()

    def restore_branch(self, commit: CommitId) -> None:
        """Make the missing branch again."""
        with _told():
            found = git_state.branch_head(self._places.common_dir)
            if found is not None:
                raise HeadMoved(commit, found)
            nothing = "0" * len(commit)
            reason = "dispatchd: bring the branch back"
            self._runner.ask("update-ref", "--create-reflog", "-m", reason, BRANCH_REF, commit, nothing)

    def busy(self) -> str | None:
        """Why nothing may be read or written in the tree just now."""
        with _told():
            return self._publisher.taken_by()

    def relation(self, old: CommitId, new: CommitId) -> HeadRelation:
        """How *new* stands to *old*."""
        with _told():
            return git_state.relation(self._runner, old, new)

    def merge_base(self, one: CommitId, other: CommitId) -> CommitId | None:
        """The newest commit in the past of both."""
        with _told():
            return git_state.merge_base(self._runner, one, other)

    def commits_between(self, old: CommitId | None, new: CommitId) -> tuple[ForeignCommit, ...]:
        """What *new* holds and *old* does not, parents before children."""
        with _told():
            return foreign_commits.commits_between(self._runner, old, new)

    def signer_of(self, commit: CommitId) -> str | None:
        """The e-mail of whoever signed *commit*."""
        places = self._places
        distrusted = [places.tree, places.common_dir]
        if places.main_worktree is not None:
            distrusted.append(places.main_worktree)
        with _told():
            return signatures.signer_of(self._runner, commit, distrusted)

    def read(self, commit: CommitId, path: DocumentPath) -> bytes | None:
        """The bytes of *path* in *commit*."""
        with _told():
            return reading.read_file(self._runner, commit, path)

    def read_blob(self, blob: BlobId) -> bytes | None:
        """The bytes of *blob*."""
        return self.read_blobs((blob,)).get(blob)

    def read_blobs(self, blobs: Sequence[BlobId]) -> Mapping[BlobId, bytes]:
        """The bytes of those of *blobs* that are here."""
        with _told():
            return reading.read_blobs(self._runner, blobs)

    def tree_at(self, commit: CommitId) -> Mapping[DocumentPath, BlobId]:
        """Every file of *commit*."""
        with _told():
            return reading.tree_at(self._runner, commit)

    def versions_of(self, path: DocumentPath, limit: int) -> tuple[FileVersion, ...]:
        """The last versions of *path*, newest first."""
        with _told():
            return foreign_commits.versions_of(self._runner, self.head(), path, limit)

    def made_here(self, commits: Sequence[ForeignCommit]) -> frozenset[CommitId]:
        """The commits that the branch's reflog or our own ledger shows us putting there."""
        with _told():
            runs = ledger.runs_believed(self._runner, self._places.common_dir)
            return self._made(commits, runs)

    def _made(self, commits: Sequence[ForeignCommit], runs: Sequence[Run]) -> frozenset[CommitId]:
        return self._recorded(commits, runs) | reflog.believed(self._places.private_dir, commits)

    def _recorded(self, commits: Sequence[ForeignCommit], runs: Sequence[Run]) -> frozenset[CommitId]:
        here = reflog.made_here(self._places.common_dir, commits)
        return here | ledger.made_in_runs(self._runner, runs, commits)

    def decided_here(self, head: CommitId) -> Decided:
        """What was made here, whatever became of it, and what moved home."""
        with _told():
            runs = ledger.runs_believed(self._runner, self._places.common_dir)
            also = (ledger.LEDGER_REF,) if runs else ()
            commits = foreign_commits.commits_between(self._runner, None, head, also)
            here = self._made(commits, runs)
            ours = self._recorded(commits, runs)
            gone = ledger.let_go(self._runner, runs, head)
            last = next((run.end for run in runs if run.end not in gone), None)
            lost = last is not None and git_state.relation(self._runner, last, head) is HeadRelation.TRAVELLED
        commits = tuple(each for each in commits if each.oid not in gone)
        # A daemon's commit counts if it is known here, whatever else it says of itself; home is moved by people's.
        found = tuple(each for each in commits if (each.oid in here if each.is_own else each.home))
        line = [each.oid for each in found if each.on_first_parent_line and each.is_own and each.oid in here]
        # Where the branch was led away from what was made here last, that is where it is to be followed from.
        end = last if lost else next(reversed(line), None)
        believed = frozenset(each.oid for each in found if each.is_own) - ours
        return Decided(commits=found, end=end, believed=believed)

    def last_made(self) -> CommitId | None:
        """The end of the ledger's newest run that was not let go of."""
        with _told():
            head = git_state.branch_head(self._places.common_dir)
            newest = ledger.runs_believed(self._runner, self._places.common_dir, most=1)
            gone = ledger.let_go(self._runner, newest, head) if newest and head else frozenset[CommitId]()
            if newest and newest[0].end in gone:
                newest = ledger.runs_believed(self._runner, self._places.common_dir)
        return next((run.end for run in newest if run.end not in gone), None)

    def index_mark(self) -> str:
        """The index file's identity and times: git writes a new file for every change."""
        with _told():
            try:
                found = (self._places.admin_dir / "index").stat()
            except FileNotFoundError:
                return ""
        return f"{found.st_ino}:{found.st_size}:{found.st_mtime_ns}"

    def carried_by_git(self, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
        """Where the index holds these bytes, and the branch has held them."""
        with _told():
            staged = foreign_commits.standing_in_index(self._runner, contents)
            candidates = {path: contents[path] for path in staged}
            return foreign_commits.standing_in_history(self._runner, self.head(), candidates)

    def standing_in_history(self, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
        """Where the branch has held these bytes."""
        with _told():
            return foreign_commits.standing_in_history(self._runner, self.head(), contents)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except GitFailedError as error:
        raise AuditError(str(error)) from error
    except OSError as error:
        raise AuditError(f"the audit log could not be read or written: {error}") from error


_port: type[AuditLog] = GitAuditLog
