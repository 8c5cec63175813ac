"""Keeps whole contents of files by their digest, each once, and lets go of none."""

import sqlite3
from typing import Final

from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.waiting_rows import WaitingRows
from dispatchd.application.ports.unit_of_work import BlobStore
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest

_MOST_BYTES: Final = 4 << 20
"""Of what was put or asked for in one transaction so much is at hand at once; a burst's portion is half of it."""


class SqliteBlobStore:
    """What was put is there for good: a person's save may be asked for long after it was overtaken."""

    def __init__(self, connection: sqlite3.Connection, *, alone: bool) -> None:
        self._connection = connection
        self._sql = queries("blobs")
        self._at_hand: dict[DocumentDigest, bytes] = {}
        """What was put or asked for in this transaction. One save is put four times while it is taken in: as it was
        saved, as it counts, as it is agreed on and as it is to stand; and it is read back between."""
        self._size = 0
        self._unwritten = WaitingRows(connection, self._sql["blob_put"], alone=alone)

    def put(self, content: bytes) -> DocumentDigest:
        """Keep *content* and return its name."""
        name = digest(content)
        if name not in self._at_hand:
            self._unwritten.add((name, content))
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
        if self._size + len(content) > _MOST_BYTES:
            self.write_out()  # what waits is found nowhere else
            self._at_hand.clear()
            self._size = 0
        self._at_hand[name] = content
        self._size += len(content)

    def write_out(self) -> None:
        """Put into the table what waits for it."""
        self._unwritten.write_out()


_port: type[BlobStore] = SqliteBlobStore
