"""What stands in the way of reading or writing files of the tree: modes, owners, links, something else in their place.

Looking is by names alone and follows no link. Nothing is opened and nothing is changed, except by `grant`.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from dispatchd.domain.dataclass import dataclass

_READ_WRITE: Final = stat.S_IRUSR | stat.S_IWUSR
_ENTER: Final = _READ_WRITE | stat.S_IXUSR


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """A file or folder that cannot be read or written as it must be."""

    path: Path
    why: str
    is_ours: bool
    """Whether it belongs to this user, who may then change its mode."""


def obstacles_below(tree: Path) -> Iterator[Obstacle]:
    """What in the tree this user may not read or write, folders before what is in them."""
    waiting = [tree]
    while waiting:
        folder = waiting.pop()
        found = _obstacle(folder, folder.lstat())
        if found is not None:
            yield found
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.name in {".git", ".dispatchd"} or entry.is_symlink():
                continue
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                found = _obstacle(Path(entry.path), entry.stat(follow_symlinks=False))
                if found is not None:
                    yield found


def _obstacle(path: Path, found: os.stat_result) -> Obstacle | None:
    needed = _ENTER if stat.S_ISDIR(found.st_mode) else _READ_WRITE
    ours = found.st_uid == os.geteuid()
    if ours and found.st_mode & needed == needed:
        return None
    # Root may do everything, and whoever comes after may not: then the mode is what tells.
    if not ours and os.geteuid() and os.access(path, os.R_OK | os.W_OK, follow_symlinks=False):
        return None
    mode = stat.filemode(found.st_mode)
    why = f"its mode is {mode}" if ours else f"it belongs to the user {found.st_uid}, mode {mode}"
    return Obstacle(path=path, why=why, is_ours=ours)


def grant(path: Path) -> None:
    """Let this user read and write *path*, which is theirs; other bits stay."""
    descriptor = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        found = os.stat(path.name, dir_fd=descriptor, follow_symlinks=False)
        if stat.S_ISLNK(found.st_mode):
            return
        more = _ENTER if stat.S_ISDIR(found.st_mode) else _READ_WRITE
        os.chmod(path.name, stat.S_IMODE(found.st_mode) | more, dir_fd=descriptor)
    finally:
        os.close(descriptor)


def why_unwritable(tree: Path, path: str) -> str | None:
    """Why the file at *path* of the tree cannot be written, in words; None where nothing speaks against it."""
    parts = path.split("/")
    place = tree
    for part in parts[:-1]:
        place = place / part
        if place.is_symlink():
            return f"{place.relative_to(tree)} is a link, and links are not followed"
        if place.exists() and not place.is_dir():
            return f"{place.relative_to(tree)} is a file, where a folder is needed"
    target = place / parts[-1]
    try:
        found = target.lstat()
    except FileNotFoundError:
        return None
    except OSError as error:
        return str(error.strerror)
    if stat.S_ISLNK(found.st_mode):
        return "a link stands in its place, and links are not followed"
    if stat.S_ISDIR(found.st_mode):
        return "a folder stands in its place"
    if not stat.S_ISREG(found.st_mode):
        return "something that is no file stands in its place"
    if found.st_nlink > 1:
        return f"it has {found.st_nlink} hard links, and writing it would part them"
    return None


def folders_below(tree: Path) -> int:
    """How many folders the tree has, itself counted."""
    return sum(1 for _ in os.walk(tree))


def dated_after(tree: Path, moment: float) -> Iterator[Path]:
    """Files of the tree that say they were changed after *moment* (seconds since the epoch)."""
    for folder, names, files in os.walk(tree):
        names[:] = [name for name in names if name not in {".git", ".dispatchd"}]
        for name in files:
            path = Path(folder) / name
            try:
                if path.lstat().st_mtime > moment:
                    yield path
            except FileNotFoundError:
                continue
