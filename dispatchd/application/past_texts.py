"""The texts that files have had, as the branch tells them: what a lost database knew about earlier saves and renderings.

Only the newest of each path are read; whose document a text was is for others to say.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from dispatchd.application.ports.audit_log import (
    AuditLog,
    BlobId,
    CommitId,
    FileChange,
    ForeignCommit,
    Signature,
)
from dispatchd.application.ports.unit_of_work import TextSource
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.actors import DAEMON_EMAIL
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath

MOST: Final = 20
"""Versions of one path: as many as a database keeps of a document."""
NO_DOCUMENT: Final = frozenset({PathRole.IGNORED, PathRole.RENDERED, PathRole.MISPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one commit left at a path."""

    path: DocumentPath
    content: bytes
    source: TextSource
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A text that somebody's commit, and no daemon's, left at a path where *before* stood."""

    path: DocumentPath
    before: bytes
    content: bytes
    author: Signature


@dataclass(frozen=True, slots=True, kw_only=True)
class PastTexts:
    """Versions, oldest first, the files as they stand in the end, and what strangers' commits wrote, however long ago."""

    versions: tuple[Version, ...]
    standing: Mapping[DocumentPath, bytes]
    strangers: tuple[Words, ...] = ()


def read_past(
    log: AuditLog, end: CommitId, decided: frozenset[CommitId], is_stranger: Callable[[Signature], bool]
) -> PastTexts:
    """The texts of the history up to *end*, of which *decided* are this daemon's own commits."""
    strangers: list[tuple[FileChange, Signature]] = []
    newest: dict[DocumentPath, deque[tuple[int, FileChange, ForeignCommit]]] = defaultdict(
        lambda: deque(maxlen=MOST)
    )
    for number, commit in enumerate(log.commits_between(None, end)):
        by_stranger = commit.oid not in decided and is_stranger(commit.author)
        for change in commit.changes:
            if change.new is not None and _is_kept(change.path):
                known = newest[change.path]
                if by_stranger and not (commit.is_merge and _is_among(known, change.new)):
                    strangers.append((change, commit.author))
                known.append((number, change, commit))
    kept = sorted((each for versions in newest.values() for each in versions), key=lambda each: each[0])
    tree = {path: blob for path, blob in log.tree_at(end).items() if _is_kept(path)}
    theirs = [blob for change, _ in strangers for blob in (change.old, change.new)]
    wanted = [*(change.new for _, change, _ in kept), *tree.values(), *theirs]
    blobs = log.read_blobs(list(dict.fromkeys(blob for blob in wanted if blob is not None)))
    return PastTexts(
        versions=tuple(_versions(kept, blobs, decided)),
        standing={path: blobs[blob] for path, blob in tree.items() if blob in blobs},
        strangers=tuple(_words(strangers, blobs)),
    )


def _is_among(known: Iterable[tuple[int, FileChange, ForeignCommit]], blob: BlobId) -> bool:
    """Whether a merge only brought what another commit wrote."""
    return any(change.new == blob for _, change, _ in known)


def _words(changes: Sequence[tuple[FileChange, Signature]], blobs: Mapping[BlobId, bytes]) -> Iterator[Words]:
    for change, author in changes:
        # Of a file that a commit brought, an event says whose it is.
        if change.old is not None and change.new is not None and {change.old, change.new} <= blobs.keys():
            yield Words(path=change.path, before=blobs[change.old], content=blobs[change.new], author=author)


def _is_kept(path: DocumentPath) -> bool:
    return role_of(path) not in NO_DOCUMENT


def _versions(
    kept: Sequence[tuple[int, FileChange, ForeignCommit]],
    blobs: Mapping[BlobId, bytes],
    decided: frozenset[CommitId],
) -> Iterator[Version]:
    for _, change, commit in kept:
        if change.new is not None and change.new in blobs:
            yield Version(
                path=change.path,
                content=blobs[change.new],
                source=_source(commit, is_own=commit.oid in decided),
                at=commit.author.at,
            )


def _source(commit: ForeignCommit, *, is_own: bool) -> TextSource:
    if not is_own:
        return TextSource.COMMITTED
    return TextSource.RENDERED if commit.author.email == DAEMON_EMAIL else TextSource.INGESTED
