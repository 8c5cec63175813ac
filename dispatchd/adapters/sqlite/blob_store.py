"""Keeps whole contents of files by their digest, each once, and lets go of none."""

import sqlite3
from typing import Final

from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.adapters.sqlite.waiting_rows import WaitingRows
from dispatchd.application.ports.unit_of_work import BlobStore
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest

_MOST_BYTES: Final = 4 << 20
"""Of what was put in one transaction so much is at hand at once; a burst's portion is half of it."""


class SqliteBlobStore:
    """What was put is there for good: a person's save may be asked for long after it was overtaken."""

    def __init__(self, connection: sqlite3.Connection, *, alone: bool) -> None:
        self._connection = connection
        self._sql = queries("blobs")
        self._at_hand: dict[DocumentDigest, bytes] = {}
        """What was put in this transaction: a new file's text is put as it was saved, as what is agreed, and as what
        is wanted, and read back between."""
        self._size = 0
        self._unwritten = WaitingRows(connection, self._sql["blob_put"], alone=alone)

    def put(self, content: bytes) -> DocumentDigest:
        """Keep *content* and return its name."""
        name = digest(content)
        if name not in self._at_hand:
            self._unwritten.add((name, content))
            self._at_hand[name] = content
            self._size += len(content)
            if self._size > _MOST_BYTES:
                self.write_out()
                self._at_hand.clear()
                self._size = 0
        return name

    def get(self, digest: DocumentDigest) -> bytes:
        """The bytes; raises KeyError for a digest never put."""
        if digest in self._at_hand:
            return self._at_hand[digest]
        row = self._connection.execute(self._sql["blob_get"], (digest,)).fetchone()
        if row is None:
            raise KeyError(digest)
        return bytes(row[0])

    def write_out(self) -> None:
        """Put into the table what waits for it."""
        self._unwritten.write_out()


_port: type[BlobStore] = SqliteBlobStore
