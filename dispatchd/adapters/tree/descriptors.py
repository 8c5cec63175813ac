"""Reaching a file below the root by descriptors, one folder at a time, following no link.

So a folder that is swapped for a link between two calls leads nowhere outside. Also here: whether the root is still
the folder that was opened, and one file's bytes and stamp. What a content means is decided elsewhere.
"""

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.faults import OutsideTreeError, trouble_of, unreadable
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE, FileContent, TreeGone, Trouble
from dispatchd.application.ports.file_stamp import FileStamp
from dispatchd.domain.identifiers import DocumentPath

SETTLED_NS: Final = 2_000_000_000
_READS: Final = 4
"""How often a file that changes while it is read is read again before it is taken as it is, unsettled."""


def stamp_of(status: os.stat_result, now_ns: int) -> FileStamp:
    """The stamp of a file whose status was asked when its file system's clock showed *now_ns*."""
    youngest = max(status.st_mtime_ns, status.st_ctime_ns)
    return FileStamp(
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
        status.st_mode,
        status.st_nlink,
        now_ns - youngest > SETTLED_NS,
    )


class Place(NamedTuple):
    """A name in an open folder."""

    folder: int
    name: str


class Visit:
    """Folders kept open during one operation, so that a batch opens each of them once."""

    def __init__(self, calls: SystemCalls, root: int) -> None:
        self._calls = calls
        self._root = root
        self._open: dict[tuple[str, ...], int] = {(): root}
        self.made: set[int] = set()
        """Folders that got a new folder in them."""

    def place(self, path: DocumentPath, *, make_folders: bool = False) -> Place:
        """Where *path* is; FileNotFoundError if its folder is missing, ELOOP if a link stands in the way."""
        *parents, name = parts_of(path)
        return Place(self._folder(tuple(parents), make_folders=make_folders), name)

    def _folder(self, parts: tuple[str, ...], *, make_folders: bool) -> int:
        known = self._open.get(parts)
        if known is not None:
            return known
        above = self._folder(parts[:-1], make_folders=make_folders)
        try:
            opened = self._calls.open_folder(above, parts[-1])
        except FileNotFoundError:
            if not make_folders:
                raise
            opened = self._make(above, parts[-1])
        except NotADirectoryError:
            if stat.S_ISLNK(self._calls.status(above, parts[-1]).st_mode):
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), parts[-1]) from None
            raise
        self._open[parts] = opened
        return opened

    def _make(self, above: int, name: str) -> int:
        try:
            self._calls.make_folder(above, name)
        except FileExistsError:
            pass
        else:
            self.made.add(above)
        return self._calls.open_folder(above, name)

    def close(self) -> None:
        """Give the folders back, the root excepted."""
        for parts, descriptor in self._open.items():
            if parts:
                self._calls.close(descriptor)
        self._open = {(): self._root}


class Root:
    """The tree's folder, opened once and recognised ever after."""

    def __init__(self, calls: SystemCalls, path: str) -> None:
        self._calls = calls
        self._path = path
        status = self._status_now()
        self._identity = (status.st_dev, status.st_ino)
        self.descriptor = calls.open_top(path)

    def check(self) -> None:
        """Raise TreeGone unless the path still leads to the folder that was opened."""
        status = self._status_now()
        if (status.st_dev, status.st_ino) != self._identity:
            raise TreeGone(
                f"{self._path} is another folder than before.",
                "Put the original back, or run `dispatchd restore --all`: it goes on with the new one, and brings what"
                " was saved in the original into it.",
            )

    def mark(self) -> str:
        """The folder's number, which may be given out again, and when it was tied to its repository."""
        try:
            tied = self._calls.status(self.descriptor, ".git").st_mtime_ns
        except FileNotFoundError:
            tied = 0
        return f"{self._identity[1]}:{tied}"

    def _status_now(self) -> os.stat_result:
        try:
            status = self._calls.top_status(self._path)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TreeGone(
                f"{self._path} is missing.", "`dispatchd restore --all` brings it back."
            ) from error
        if stat.S_ISLNK(status.st_mode):
            raise TreeGone(f"{self._path} is a symbolic link.", "Put the folder itself in its place.")
        if not stat.S_ISDIR(status.st_mode):
            raise TreeGone(f"{self._path} is not a folder.", "`dispatchd restore --all` brings it back.")
        return status

    @contextmanager
    def visit(self) -> Iterator[Visit]:
        """Folders below the root, open while the block runs."""
        visit = Visit(self._calls, self.descriptor)
        try:
            yield visit
        finally:
            visit.close()

    def close(self) -> None:
        self._calls.close(self.descriptor)


def parts_of(path: DocumentPath) -> list[str]:
    """The names *path* is made of; OutsideTreeError if it does not stay below the root."""
    parts = path.split("/")
    if any(part in {"", ".", "..", ".git"} or "\0" in part for part in parts):
        raise OutsideTreeError(errno.EINVAL, f"{path!r} does not name a file in the tree")
    return parts


def read_content(calls: SystemCalls, place: Place, path: DocumentPath) -> FileContent | None:
    """The file at *place*, None if absent; Unreadable if it is there and may not or cannot be read."""
    try:
        descriptor = calls.open_file(place.folder, place.name)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, trouble_of(error)) from error
    try:
        return _read_open(calls, descriptor, place, path)
    except OSError as error:
        raise unreadable(path, trouble_of(error)) from error
    finally:
        calls.close(descriptor)


def _read_open(calls: SystemCalls, descriptor: int, place: Place, path: DocumentPath) -> FileContent:
    for _ in range(_READS):
        before = calls.file_status(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise unreadable(path, Trouble.NOT_A_FILE)
        if before.st_size > LARGEST_FILE:
            raise unreadable(path, Trouble.TOO_LARGE)
        now_ns = calls.clock_ns(place.folder)
        stamp = stamp_of(before, now_ns)
        content = calls.read(descriptor, LARGEST_FILE + 1)
        after = calls.file_status(descriptor)
        if _same(before, after) and len(content) == before.st_size:
            age_ns = now_ns - max(before.st_mtime_ns, before.st_ctime_ns)
            return FileContent(content=content, stamp=stamp, age=max(0, age_ns) / 1e9)
    if len(content) > LARGEST_FILE:
        raise unreadable(path, Trouble.TOO_LARGE)
    return FileContent(content=content, stamp=stamp._replace(settled=False))


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_size, one.st_mtime_ns, one.st_ctime_ns) == (
        other.st_size,
        other.st_mtime_ns,
        other.st_ctime_ns,
    )
