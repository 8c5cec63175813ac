"""Puts commits on the audit branch and into the tree's index, both or neither, without touching anybody's work.

Objects are built first, by one fast-import. Then, under the index's lock and as short as can be, the branch is moved
by compare and swap and the index replaced by one in which only our paths differ. A run killed anywhere between is
finished or taken back by `recover`. How text becomes a commit is commit_stream's, the lock and the index tree_index's.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from dispatchd.adapters.git import git_state
from dispatchd.adapters.git.commit_stream import (
    PENDING_REF,
    final_blobs,
    import_stream,
    index_patch,
    one_line,
)
from dispatchd.adapters.git.foreign_commits import changes_between
from dispatchd.adapters.git.layout import first_line
from dispatchd.adapters.git.ledger import (
    LEDGER_REF,
    PENDING_LEDGER_REF,
    Run,
    ledger_stream,
    newest_run,
    run_after,
)
from dispatchd.adapters.git.reading import index_at
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.adapters.git.tree_index import IndexStamp, Journal, TreeIndex
from dispatchd.application.ports.audit_log import (
    AuditCommit,
    AuditError,
    BlobId,
    BranchMissing,
    CommitId,
    HeadMoved,
    HeadRelation,
    TreeBusy,
)
from dispatchd.application.ports.branch_names import BRANCH_REF
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.identifiers import DocumentPath

# What the database holds as committed must outlive a power cut; git by itself does not sync loose objects.
DURABLE: Final = ("core.fsync=loose-object,pack,pack-metadata,reference", "core.fsyncMethod=batch")
# Up to so many objects fast-import unpacks again at once; compressing them for that moment is half its work.
UNPACK_LIMIT: Final = 100
BUILD_SETTINGS: Final = (*DURABLE, "pack.compression=0", f"fastimport.unpackLimit={UNPACK_LIMIT}")
# While git collects garbage a loose object that nothing refers to yet may go; fast-import keeps its pack until then.
PACKED_SETTINGS: Final = (*DURABLE, "fastimport.unpackLimit=0")
GONE: Final = "the branch `dispatch` is gone; nothing is written until it is back"


_HALF_MADE: Final = (
    (PENDING_REF, "removed commits that were built but never put on the branch"),
    (PENDING_LEDGER_REF, "removed a note about commits that never came onto the branch"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Commits that are made and stand nowhere yet, and the entry of the ledger about them."""

    commits: tuple[CommitId, ...] = ()
    entry: CommitId | None = None
    entry_before: CommitId | None = None
    """Where the ledger stands."""
    run: Run | None = None


class Publisher:
    """Writes to the branch and the index of one workspace.

    *at_step* is called between the steps of a record with the step's name; what it raises leaves everything as a kill
    at that point would.
    """

    def __init__(self, places: RepositoryPlaces, runner: GitRunner, at_step: Callable[[str], None]) -> None:
        self._places = places
        self._runner = runner
        self._index = TreeIndex(places.admin_dir, runner)
        self._at_step = at_step
        self._run: Run | None = None
        """The ledger's newest run, as last seen."""

    def record(
        self, commits: Sequence[AuditCommit], parent: CommitId, onto: CommitId | None = None
    ) -> tuple[CommitId, ...]:
        """Append *commits* to *parent*, or to *onto*, to which the branch is moved."""
        if self._index.is_ours() or self._index.journal() is not None:
            self.recover()
        self._refuse_if_taken(parent)
        start = onto or parent
        carried = {change.path: change.new for change in changes_between(self._runner, parent, start)}
        patch = index_patch(carried | final_blobs(commits, parent), len(parent))
        try:
            # Git works on the objects and on the index at the same time: a blob's id is known beforehand.
            with ThreadPoolExecutor(max_workers=1) as aside:
                prepared = aside.submit(self._index.prepare, patch, parent)
                built = self._build(commits, start, is_noted=onto is None) if commits else Built()
                stamp = prepared.result()
            self._at_step("built")
            tip = built.commits[-1] if built.commits else start
            journal = Journal(parent=parent, tip=tip, is_built=bool(built.commits))
            self._publish(journal, patch, stamp, _reason(commits, onto), built)
        except (GitFailedError, AuditError, OSError):
            self._run = None
            self.recover()
            raise
        return built.commits

    def recover(self) -> tuple[str, ...]:
        """Finish or take back what a killed or failed record left; what was mended, in words."""
        mended = self._finish()
        if self._index.discard():
            mended += ("removed a half-made index of the tree",)
        for reference, what in _HALF_MADE:
            pending = self._runner.ask("rev-parse", "--verify", "--quiet", reference, accept=(0, 1))
            if pending.exit_code == 0:
                self._runner.ask("update-ref", "-d", reference, pending.line)
                mended += (what,)
        return mended

    def taken_by(self) -> str | None:
        """Which git command or operation is under way in the tree."""
        holder = self._index.lock_holder()
        return git_state.open_operation(self._places.admin_dir) or (str(holder) if holder else None)

    def _refuse_if_taken(self, parent: CommitId) -> None:
        holder = self._index.lock_holder()
        if holder is not None:
            raise holder
        found = git_state.branch_head(self._places.common_dir)
        if found is None:
            raise BranchMissing(GONE)
        self._refuse_if_open()
        if found != parent:
            raise HeadMoved(parent, found)

    def _refuse_if_open(self) -> None:
        reason = git_state.open_operation(self._places.admin_dir)
        if reason is not None:
            raise TreeBusy(reason)

    def _build(self, commits: Sequence[AuditCommit], parent: CommitId, *, is_noted: bool) -> Built:
        """Make the objects; where *is_noted*, with the ledger's entry that says they were made here."""
        at = commits[-1].author.at
        known = self._newest_run() if is_noted else None
        note = ledger_stream(known, parent, len(commits), at) if is_noted else b""
        made = self._import_all(commits, import_stream(commits, parent, note))
        if not is_noted:
            return Built(commits=made)
        *oids, entry = made
        run = run_after(known, entry, parent, oids[-1]) if known is not None else None
        return Built(commits=tuple(oids), entry=entry, entry_before=known.entry if known else None, run=run)

    def _newest_run(self) -> Run | None:
        """The ledger's newest run; read again only where somebody else, a command say, has written there since."""
        stands = first_line(self._places.common_dir / LEDGER_REF)
        if self._run is None or self._run.entry != stands:
            self._run = newest_run(self._runner)
        return self._run

    def _import_all(self, commits: Sequence[AuditCommit], stream: bytes) -> tuple[CommitId, ...]:
        small = _is_small(commits)
        made: tuple[CommitId, ...] = ()
        if not self._is_collecting():
            made = self._import(stream, BUILD_SETTINGS if small else DURABLE)
        if not made or (small and self._is_collecting()):
            made = self._import(stream, PACKED_SETTINGS)
        return made

    def _import(self, stream: bytes, settings: Sequence[str]) -> tuple[CommitId, ...]:
        options = ("--quiet", "--force", "--date-format=raw")
        answer = self._runner.feed("fast-import", *options, stdin=stream, settings=settings)
        return tuple(CommitId(line) for line in answer.stdout.decode("ascii").split("\n") if line)

    def _is_collecting(self) -> bool:
        """Whether git collects garbage, or says so; to be careful without need costs a pack."""
        return (self._places.common_dir / "gc.pid").exists()

    def _publish(
        self, journal: Journal, patch: bytes, stamp: IndexStamp | None, reason: str, built: Built
    ) -> None:
        self._index.acquire(journal)
        self._at_step("locked")
        self._refuse_if_open()
        if self._index.stamp() != stamp:
            # Somebody staged something since; what is held now can change no more.
            self._index.prepare(patch, journal.parent)
        self._move_branch(journal, reason, built)
        self._run = built.run
        self._at_step("moved")
        self._index.install()
        self._at_step("installed")
        self._index.release()

    def _move_branch(self, journal: Journal, reason: str, built: Built) -> None:
        before = built.entry_before or "0" * len(journal.parent)
        note = (
            f"update {LEDGER_REF} {built.entry} {before}",
            f"delete {PENDING_LEDGER_REF} {built.entry}",
        )
        lines = (
            "start",
            f"update {BRANCH_REF} {journal.tip} {journal.parent}",
            *((f"delete {PENDING_REF} {journal.tip}",) if journal.is_built else ()),
            *(note if built.entry is not None else ()),
            "prepare",
            "commit",
            "",
        )
        try:
            self._runner.feed(
                "update-ref", "-m", reason, "--stdin", stdin="\n".join(lines).encode(), settings=DURABLE
            )
        except GitFailedError:
            found = git_state.branch_head(self._places.common_dir)
            if found == journal.parent:
                raise
            if found != journal.tip:
                raise HeadMoved(journal.parent, found) from None

    def _finish(self) -> tuple[str, ...]:
        journal = self._index.journal()
        was_ours = self._index.is_ours()
        if journal is None or not self._is_on_branch(journal.tip):
            self._index.release()
            return ("gave back dispatchd's own lock on the tree's index",) if was_ours else ()
        if not was_ours:
            # The lock was removed by hand, as git advises, and a person may have used the index since.
            self._index.acquire(journal)
        patched = self._bring_index_along(journal, only_untouched=not was_ours)
        self._index.release()
        return (
            (f"brought the tree's index along with commit {journal.tip[:10]}",) if patched or was_ours else ()
        )

    def _is_on_branch(self, tip: CommitId) -> bool:
        head = git_state.branch_head(self._places.common_dir)
        return head is not None and git_state.relation(self._runner, tip, head) is not HeadRelation.TRAVELLED

    def _bring_index_along(self, journal: Journal, *, only_untouched: bool) -> bool:
        head = git_state.branch_head(self._places.common_dir) or journal.tip
        later = {change.path for change in changes_between(self._runner, journal.tip, head)}
        standing = index_at(self._runner)
        wanted: dict[DocumentPath, BlobId | None] = {}
        for change in changes_between(self._runner, journal.parent, journal.tip):
            entry = standing.get(change.path)
            is_behind = entry == change.old if only_untouched else entry != change.new
            if change.path not in later and is_behind:
                wanted[change.path] = change.new
        if wanted:
            self._index.prepare(index_patch(wanted, len(head)), journal.parent)
            self._index.install()
        return bool(wanted)


def _reason(commits: Sequence[AuditCommit], onto: CommitId | None) -> str:
    """What git's log of the branch says of the move; only what was made here may count as made here."""
    if onto is not None:
        return f"shared: taken over from {onto[:12]}"
    return f"dispatchd: {one_line(commits[-1].subject)}"


def _is_small(commits: Sequence[AuditCommit]) -> bool:
    # A commit, its root and two or three folders, and its files.
    return sum(5 + len(commit.changes) for commit in commits) < UNPACK_LIMIT
