"""Files of another tool, read where they stand and never changed.

Below the folder that a person named no link is followed, nothing but regular files is read, and none that is larger
than one in the tree may be; what is not read is said, file by file.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatchd.application.ports.dispatch_tree import LARGEST_FILE
from dispatchd.documents.foreign.item import ForeignFile
from dispatchd.domain.errors import WorkspaceError

LARGEST_LEDGER: Final = 512 * 1024 * 1024
"""Bytes of one file that holds everything."""
DEEPEST: Final = 12
_SKIPPED: Final = frozenset({".git", "node_modules", ".DS_Store"})


def read_ledger(place: Path) -> ForeignFile:
    """The one file at *place*. Raises WorkspaceError, OSError."""
    status = place.stat()
    if not stat.S_ISREG(status.st_mode):
        raise WorkspaceError(f"{place} is no file; name the file to import")
    if status.st_size > LARGEST_LEDGER:
        raise WorkspaceError(
            f"{place} has {status.st_size:,} bytes, and {LARGEST_LEDGER:,} are read at most: import it in parts"
        )
    return ForeignFile(path=_shown(str(place)), name=_shown(place.name), content=place.read_bytes())


def read_folder(place: Path) -> Iterator[ForeignFile]:
    """Every file below *place*, by name. Raises WorkspaceError, OSError."""
    if not place.is_dir():
        raise WorkspaceError(f"{place} is no folder; name the folder to import")
    root = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield from _below(root, str(place), "", 0)
    finally:
        os.close(root)


def folders_in(place: Path) -> set[str]:
    """The names of the folders right below *place*; none where it is no folder."""
    try:
        with os.scandir(place) as found:
            return {entry.name for entry in found if entry.is_dir(follow_symlinks=False)}
    except (FileNotFoundError, NotADirectoryError):
        return set()


def _below(folder: int, place: str, prefix: str, depth: int) -> Iterator[ForeignFile]:
    with os.scandir(folder) as found:
        names = sorted(entry.name for entry in found)
    for name in names:
        if name in _SKIPPED:
            continue
        path, inside = f"{place}/{name}", f"{prefix}{name}"
        try:
            kind = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
            if stat.S_ISDIR(kind) and depth < DEEPEST:
                yield from _within(folder, name, (path, inside, depth + 1))
            elif stat.S_ISREG(kind):
                yield _read(folder, name, path, inside)
            else:
                yield ForeignFile(path=_shown(path), name=_shown(inside), refused=_why_not(kind))
        except OSError as error:
            yield ForeignFile(path=_shown(path), name=_shown(inside), refused=error.strerror or str(error))


def _within(folder: int, name: str, place: tuple[str, str, int]) -> Iterator[ForeignFile]:
    path, inside, depth = place
    opened = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=folder)
    try:
        yield from _below(opened, path, f"{inside}/", depth)
    finally:
        os.close(opened)


def _read(folder: int, name: str, path: str, inside: str) -> ForeignFile:
    shown, named = _shown(path), _shown(inside)
    opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    with os.fdopen(opened, "rb") as file:
        content = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        return ForeignFile(path=shown, name=named, refused=f"it has more than {LARGEST_FILE:,} bytes")
    return ForeignFile(path=shown, name=named, content=content)


def _why_not(kind: int) -> str:
    if stat.S_ISLNK(kind):
        return "it is a link, and links are not followed"
    return "it lies too deep" if stat.S_ISDIR(kind) else "it is no regular file"


def _shown(name: str) -> str:
    """*name* as text: a file's name may be any bytes."""
    return os.fsencode(name).decode(errors="replace")
