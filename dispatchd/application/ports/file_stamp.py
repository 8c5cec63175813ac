"""How a file stood when it was looked at, and what of that proves later that it has not changed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple, TypeAlias

from dispatchd.domain.identifiers import DocumentPath

Proof: TypeAlias = tuple[int, int, int, int, int, int]
"""A file's device, inode, size, mtime_ns, ctime_ns and mode, both times settled: it has the bytes it had as long as it looks
like this."""
NOTHING_KNOWN: Final[Mapping[DocumentPath, Proof | None]] = MappingProxyType({})


class FileStamp(NamedTuple):
    """How a file stood when it was looked at; a tuple, because a scan makes one for each of 100,000 files."""

    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int
    mode: int
    """The whole `st_mode`, kind and permissions."""
    links: int
    settled: bool
    """Whether both times were more than two seconds old by the file system's own clock. Only then does the same
    stamp seen again prove the same bytes: a younger file can change once more within one tick of its clock."""

    @property
    def proof(self) -> Proof | None:
        """What shows later that the file still has these bytes; None where nothing can."""
        return self[:6] if self.settled else None
