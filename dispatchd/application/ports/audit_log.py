"""The branch that tells what happened: what is written to it, and what is read back from it.

It decides the shape of a commit and which failures a caller can tell apart. When to commit, by whom and with
which events is left to the audit loop; what a person's commit means is left to reconcile.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from typing import Final, NewType, Protocol

from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.errors import DispatchdError
from dispatchd.domain.identifiers import DocumentPath

CommitId = NewType("CommitId", str)
BlobId = NewType("BlobId", str)

EVENT_TRAILER: Final = "Dispatch-Event"
CLONE_TRAILER: Final = "Dispatch-Clone"
"""Names the clone in a commit that its daemon made for its person: nothing was decided by it."""
HOME_TRAILER: Final = "Dispatch-Home"
"""Names the clone that decides from this commit on."""
COMMITTER_NAME: Final = DAEMON.name
COMMITTER_EMAIL: Final = DAEMON.email


class AuditError(DispatchdError):
    """Git could not do what the audit log asked; the message says what, why and what to do next."""


class HeadMoved(AuditError):  # noqa: N818  named for what happened, as its caller reads it
    """Somebody else committed, or moved or deleted the branch (found is None), since *expected* was read."""

    def __init__(self, expected: CommitId, found: CommitId | None) -> None:
        super().__init__(f"{BRANCH_REF} moved from {expected} to {found or 'nothing'}; nothing was written")
        self.expected = expected
        self.found = found


class IndexLocked(AuditError):  # noqa: N818  as above
    """Another git command holds the tree's index; it is waited for, its lock is never removed."""

    def __init__(self, holder: str, since: datetime) -> None:
        super().__init__(f"{holder} holds the index of .dispatch since {since:%Y-%m-%d %H:%M:%SZ}")
        self.holder = holder
        self.since = since


class TreeBusy(AuditError):  # noqa: N818  as above
    """A merge, a rebase or the like is open in the tree, so nothing may be committed over it."""


class BranchMissing(AuditError):  # noqa: N818  as above
    """The branch is gone; `restore_branch` brings it back where the caller last knew it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who, and when; *at* carries its zone."""

    name: str
    email: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCommit:
    """One commit to make: by whom, what it says, the events it stands for, and the bytes agreed on for its paths.

    Each of *trailers* is one line and becomes one `Dispatch-Event:`. A path that maps to None is removed. *changes* are
    against the first parent, also where *merges* names a second one. *committer* None is dispatchd itself.
    """

    author: Signature
    subject: str
    body: str = ""
    trailers: tuple[str, ...] = ()
    changes: Mapping[DocumentPath, bytes | None]
    merges: CommitId | None = None
    committer: Signature | None = None
    marks: Mapping[str, str] = field(default_factory=dict)
    """Further lines at the message's end, by name: `CLONE_TRAILER`, `HOME_TRAILER`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """What a commit did to one file, against its first parent; None is absent."""

    path: DocumentPath
    old: BlobId | None
    new: BlobId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignCommit:
    """A commit as found on the branch, whoever made it."""

    oid: CommitId
    parents: tuple[CommitId, ...]
    author: Signature
    committer: Signature
    subject: str
    events: tuple[str, ...]
    is_revert: bool
    on_first_parent_line: bool
    """False for what a merge brought in from the side."""
    changes: tuple[FileChange, ...]
    clone: str = ""
    """The clone whose daemon made it, for its person or, at home, for itself; empty for any other commit."""
    home: str = ""
    """The clone that it makes the one that decides."""

    @property
    def is_merge(self) -> bool:
        """Whether it has more than one parent."""
        return len(self.parents) > 1

    @property
    def is_own(self) -> bool:
        """Whether a daemon, here or in another clone, says it committed this."""
        return self.committer.email == COMMITTER_EMAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Commits of daemons, parents before children, and the newest that this repository's own made; None: it made none.

    `believed` are those that no record of ours shows us making: daemons' of clones that decided before this one.
    """

    commits: tuple[ForeignCommit, ...]
    end: CommitId | None
    believed: frozenset[CommitId] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileVersion:
    """The bytes a file had after one commit; None where that commit removed it."""

    commit: CommitId
    blob: BlobId | None


class HeadRelation(StrEnum):
    """How a new head stands to the one known before."""

    SAME = "same"
    DESCENDS = "descends"
    TRAVELLED = "travelled"


class AuditLog(Protocol):
    """The audit branch of one workspace. One caller at a time, but for `prepare`; calls block for as long as git takes."""

    def head(self) -> CommitId:
        """The newest commit of the branch. Cheap enough to ask on every round. Raises BranchMissing."""
        ...

    def record(
        self, commits: Sequence[AuditCommit], parent: CommitId, onto: CommitId | None = None
    ) -> tuple[CommitId, ...]:
        """Append *commits* to *parent*, all or none, and return their ids in order.

        With *onto*, the branch, which stands at *parent*, is moved there first: to what came from elsewhere.

        Only the named paths change, in the commits and in the tree's index: what a person has staged stays
        staged. The files themselves are not written. After HeadMoved, IndexLocked, TreeBusy or BranchMissing the
        branch and the index are as they were. After a plain AuditError (disk full, git broken) ask `head` again,
        as after a crash: the batch may stand on the branch, its index being brought along by the next call.
        """
        ...

    def prepare(self, commits: Sequence[AuditCommit], parent: CommitId) -> None:
        """Do ahead what of the next `record` of just these *commits* on *parent* touches neither the branch nor the index.

        Alone of all calls it may run beside others: they may find the branch moved meanwhile, or staged files, and the
        record then does again what no longer fits. Nothing has to follow it. It never says that git failed: `record` does.
        """
        ...

    def recover(self) -> tuple[str, ...]:
        """Finish or take back what a killed `record` left; says in words what was mended. Idempotent."""
        ...

    def restore_branch(self, commit: CommitId) -> None:
        """Make the missing branch again at *commit*; a branch that stands is left alone (HeadMoved)."""
        ...

    def busy(self) -> str | None:
        """Why nothing may be read or written in the tree just now (git works there), or None."""
        ...

    def relation(self, old: CommitId, new: CommitId) -> HeadRelation:
        """Whether *new* holds *old* in its past; an *old* that is gone from the repository counts as travelled."""
        ...

    def merge_base(self, one: CommitId, other: CommitId) -> CommitId | None:
        """The newest commit in the past of both, or None."""
        ...

    def commits_between(self, old: CommitId | None, new: CommitId) -> tuple[ForeignCommit, ...]:
        """What *new* holds and *old* does not (None: everything), parents before children, merged lines included."""
        ...

    def signer_of(self, commit: CommitId) -> str | None:
        """The e-mail of whoever signed *commit*, by keys that the person at this machine trusts; None else.

        What the repository or the tree says about keys and programs is not believed.
        """
        ...

    def read(self, commit: CommitId, path: DocumentPath) -> bytes | None:
        """The bytes of *path* in *commit*, or None where it is no file there."""
        ...

    def read_blob(self, blob: BlobId) -> bytes | None:
        """The bytes of *blob*, or None if the repository does not have it."""
        ...

    def read_blobs(self, blobs: Sequence[BlobId]) -> Mapping[BlobId, bytes]:
        """The bytes of those of *blobs* that the repository has, in one go."""
        ...

    def tree_at(self, commit: CommitId) -> Mapping[DocumentPath, BlobId]:
        """Every file of *commit*."""
        ...

    def versions_of(self, path: DocumentPath, limit: int) -> tuple[FileVersion, ...]:
        """The last *limit* versions of *path* on the branch, newest first."""
        ...

    def made_here(self, commits: Sequence[ForeignCommit]) -> frozenset[CommitId]:
        """Those of *commits* that `record` put on the branch in this repository, as git's own log of the branch says.
        What came by a pull is not among them, whoever it says it is by; but for what daemons made before this clone
        became the one that decides.
        """
        ...

    def decided_here(self, head: CommitId) -> Decided:
        """All that was decided, as far as this repository's own records tell: what `record` ever put on the branch,
        whatever became of the branch since, and those commits in the past of *head* that moved home. What was let go
        of when another clone became home, and all that was made here before, counts only where *head* holds it.
        """
        ...

    def last_made(self) -> CommitId | None:
        """The commit that `record` made last in this repository, whatever became of the branch, but for what was let go
        of; None if it is not known. Cheap enough to ask at every start.
        """
        ...

    def index_mark(self) -> str:
        """Something that differs after every change of the tree's index, ours or anybody's. Cheap."""
        ...

    def carried_by_git(self, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
        """Of `standing_in_history`, those that the tree's index holds as well: what a checkout, a stash or a restore
        puts there. A command that only refreshes the index carries nothing.
        """
        ...

    def standing_in_history(self, contents: Mapping[DocumentPath, bytes]) -> frozenset[DocumentPath]:
        """The paths of *contents* at which some commit of the branch holds exactly these bytes."""
        ...
