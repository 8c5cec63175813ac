"""How files looked, as columns keep it: as plain as rows come, because a start and a look read those of all files."""

from collections.abc import Iterable
from typing import Any, Final

from dispatchd.application.ports.file_stamp import Proof
from dispatchd.domain.identifiers import DocumentPath

MASK: Final = (1 << 64) - 1
"""Device and inode numbers use all 64 bits, and SQLite's integers are signed."""


def looks_in(rows: Iterable[tuple[Any, ...]]) -> dict[DocumentPath, Proof | None]:
    """*rows* of a path, device, inode, size, mtime_ns, ctime_ns and mode, by path; None where nothing was noted."""
    # Of plain tuples of numbers the collector of garbage keeps no account, and few of 100,000 are made a second time.
    looks: dict[DocumentPath, Any] = {row[0]: row[1:] for row in rows}
    odd = [path for path, look in looks.items() if look[0] is None or look[0] < 0 or look[1] < 0]
    for path in odd:
        device, inode, *rest = looks[path]
        looks[path] = None if device is None else (device & MASK, inode & MASK, *rest)
    return looks
