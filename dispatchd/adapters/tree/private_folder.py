"""The private folder beside the tree: `tmp/` for what is about to go in, `quarantine/` for what came out.

It finds out what the mount can do (swap two names, refuse to overwrite, tell open writers) by trying, and falls back
to a hidden folder inside the tree where a file cannot be renamed between the two. When files leave quarantine is
decided in `quarantine`.
"""

import errno
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import PurePath
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Root
from dispatchd.adapters.tree.held_names import HeldName, abbreviated_key, parse_held_name, path_key

UNFINISHED: Final = ".part"
PROBE: Final = "probe-"
TREE_PROBE: Final = ".dispatchd-probe-"
"""Followed by the number of the process, because `doctor` may probe beside a daemon."""
_HIDDEN: Final = ".dispatchd"
_UNSUPPORTED: Final = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM})
_LONGEST_PATH: Final = 1 << 16


class PrivateFolder:
    """Opened at the first write, because a reader must not need it."""

    def __init__(self, calls: SystemCalls, root: Root, path: str) -> None:
        self._calls = calls
        self._root = root
        self._path = PurePath(path)
        self._descriptors: list[int] = []
        self.tmp = -1
        self.quarantine = -1
        self._names = -1
        self._folder = -1
        self.can_exchange = True
        self.can_rename_new = True
        self.can_link = True
        self.can_tell_writers = True
        self.is_inside_tree = False

    def open(self) -> None:
        """Make and open what is missing; harmless when open. Raises OSError."""
        if self._descriptors:
            return
        try:
            above = self._keep(self._calls.open_top(str(self._path.parent)))
            self._open_below(above, self._path.name)
            if not self._reaches_the_tree():
                self._open_below(self._root.descriptor, _HIDDEN)
                self._hide_from_git()
                self.is_inside_tree = True
            self._probe()
        except OSError:
            self.close()
            raise

    def close(self) -> None:
        """Give the descriptors back."""
        for descriptor in self._descriptors:
            self._calls.close(descriptor)
        self._descriptors.clear()

    @property
    def path(self) -> str:
        """Where it was meant to be."""
        return str(self._path)

    def shortcomings(self) -> str | None:
        """What this mount lacks, in words for `doctor`."""
        lacks: list[str] = []
        if not self.can_exchange:
            lacks.append(
                "it cannot swap two files in one step, so a save made in the very instant of a write could be lost"
                if self.can_link
                else "it can neither swap nor link files, so existing files are not written at all"
            )
        if not self.can_tell_writers:
            lacks.append(
                "it cannot tell whether a file is open for writing, so displaced files are kept ten seconds"
            )
        if self.is_inside_tree:
            lacks.append(f"{self._path} is on another file system, so {_HIDDEN}/ in the tree is used instead")
        if not lacks:
            return None
        return f"This mount is degraded: {'; '.join(lacks)}. A local disk (ext4, xfs, btrfs) has all of it."

    def clock_ns(self) -> int:
        """The file system's time."""
        return self._calls.clock_ns(self.tmp)

    def put(self, folder: int, name: str, to_folder: int, held: HeldName) -> HeldName:
        """Rename to *held*'s name, or to a later instant's where that is taken; nothing is ever overwritten."""
        self._keep_long_path(held)
        while True:
            try:
                self._rename_to_unused(folder, name, to_folder, held.text())
            except FileExistsError:
                held = replace(held, since_ns=held.since_ns + 1)
            else:
                return held

    def rename_new(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        """Rename into the tree without overwriting, by the best means this mount has."""
        if self.can_rename_new:
            self._calls.rename_new(folder, name, to_folder, to_name)
            return
        linked = self._calls.status(folder, name)
        try:
            self._calls.link(folder, name, to_folder, to_name)
        except FileExistsError:
            # Our own link, if a crash came before the unlinking below.
            if not _is_same_file(self._calls.status(to_folder, to_name), linked):
                raise
        if _is_same_file(self._calls.status(folder, name), linked):
            self._calls.unlink(folder, name)

    def _rename_to_unused(self, folder: int, name: str, to_folder: int, to_name: str) -> None:
        if self.can_rename_new:
            self._calls.rename_new(folder, name, to_folder, to_name)
            return
        try:
            self._calls.status(to_folder, to_name)
        except FileNotFoundError:
            # Nobody else makes names in the private folder, so what was free still is.
            self._calls.rename(folder, name, to_folder, to_name)
        else:
            raise FileExistsError(errno.EEXIST, "taken", to_name)

    def parse(self, name: str) -> HeldName | None:
        """What *name* says, with a long path looked up."""
        key = abbreviated_key(name)
        if key is None:
            return parse_held_name(name)
        try:
            descriptor = self._calls.open_file(self._names, key)
        except FileNotFoundError:
            return None
        try:
            return parse_held_name(name, self._calls.read(descriptor, _LONGEST_PATH).decode())
        finally:
            self._calls.close(descriptor)

    def drop(self, folder: int, name: str) -> None:
        """Unlink what may be gone already; what cannot be unlinked now is met again by the next sweep."""
        with suppress(OSError):
            self._calls.unlink(folder, name)

    def forget_long_paths(self) -> None:
        """Drop the paths kept beside names; only for when no file is held."""
        for name, _ in list(self._calls.entries(self._names)):
            self.drop(self._names, name)

    def _keep_long_path(self, held: HeldName) -> None:
        if abbreviated_key(held.text()) is None:
            return
        unfinished = path_key(held.path) + UNFINISHED
        self.drop(self._names, unfinished)
        descriptor = self._calls.create(self._names, unfinished)
        try:
            self._calls.write(descriptor, held.path.encode())
            self._calls.flush(descriptor)
        finally:
            self._calls.close(descriptor)
        self._calls.rename(self._names, unfinished, self._names, path_key(held.path))
        self._calls.flush(self._names)

    def _keep(self, descriptor: int) -> int:
        self._descriptors.append(descriptor)
        return descriptor

    def _open_below(self, above: int, name: str) -> None:
        folder = self._open_or_make(above, name)
        self.tmp = self._open_or_make(folder, "tmp")
        self.quarantine = self._open_or_make(folder, "quarantine")
        self._names = self._open_or_make(folder, "names")
        self._folder = folder

    def _open_or_make(self, above: int, name: str) -> int:
        try:
            return self._keep(self._calls.open_folder(above, name))
        except FileNotFoundError:
            self._calls.make_folder(above, name)
            self._calls.flush(above)
            return self._keep(self._calls.open_folder(above, name))

    def _hide_from_git(self) -> None:
        self.drop(self._folder, ".gitignore")
        self._fresh(self._folder, ".gitignore", b"*\n")

    def _fresh(self, folder: int, name: str, content: bytes = b"") -> None:
        descriptor = self._calls.create(folder, name)
        try:
            self._calls.write(descriptor, content)
        finally:
            self._calls.close(descriptor)

    def _reaches_the_tree(self) -> bool:
        probe, tree_probe = self._probe_names()
        self.drop(self.tmp, probe)
        self._fresh(self.tmp, probe)
        try:
            self._calls.rename(self.tmp, probe, self._root.descriptor, tree_probe)
        except OSError as error:
            self.drop(self.tmp, probe)
            if error.errno == errno.EXDEV:
                return False
            raise
        self.drop(self._root.descriptor, tree_probe)
        return True

    def _probe_names(self) -> tuple[str, str]:
        number = self._calls.process_number()
        return f"{PROBE}{number}", f"{TREE_PROBE}{number}"

    def _probe(self) -> None:
        calls, tmp, root = self._calls, self.tmp, self._root.descriptor
        probe, tree_probe = self._probe_names()
        self.drop(tmp, probe)
        self.drop(root, tree_probe)
        self._fresh(tmp, probe)
        self._fresh(root, tree_probe)
        descriptor = calls.open_file(tmp, probe)
        try:
            self.can_tell_writers = calls.is_open_for_writing(descriptor) is not None
        finally:
            calls.close(descriptor)
        self.can_exchange = _can(lambda: calls.exchange(tmp, probe, root, tree_probe))
        self.drop(root, tree_probe)
        self.can_link = _can(lambda: calls.link(tmp, probe, root, tree_probe))
        self.drop(root, tree_probe)
        self.can_rename_new = _can(lambda: calls.rename_new(tmp, probe, root, tree_probe))
        self.drop(root, tree_probe)
        self.drop(tmp, probe)


def _is_same_file(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _can(attempt: Callable[[], None]) -> bool:
    try:
        attempt()
    except OSError as error:
        if error.errno in _UNSUPPORTED:
            return False
        raise
    return True
