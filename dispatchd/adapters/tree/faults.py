"""What an errno means to a person: the trouble, one sentence why, one what to do.

When to try again is the caller's decision; `Trouble.may_pass` says whether that can help.
"""

import errno
from typing import Final

from dispatchd.application.ports.dispatch_tree import Refused, RefusedFile, Trouble, Unreadable
from dispatchd.domain.identifiers import DocumentPath


class OutsideTreeError(OSError):
    """A path that does not name a file below the root: absolute, with `..`, or into `.git`."""


_TROUBLES: Final = {
    errno.ENOSPC: Trouble.NO_SPACE,
    errno.EDQUOT: Trouble.NO_SPACE,
    errno.EIO: Trouble.IO_ERROR,
    errno.EACCES: Trouble.NOT_ALLOWED,
    errno.EPERM: Trouble.NOT_ALLOWED,
    errno.EROFS: Trouble.READ_ONLY,
    errno.EMFILE: Trouble.TOO_MANY_OPEN,
    errno.ENFILE: Trouble.TOO_MANY_OPEN,
    errno.ENOMEM: Trouble.TOO_MANY_OPEN,
    errno.ENAMETOOLONG: Trouble.NAME_TOO_LONG,
    errno.ELOOP: Trouble.SYMLINK,
    errno.EISDIR: Trouble.NOT_A_FILE,
    errno.ENOTDIR: Trouble.NOT_A_FILE,
    errno.ENXIO: Trouble.NOT_A_FILE,
    errno.EBUSY: Trouble.BUSY,
    errno.ETXTBSY: Trouble.BUSY,
    errno.EAGAIN: Trouble.BUSY,
}
_WORDS: Final = {
    Trouble.NO_SPACE: ("the disk is full", "Free some space; it is tried again by itself."),
    Trouble.IO_ERROR: ("the disk reports an error", "Check the disk; it is tried again by itself."),
    Trouble.NOT_ALLOWED: ("its permissions forbid it", "Give yourself read and write permission for it."),
    Trouble.READ_ONLY: ("the file system is read-only", "Mount it writable; it is tried again by itself."),
    Trouble.TOO_MANY_OPEN: (
        "the system has too many files open",
        "Close some programs or raise the limit; it is tried again by itself.",
    ),
    Trouble.NAME_TOO_LONG: ("the name is too long for this file system", "Choose a shorter name."),
    Trouble.NOT_A_FILE: ("it is not a regular file", "Move it out of the tree, or put a plain file there."),
    Trouble.SYMLINK: (
        "it is a symbolic link, and links are never followed",
        "Put the file itself there instead of a link.",
    ),
    Trouble.TOO_LARGE: (
        "it is larger than 1 MiB, so it is not read, and dispatchd keeps no copy of it",
        "Make it smaller, or keep it by a commit of your own: git -C .dispatch add FILE && git -C .dispatch commit.",
    ),
    Trouble.HARD_LINKS: (
        "it has several hard links, and writing it would tear them apart",
        "Replace it with a copy of its own: cp FILE NEW && mv NEW FILE.",
    ),
    Trouble.BAD_NAME: (
        "its name cannot be used, so nothing of it is taken in",
        "Rename it with plain UTF-8 characters; what stands in it is then taken in.",
    ),
    Trouble.BUSY: ("it is in use by the system", "It is tried again by itself."),
    Trouble.OTHER: ("the system refused", "It is tried again by itself; `dispatchd doctor` may know more."),
}


def trouble_of(error: OSError) -> Trouble:
    """The trouble an error is."""
    if isinstance(error, OutsideTreeError):
        return Trouble.BAD_NAME
    return _TROUBLES.get(error.errno or 0, Trouble.OTHER)


def unreadable(path: DocumentPath, trouble: Trouble) -> Unreadable:
    """The exception for a file that is there and is not read."""
    return Unreadable(path, trouble, *_WORDS[trouble])


def refused(path: DocumentPath, trouble: Trouble) -> Refused:
    """The outcome for a file that was not written."""
    why, hint = _WORDS[trouble]
    return Refused(path=path, trouble=trouble, why=why, hint=hint)


def refused_file(path: DocumentPath, trouble: Trouble) -> RefusedFile:
    """The entry of a scan for a file that is not read."""
    why, hint = _WORDS[trouble]
    return RefusedFile(path=path, trouble=trouble, why=why, hint=hint)
