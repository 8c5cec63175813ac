"""Changes the tree's index for our paths alone, under a lock that is provably ours.

The lock is a hard link of a token file of ours to git's own `index.lock`: equal inodes mean ours, after a crash too,
and another's is never removed. The token carries a note of the commits that are being put in place, so that a killed
run can be finished. What goes into the patch, and when, is audit_branch's to say.
"""

import contextlib
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import CommitId, IndexLocked
from dispatchd.domain.dataclass import dataclass

_TOKEN: Final = "dispatchd-lock"  # noqa: S105  a file's name
_PRIVATE: Final = "dispatchd-index"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """What is being put in place: the branch goes from *parent* to *tip*."""

    parent: CommitId
    tip: CommitId
    is_built: bool = True
    """Whether there are commits that nothing but the pending reference holds yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStamp:
    """What tells one state of the index file from another; git replaces the file whenever it writes it."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


class TreeIndex:
    """The index of the tree's worktree."""

    def __init__(self, admin_dir: Path, runner: GitRunner) -> None:
        self._runner = runner
        self._index = admin_dir / "index"
        self._lock = admin_dir / "index.lock"
        self._token = admin_dir / _TOKEN
        self._private = admin_dir / _PRIVATE

    def lock_holder(self) -> IndexLocked | None:
        """Who else holds the lock, if anybody does."""
        try:
            found = self._lock.lstat()
        except FileNotFoundError:
            return None
        if self._is_token(found):
            return None
        since = datetime.fromtimestamp(found.st_mtime, UTC)
        return IndexLocked(f"another git command ({self._lock})", since)

    def is_ours(self) -> bool:
        """Whether we hold the lock, from this run or from one that was killed."""
        try:
            return self._is_token(self._lock.lstat())
        except FileNotFoundError:
            return False

    def acquire(self, journal: Journal) -> None:
        """Take the lock, noting what for; raises IndexLocked if another has it."""
        self._write_token(json.dumps({"parent": journal.parent, "tip": journal.tip, "pid": os.getpid()}))
        try:
            os.link(self._token, self._lock)
        except FileExistsError:
            holder = self.lock_holder()
            raise holder or IndexLocked("another run of dispatchd", datetime.fromtimestamp(0, UTC)) from None

    def release(self) -> None:
        """Say that it is done, whatever it was, and give the lock back if it is ours."""
        ours = self.is_ours()
        if self._token.exists() and self._token.stat().st_size:
            self._write_token("")
        if ours:
            self._lock.unlink()

    def journal(self) -> Journal | None:
        """What was being put in place and was not said to be done."""
        try:
            noted = json.loads(self._token.read_text())
            return Journal(parent=CommitId(noted["parent"]), tip=CommitId(noted["tip"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def prepare(self, patch: bytes, parent: CommitId) -> IndexStamp | None:
        """Make the index that is to be: a copy of the present one with *patch*; returns what it was made from."""
        stamp = self.stamp()
        variables = {"GIT_INDEX_FILE": str(self._private)}
        self.discard()
        if stamp is None:
            # A tree without an index would read as everything deleted.
            self._runner.feed("read-tree", parent, stdin=b"", variables=variables)
        else:
            # With its times: by them git knows which entries it must not trust.
            shutil.copy2(self._index, self._private)
        self._runner.feed("update-index", "-z", "--index-info", stdin=patch, variables=variables)
        return stamp

    def install(self) -> None:
        """Put the prepared index in place of the present one; the lock must be held."""
        self._private.replace(self._index)

    def discard(self) -> bool:
        """Remove what a preparation left; whether there was anything."""
        found = False
        for path in (self._private, self._private.with_name(f"{_PRIVATE}.lock")):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
                found = True
        return found

    def stamp(self) -> IndexStamp | None:
        """The present state of the index file; None if there is none."""
        try:
            seen = self._index.stat()
        except FileNotFoundError:
            return None
        return IndexStamp(
            inode=seen.st_ino, size=seen.st_size, mtime_ns=seen.st_mtime_ns, ctime_ns=seen.st_ctime_ns
        )

    def _is_token(self, found: os.stat_result) -> bool:
        try:
            token = self._token.lstat()
        except FileNotFoundError:
            return False
        return (token.st_dev, token.st_ino) == (found.st_dev, found.st_ino)

    def _write_token(self, text: str) -> None:
        descriptor = os.open(self._token, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        try:
            os.write(descriptor, text.encode())
            if text:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
