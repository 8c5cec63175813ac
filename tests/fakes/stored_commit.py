"""A commit as the audit log in memory keeps it, and what git calls a content."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from dispatchd.application.ports.audit_log import BlobId, CommitId, Signature
from dispatchd.domain.identifiers import DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A commit with its whole tree."""

    parents: tuple[CommitId, ...]
    author: Signature
    committer: Signature
    subject: str
    events: tuple[str, ...]
    is_revert: bool
    tree: Mapping[DocumentPath, bytes]
    clone: str = ""
    home: str = ""


def blob_of(content: bytes) -> BlobId:
    """The blob that holds *content*."""
    header = f"blob {len(content)}\0".encode()
    return BlobId(hashlib.sha1(header + content, usedforsecurity=False).hexdigest())
