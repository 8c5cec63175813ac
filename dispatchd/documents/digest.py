"""How bytes are compared: the digest of a file, and the short `rev` of a text the daemon wrote."""

import hashlib
import re
from functools import lru_cache
from typing import Final

from dispatchd.domain.identifiers import DocumentDigest

_REV_LINE: Final = re.compile(rb"^rev:[^\n]*\n", re.MULTILINE)


# A text is put, agreed on and compared within a few steps; what is kept here are the last two of at most 1 MiB.
@lru_cache(maxsize=2)
def digest(content: bytes) -> DocumentDigest:
    """The digest by which two contents of a file are told apart."""
    return DocumentDigest(hashlib.sha256(content).hexdigest())


def revision(content: bytes) -> str:
    """`r` and eight hex digits: the digest of *content* without its first `rev` line."""
    return "r" + hashlib.sha256(_REV_LINE.sub(b"", content, count=1)).hexdigest()[:8]
