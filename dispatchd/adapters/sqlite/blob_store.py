"""Keeps whole contents of files by their digest, each once, and lets go of none."""

import sqlite3
from typing import Final

from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.unit_of_work import BlobStore
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest

_AT_HAND: Final = 8


class SqliteBlobStore:
    """What was put is there for good: a person's save may be asked for long after it was overtaken."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("blobs")
        self._at_hand: dict[DocumentDigest, bytes] = {}
        """What was put or asked for last in this transaction. One save is put four times while it is taken in: as it was
        saved, as it counts, as it is agreed on and as it is to stand."""

    def put(self, content: bytes) -> DocumentDigest:
        """Keep *content* and return its name."""
        name = digest(content)
        if name not in self._at_hand:
            self._connection.execute(self._sql["blob_put"], (name, content))
            self._keep_at_hand(name, content)
        return name

    def get(self, digest: DocumentDigest) -> bytes:
        """The bytes; raises KeyError for a digest never put."""
        if digest in self._at_hand:
            return self._at_hand[digest]
        row = self._connection.execute(self._sql["blob_get"], (digest,)).fetchone()
        if row is None:
            raise KeyError(digest)
        content = bytes(row[0])
        self._keep_at_hand(digest, content)
        return content

    def _keep_at_hand(self, name: DocumentDigest, content: bytes) -> None:
        if len(self._at_hand) == _AT_HAND:
            del self._at_hand[next(iter(self._at_hand))]
        self._at_hand[name] = content


_port: type[BlobStore] = SqliteBlobStore
