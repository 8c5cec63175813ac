"""The few git objects whose ids are known without asking git: blobs, the empty tree, the common root commit."""

import hashlib
from typing import Final

from dispatchd.application.ports.audit_log import COMMITTER_EMAIL, COMMITTER_NAME, BlobId, CommitId

_SHA1_DIGITS: Final = 40
_ROOT_IDENTITY: Final = f"{COMMITTER_NAME} <{COMMITTER_EMAIL}> 1000000000 +0000"


def object_id(kind: str, content: bytes, digits: int) -> str:
    """The id of an object in a repository whose ids have *digits* hex digits."""
    algorithm = hashlib.sha1(usedforsecurity=False) if digits == _SHA1_DIGITS else hashlib.sha256()
    algorithm.update(f"{kind} {len(content)}\0".encode())
    algorithm.update(content)
    return algorithm.hexdigest()


def blob_id(content: bytes, like: CommitId) -> BlobId:
    """The id *content* has as a blob, in the repository that *like* is from."""
    return BlobId(object_id("blob", content, len(like)))


def root_commit(digits: int) -> bytes:
    """The commit every workspace begins with: without files, and the same bytes everywhere.

    Two clones that both ran `init` so have a common root, and git can merge them.
    """
    empty_tree = object_id("tree", b"", digits)
    lines = (f"tree {empty_tree}", f"author {_ROOT_IDENTITY}", f"committer {_ROOT_IDENTITY}")
    return "\n".join((*lines, "", "Begin the record", "")).encode()


def root_id(digits: int) -> CommitId:
    """The id of the common root commit."""
    return CommitId(object_id("commit", root_commit(digits), digits))
