"""Tells on what file system a path lies, from the kernel's own table, and whether a database may lie there.

Asking SQLite would not do: on a network mount its locks seem to work until two machines write.
"""

import re
from pathlib import Path
from typing import Final

from dispatchd.application.ports.store_failures import DatabaseUnplaceable

MOUNTS: Final = Path("/proc/self/mountinfo")
_ESCAPED: Final = re.compile(r"\\([0-7]{3})")
_SHARED: Final = frozenset(
    {
        "9p", "afs", "ceph", "cifs", "coda", "drvfs", "gfs", "gfs2", "gpfs", "lustre", "ncpfs", "nfs", "nfs4",
        "ocfs2", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    }
)  # fmt: skip
# FUSE carries local file systems too (an encrypted folder, a container's overlay): only known shared ones count.
_SHARED_FUSE: Final = frozenset(
    {
        "ceph", "ceph-fuse", "davfs2", "gcsfuse", "glusterfs", "goofys", "grpcfuse", "juicefs",
        "osxfs", "rclone", "s3fs", "s3ql", "sshfs", "vmhgfs-fuse",
    }
)  # fmt: skip


def file_system_of(path: Path, mounts: Path = MOUNTS) -> str | None:
    """The type of the file system *path* lies on or would be made on; None where the kernel does not tell."""
    try:
        table = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return None
    where = path.resolve()
    best: tuple[int, str] | None = None
    for line in table.splitlines():
        before, _, after = line.partition(" - ")
        fields = before.split(" ")
        if len(fields) < 5 or not after:
            continue
        mounted_at = Path(_ESCAPED.sub(lambda found: chr(int(found[1], 8)), fields[4]))
        # Of equally long ones the last was mounted over the others.
        if where.is_relative_to(mounted_at) and (best is None or len(mounted_at.parts) >= best[0]):
            best = (len(mounted_at.parts), after.split(" ", 1)[0])
    return best[1] if best else None


def refuse_shared_file_system(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises DatabaseUnplaceable where several machines could have the file open."""
    kind = file_system_of(path, mounts)
    if kind is not None and (kind in _SHARED or kind.removeprefix("fuse.") in _SHARED_FUSE):
        raise DatabaseUnplaceable(path, kind)
