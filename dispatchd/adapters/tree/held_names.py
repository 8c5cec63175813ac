"""What the names in the private folder say.

A file there is named by row, instant, expected digest, arriving digest and path, so that after a crash the name
alone tells whose bytes it may hold and what they are to be compared with. A path too long for a name is replaced by
its digest, and the caller keeps the path in a file of that name.
"""

import base64
import hashlib
from typing import Final

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

_NONE: Final = "-"
_LONGEST: Final = 240
_ABBREVIATED: Final = "%%"
"""No quoted path begins so: a per cent sign is always followed by 25 or 2F."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldName:
    """The parts of a name in the private folder."""

    row: int
    since_ns: int
    """When it was put there, by the file system's clock."""
    expected: DocumentDigest | None
    arriving: DocumentDigest | None
    """The digest of what took its place; None where the file was taken away."""
    path: DocumentPath

    def text(self) -> str:
        """The file name."""
        head = f"{self.row}.{self.since_ns:x}.{_pack(self.expected)}.{_pack(self.arriving)}."
        tail = self.path.replace("%", "%25").replace("/", "%2F")
        if len((head + tail).encode()) > _LONGEST:
            tail = _ABBREVIATED + path_key(self.path)
        return head + tail


def path_key(path: DocumentPath) -> str:
    """The name under which a long path is kept."""
    return base64.urlsafe_b64encode(hashlib.sha256(path.encode()).digest()).rstrip(b"=").decode()


def abbreviated_key(name: str) -> str | None:
    """The key of the long path that *name* stands for, if it stands for one."""
    tail = name.split(".", 4)[-1]
    return tail.removeprefix(_ABBREVIATED) if tail.startswith(_ABBREVIATED) else None


def parse_held_name(name: str, long_path: str | None = None) -> HeldName | None:
    """The parts of *name*, None if it was not made here. *long_path* is what was kept under its key, if it has one."""
    parts = name.split(".", 4)
    if len(parts) != 5:
        return None
    row, since, expected, arriving, tail = parts
    path = tail.replace("%2F", "/").replace("%25", "%") if long_path is None else long_path
    try:
        return HeldName(
            row=int(row),
            since_ns=int(since, 16),
            expected=_unpack(expected),
            arriving=_unpack(arriving),
            path=DocumentPath(path),
        )
    except ValueError:
        return None


def _pack(digest: DocumentDigest | None) -> str:
    if digest is None:
        return _NONE
    return base64.urlsafe_b64encode(bytes.fromhex(digest)).rstrip(b"=").decode()


def _unpack(text: str) -> DocumentDigest | None:
    if text == _NONE:
        return None
    return DocumentDigest(
        base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).hex()
    )
