"""Keeps whole contents of files by their digest, each once, and lets go of none."""

import sqlite3

from dispatchd.adapters.sqlite.named_queries import queries
from dispatchd.application.ports.unit_of_work import BlobStore
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest


class SqliteBlobStore:
    """What was put is there for good: a person's save may be asked for long after it was overtaken."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._sql = queries("blobs")

    def put(self, content: bytes) -> DocumentDigest:
        """Keep *content* and return its name."""
        name = digest(content)
        self._connection.execute(self._sql["blob_put"], (name, content))
        return name

    def get(self, digest: DocumentDigest) -> bytes:
        """The bytes; raises KeyError for a digest never put."""
        row = self._connection.execute(self._sql["blob_get"], (digest,)).fetchone()
        if row is None:
            raise KeyError(digest)
        return bytes(row[0])


_port: type[BlobStore] = SqliteBlobStore
