"""Which kind of file system a folder is on, and whether another machine may change files there unheard."""

from pathlib import Path
from typing import Final

_REMOTE: Final = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "drvfs", "ceph", "afs", "vboxsf"}
)
_MOUNTS: Final = Path("/proc/self/mountinfo")


def mount_kind(folder: Path, table: str | None = None) -> str:
    """The file system type *folder* is on, by the kernel's mount table; empty where that cannot be told."""
    if table is None:
        try:
            table = _MOUNTS.read_text(errors="surrogateescape")
        except OSError:
            return ""
    best, kind = -1, ""
    for line in table.splitlines():
        left, _, right = line.partition(" - ")
        point = _unescaped(left.split(" ")[4])
        # A later mount on the same point hides the earlier one.
        if folder.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), right.split(" ")[0]
    return kind


def is_remote(kind: str) -> bool:
    """Whether a file system of this type sends no events for what others change, and stamps by another's clock."""
    return kind in _REMOTE or kind.startswith("fuse")


def _unescaped(point: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        point = point.replace(code, character)
    return point
