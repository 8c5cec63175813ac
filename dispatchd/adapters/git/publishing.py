"""Puts commits on the audit branch and into the tree's index, both or neither, without touching anybody's work.

Objects and an index are made first, with nobody standing still for it. Then, under the index's lock and as short as
can be, the branch is moved by compare and swap and the index replaced by one in which only our paths differ. A run
killed anywhere between is finished or taken back by `recover`. How commits are made is building's, the lock and the
index tree_index's.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import RLock
from typing import Final

from dispatchd.adapters.git import git_state
from dispatchd.adapters.git.building import DURABLE, Builder, Built
from dispatchd.adapters.git.commit_stream import PENDING_REF, final_blobs, index_patch, one_line
from dispatchd.adapters.git.foreign_commits import changes_between
from dispatchd.adapters.git.ledger import LEDGER_REF, PENDING_LEDGER_REF
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
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

GONE: Final = "the branch `dispatch` is gone; nothing is written until it is back"


_HALF_MADE: Final = (
    (PENDING_REF, "removed commits that were built but never put on the branch"),
    (PENDING_LEDGER_REF, "removed a note about commits that never came onto the branch"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """All that can be done for a record before the lock is taken."""

    commits: Sequence[AuditCommit]
    parent: CommitId
    onto: CommitId | None
    patch: bytes
    stamp: IndexStamp | None
    """What the prepared index was made from."""
    built: Built


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
        self._builder = Builder(places, runner)
        self._ready: Ready | None = None
        """What was made ahead for the next record."""
        self._making = RLock()
        """There is one pending reference and one private index: whoever works with them is alone."""

    def prepare(self, commits: Sequence[AuditCommit], parent: CommitId) -> None:
        """Make ahead what a record of the same needs. What fails is left to that record, which says why."""
        with self._making:
            self._ready = None
            if self._is_unfinished():
                return
            try:
                self._refuse_if_taken(parent)
                self._ready = self._make(commits, parent, None)
            except (GitFailedError, AuditError, OSError):
                self._builder.note(None)

    def record(
        self, commits: Sequence[AuditCommit], parent: CommitId, onto: CommitId | None = None
    ) -> tuple[CommitId, ...]:
        """Append *commits* to *parent*, or to *onto*, to which the branch is moved."""
        with self._making:
            if self._is_unfinished():
                self.recover()
            ready, self._ready = self._ready, None
            try:
                self._refuse_if_taken(parent)
                if ready is None or (ready.commits, ready.parent, ready.onto) != (commits, parent, onto):
                    ready = self._make(commits, parent, onto)
                self._at_step("built")
                self._publish(ready)
            except (GitFailedError, AuditError, OSError):
                self._builder.note(None)
                self.recover()
                raise
            return ready.built.commits

    def recover(self) -> tuple[str, ...]:
        """Finish or take back what a killed or failed record left; what was mended, in words."""
        with self._making:
            self._ready = None
            mended = self._finish()
            if self._index.discard():
                mended += ("removed a half-made index of the tree",)
            for reference, what in _HALF_MADE:
                pending = self._runner.ask("rev-parse", "--verify", "--quiet", reference, accept=(0, 1))
                if pending.exit_code == 0:
                    self._runner.ask("update-ref", "-d", reference, pending.line)
                    mended += (what,)
            return mended

    def _is_unfinished(self) -> bool:
        return self._index.is_ours() or self._index.journal() is not None

    def _make(self, commits: Sequence[AuditCommit], parent: CommitId, onto: CommitId | None) -> Ready:
        start = onto or parent
        carried = {change.path: change.new for change in changes_between(self._runner, parent, start)}
        patch = index_patch(carried | final_blobs(commits, parent), len(parent))
        # Git works on the objects and on the index at the same time: a blob's id is known beforehand.
        with ThreadPoolExecutor(max_workers=1) as aside:
            prepared = aside.submit(self._index.prepare, patch, parent)
            built = self._builder.build(commits, start, is_noted=onto is None) if commits else Built()
            stamp = prepared.result()
        return Ready(commits=commits, parent=parent, onto=onto, patch=patch, stamp=stamp, built=built)

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

    def _publish(self, ready: Ready) -> None:
        built = ready.built
        tip = built.commits[-1] if built.commits else ready.onto or ready.parent
        journal = Journal(parent=ready.parent, tip=tip, is_built=bool(built.commits))
        self._index.acquire(journal)
        self._at_step("locked")
        self._refuse_if_open()
        if self._index.stamp() != ready.stamp:
            # Somebody staged something since; what is held now can change no more.
            self._index.prepare(ready.patch, journal.parent)
        self._move_branch(journal, _reason(ready.commits, ready.onto), built)
        self._builder.note(built)
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
