"""Writes the lists of large folders ahead of a commit, because fast-import takes them apart entry by entry.

Of 100,000 files in one folder git keeps one list of 4.6 MB. Where few of them change it is cheaper to change those
bytes than to have them parsed, sorted, compared and packed. Everything else about a commit, folders within such a folder
included, is left to fast-import; what does not fit is told by None and made as ever.
"""

from collections.abc import Mapping, Sequence
from typing import Final, NewType

from dispatchd.adapters.git.commit_stream import folder_of, path_bytes
from dispatchd.adapters.git.folder_patch import patched
from dispatchd.adapters.git.objects import blob_id
from dispatchd.adapters.git.reading import read_folders
from dispatchd.adapters.git.runner import GitRunner
from dispatchd.application.ports.audit_log import AuditCommit, CommitId
from dispatchd.domain.identifiers import DocumentPath

TreeId = NewType("TreeId", str)
Folders = Mapping[DocumentPath, TreeId]
"""Folders of one commit and the objects they are to be."""

LARGE: Final = 256 * 1024
"""Bytes of a folder's list, some 5,600 files: from 4,500 on this costs less than what it saves."""
MOST_LISTS: Final = 8
"""Lists to write for one batch of commits; beyond that one fast-import for all of them is cheaper."""


def folders_ahead(
    runner: GitRunner, commits: Sequence[AuditCommit], parent: CommitId, settings: Sequence[str]
) -> tuple[Folders, ...] | None:
    """For each of *commits* on *parent* the large folders it changes, written with *settings* of git; None: it has none,
    or they change in another way than by a few files of their own. Nothing refers to them yet.
    """
    holding = {path: folder_of(path) for commit in commits for path in commit.changes}
    asked = sorted({folder for folder in holding.values() if folder})
    found = read_folders(runner, parent, asked)
    large = {folder: listing for folder, listing in found.items() if len(listing) >= LARGE}
    touched = [{holding[path] for path in commit.changes} & large.keys() for commit in commits]
    if not 0 < sum(map(len, touched)) <= MOST_LISTS or any(_is_within(path, large) for path in holding):
        return None
    ahead: list[Folders] = []
    for commit, folders in zip(commits, touched, strict=True):
        for folder in folders:
            large[folder] = _after(large[folder], folder, commit, parent)
            if not large[folder]:
                return None  # git keeps no empty folders
        ahead.append({folder: _write(runner, large[folder], settings) for folder in sorted(folders)})
    return tuple(ahead)


def _is_within(path: DocumentPath, large: Mapping[DocumentPath, bytes]) -> bool:
    """Whether *path* is below a folder of one of *large*, or takes the place of one."""
    return any(
        f"{folder}/".startswith(f"{path}/") or (path.startswith(f"{folder}/") and folder_of(path) != folder)
        for folder in large
    )


def _after(listing: bytes, folder: DocumentPath, commit: AuditCommit, like: CommitId) -> bytes:
    """The *listing* of *folder* as it is after *commit*."""
    files = {
        path_bytes(path).rpartition(b"/")[2]: None
        if content is None
        else bytes.fromhex(blob_id(content, like))
        for path, content in commit.changes.items()
        if folder_of(path) == folder
    }
    return patched(listing, files, len(like) // 2)


def _write(runner: GitRunner, listing: bytes, settings: Sequence[str]) -> TreeId:
    # Git looks whether it is a list that it could have made, and freshens one that it has.
    answer = runner.feed("hash-object", "-t", "tree", "-w", "--stdin", stdin=listing, settings=settings)
    return TreeId(answer.line)
