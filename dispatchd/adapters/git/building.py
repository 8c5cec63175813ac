"""Makes the objects of commits by one fast-import, where they hang from a reference of their own until they are published.

Neither the branch nor the index is touched here. How text becomes a commit is commit_stream's, when to build and what
becomes of it is publishing's.
"""

from collections.abc import Sequence
from typing import Final

from dispatchd.adapters.git.commit_stream import import_stream
from dispatchd.adapters.git.large_folders import Folders, folders_ahead
from dispatchd.adapters.git.layout import first_line
from dispatchd.adapters.git.ledger import LEDGER_REF, Run, ledger_stream, newest_run, run_after
from dispatchd.adapters.git.runner import GitFailedError, GitRunner
from dispatchd.application.ports.audit_log import AuditCommit, CommitId
from dispatchd.application.ports.repository import RepositoryPlaces
from dispatchd.domain.dataclass import dataclass

# What the database holds as committed must outlive a power cut; git by itself does not sync loose objects.
DURABLE: Final = ("core.fsync=loose-object,pack,pack-metadata,reference", "core.fsyncMethod=batch")
# Up to so many objects fast-import unpacks again at once; compressing them for that moment is half its work.
UNPACK_LIMIT: Final = 100
BUILD_SETTINGS: Final = (*DURABLE, "pack.compression=0", f"fastimport.unpackLimit={UNPACK_LIMIT}")
# The list of a large folder is written as it is: nearly half of it is ids, and to compress the rest would take longer
# than all else. It is compressed when objects are gathered.
LISTING_SETTINGS: Final = (*DURABLE, "core.looseCompression=0")
LARGE_INDEX: Final = 512 * 1024
"""Bytes of the tree's index, some 5,000 files, below which no folder of it is large."""
# While git collects garbage a loose object that nothing refers to yet may go; fast-import keeps its pack until then.
PACKED_SETTINGS: Final = (*DURABLE, "fastimport.unpackLimit=0")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """Commits that are made and stand nowhere yet, and the entry of the ledger about them."""

    commits: tuple[CommitId, ...] = ()
    entry: CommitId | None = None
    entry_before: CommitId | None = None
    """Where the ledger stands."""
    run: Run | None = None


class Builder:
    """Makes commits in the repository at *places*, and the ledger's entries about them."""

    def __init__(self, places: RepositoryPlaces, runner: GitRunner) -> None:
        self._places = places
        self._runner = runner
        self._run: Run | None = None
        """The ledger's newest run, as last seen."""

    def note(self, built: Built | None) -> None:
        """*built* stands on the branch now; None: nobody knows what does."""
        self._run = built.run if built is not None else None

    def build(self, commits: Sequence[AuditCommit], parent: CommitId, *, is_noted: bool) -> Built:
        """Make the objects; where *is_noted*, with the ledger's entry that says they were made here."""
        at = commits[-1].author.at
        known = self._newest_run() if is_noted else None
        note = ledger_stream(known, parent, len(commits), at) if is_noted else b""
        made = self._import_all(commits, parent, note)
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

    def _import_all(
        self, commits: Sequence[AuditCommit], parent: CommitId, note: bytes
    ) -> tuple[CommitId, ...]:
        small = _is_small(commits)
        made: tuple[CommitId, ...] = ()
        if not self._is_collecting():
            ahead = self._folders_ahead(commits, parent) if small else None
            stream = import_stream(commits, parent, note, ahead)
            made = self._import(stream, BUILD_SETTINGS if small else DURABLE)
        if not made or (small and self._is_collecting()):
            made = self._import(import_stream(commits, parent, note), PACKED_SETTINGS)
        return made

    def _folders_ahead(self, commits: Sequence[AuditCommit], parent: CommitId) -> tuple[Folders, ...] | None:
        """Large folders of *commits*, written; a small tree has none, and to ask costs a process.

        What cannot be done ahead is done by fast-import, which says why if it cannot either.
        """
        try:
            if (self._places.admin_dir / "index").stat().st_size < LARGE_INDEX:
                return None
            return folders_ahead(self._runner, commits, parent, LISTING_SETTINGS)
        except (FileNotFoundError, GitFailedError, ValueError):
            return None

    def _import(self, stream: bytes, settings: Sequence[str]) -> tuple[CommitId, ...]:
        options = ("--quiet", "--force", "--date-format=raw")
        answer = self._runner.feed("fast-import", *options, stdin=stream, settings=settings)
        return tuple(CommitId(line) for line in answer.stdout.decode("ascii").split("\n") if line)

    def _is_collecting(self) -> bool:
        """Whether git collects garbage, or says so; to be careful without need costs a pack."""
        return (self._places.common_dir / "gc.pid").exists()


def _is_small(commits: Sequence[AuditCommit]) -> bool:
    # A commit, its root and two or three folders, and its files.
    return sum(5 + len(commit.changes) for commit in commits) < UNPACK_LIMIT
