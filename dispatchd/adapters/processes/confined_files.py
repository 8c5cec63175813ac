"""Files below a folder in which an agent's processes may have laid anything: a link, a pipe, a device, a huge file.

Every step is taken from an open folder and follows no link, so that what is read or written lies below the folder even
while somebody changes it; nothing but a regular file is opened, so that nothing waits for the other end of a pipe.
The folder itself, and what leads to it, must be out of their reach.
"""

import contextlib
import os
import re
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import Final

MOST_BYTES: Final = 1 << 20
DEEPEST: Final = 200
"""Folders within folders that are looked into; a git directory has no more, and each is held open meanwhile."""
_AT_ONCE: Final = 1 << 20
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class NotConfinedError(OSError):
    """What stands there is no plain file or folder, or leads elsewhere."""


def read_confined(root: Path, place: PurePath, most: int = MOST_BYTES) -> bytes | None:
    """What the file at *place* below *root* holds; None where there is no regular file of *most* bytes at most."""
    try:
        with _folder(root, place.parent) as folder:
            descriptor = os.open(place.name, _READ, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as file:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return None
                found = file.read(most + 1)
    except OSError:
        return None
    return found if len(found) <= most else None


def copy_confined(
    root: Path, place: PurePath, names: Iterable[str], into: Path, most: int
) -> Iterator[tuple[str, int]]:
    """Copy the files *names* in the folder at *place* below *root* to the folder *into*, which is there; each with its bytes.

    What is no regular file, or not there any more, is left out. One that holds more than is left of *most* bytes is named
    and not copied; whoever asks ends there. A copy has no inode in common with its file, so that nothing that is written
    there later is in it. The folder is opened once for all of them.
    """
    with contextlib.ExitStack() as stack:
        try:
            folder = stack.enter_context(_folder(root, place))
        except OSError:
            return
        for name in names:
            size = _copy(folder, name, into / name, most)
            if size is not None:
                most -= size
                yield name, size


def _copy(folder: int, name: str, to: Path, most: int) -> int | None:
    """How many bytes the file has; None where it is no file that could be copied."""
    try:
        descriptor = os.open(name, _READ, dir_fd=folder)
    except OSError:
        return None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            return None
        if found.st_size <= most:
            with to.open("wb", buffering=0) as copy:
                _copy_bytes(descriptor, copy.fileno(), found.st_size)
        return found.st_size
    finally:
        os.close(descriptor)


def _copy_bytes(source: int, copy: int, size: int) -> None:
    """Copy *size* bytes at most; a file system that can share their place on the disk until one is written does so."""
    done = 0
    try:
        while done < size and (more := os.copy_file_range(source, copy, size - done)):
            done += more
    except (OSError, AttributeError):  # between two file systems, or none that knows it
        while done < size and (read := os.pread(source, min(_AT_ONCE, size - done), done)):
            while read:
                written = os.write(copy, read)
                done, read = done + written, read[written:]


def names_below(
    root: Path, place: PurePath, folders: re.Pattern[str], names: re.Pattern[str]
) -> dict[str, list[str]]:
    """What stands right below those folders at *place* whose names match, and has a name that matches, by folder; nothing
    but folders is opened.
    """
    found: dict[str, list[str]] = {}
    try:
        with _folder(root, place) as above:
            inside = [each for each in _names_in(above) if folders.fullmatch(each)]
    except OSError:
        return {}
    for each in sorted(inside):
        try:
            with _folder(root, place / each) as folder:
                listed = _names_in(folder)
        except OSError:
            continue
        found[each] = [name for name in listed if names.fullmatch(name)]
    return found


def _names_in(folder: int) -> list[str]:
    return os.listdir(folder)


def write_confined(root: Path, place: PurePath, content: bytes) -> None:
    """Put *content* at *place* below *root*, whole or not at all, for this user alone; folders are made.

    What stands there under that name is replaced, and never written through. Raises NotConfinedError.
    """
    beside = f".{place.name}.{os.getpid()}.new"
    try:
        with _folder(root, place.parent, make=True) as folder:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(beside, dir_fd=folder)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            descriptor = os.open(beside, flags, 0o600, dir_fd=folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(descriptor)
            os.rename(beside, place.name, src_dir_fd=folder, dst_dir_fd=folder)
    except OSError as error:
        raise NotConfinedError(error.errno, f"{root / place} cannot be written: {error.strerror}") from error


def make_confined(root: Path, place: PurePath) -> None:
    """Make the folder at *place* below *root*. Raises NotConfinedError where something else stands on the way."""
    try:
        with _folder(root, place, make=True):
            return
    except OSError as error:
        raise NotConfinedError(error.errno, f"{root / place} is no folder: {error.strerror}") from error


def strange_entry(root: Path, place: PurePath) -> Path | None:
    """The first thing at or below *place* that is neither a file nor a folder, a socket excepted; or *place* itself
    where it is no folder. Git reads what it finds: a pipe among its files keeps it for ever, a link leads it elsewhere.
    """
    try:
        with _folder(root, place) as folder:
            found = next(_strange(folder), None)
    except OSError:
        return root / place
    return None if found is None else root / place / found


def _strange(folder: int, depth: int = 0) -> Iterator[str]:
    for name in os.listdir(folder):
        try:
            mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
            if not stat.S_ISDIR(mode):
                if not (stat.S_ISREG(mode) or stat.S_ISSOCK(mode)):
                    yield name
                continue
            below = os.open(name, _FOLDER, dir_fd=folder)
        except OSError:  # it is gone, or nobody else of ours can look into it
            continue
        try:
            if depth == DEEPEST:
                yield name
            else:
                yield from (f"{name}/{inside}" for inside in _strange(below, depth + 1))
        finally:
            os.close(below)


@contextlib.contextmanager
def _folder(root: Path, place: PurePath, *, make: bool = False) -> Iterator[int]:
    if place.is_absolute() or ".." in place.parts:
        raise NotConfinedError(0, f"{place} does not lie below {root}")
    current = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in place.parts:
            if make:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, 0o700, dir_fd=current)
            below = os.open(part, _FOLDER, dir_fd=current)
            os.close(current)
            current = below
        yield current
    finally:
        os.close(current)
