"""One look at everything that stands in the tree: names and stamps, no content.

Which paths count is `tree_paths`' decision; what a change of stamp means is the caller's. A folder that cannot be
listed makes everything below it unknown, which is not the same as deleted.
"""

import os
import stat
from collections.abc import Mapping
from typing import Final, cast

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import SETTLED_NS
from dispatchd.adapters.tree.faults import refused_file, trouble_of, unreadable
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE, RefusedFile, Scan, Trouble
from dispatchd.application.ports.file_stamp import FileStamp, Proof
from dispatchd.documents.tree_paths import (
    PathRole,
    is_dropping,
    is_nameable,
    is_plain_name,
    role_of,
    role_of_plain_names_in,
    shown_name,
)
from dispatchd.domain.identifiers import DocumentPath

_DEEPEST: Final = 40
"""Folders within folders; each level holds one descriptor."""


def scan(calls: SystemCalls, root: int, known: Mapping[DocumentPath, Proof | None]) -> Scan:
    """Everything below the open folder *root*; of what *known* proves unchanged only that it stands."""
    look = _Look(calls, known, calls.clock_ns(root) - SETTLED_NS)
    try:
        look.folder(root, "", 0)
    except OSError as error:
        raise unreadable(DocumentPath("."), trouble_of(error)) from error
    return Scan(
        files=look.files,
        unchanged=cast("set[DocumentPath]", look.unchanged),
        misplaced=look.misplaced,
        refused=tuple(look.refused),
        unseen=tuple(look.unseen),
    )


class _Look:
    """One scan under way."""

    def __init__(
        self, calls: SystemCalls, known: Mapping[DocumentPath, Proof | None], settled_before_ns: int
    ) -> None:
        self._calls = calls
        # Plain texts to look up and keep: a call for each path to say that it is one would be a tenth of a scan.
        self._known = cast("Mapping[str, Proof | None]", known)
        self._settled_before_ns = settled_before_ns
        self.files: dict[DocumentPath, FileStamp] = {}
        self.unchanged: set[str] = set()
        self.misplaced: set[DocumentPath] = set()
        self.refused: list[RefusedFile] = []
        self.unseen: list[DocumentPath] = []

    def folder(self, folder: int, prefix: str, depth: int) -> None:
        """Look at everything in the open *folder*, whose paths begin with *prefix*."""
        below: list[str] = []
        holds_documents = bool(prefix) and role_of_plain_names_in(prefix[:-1]) is PathRole.ENTITY
        known, unchanged = self._known.get, self.unchanged.add
        for name, status in self._calls.entries(folder):
            mode = status.st_mode
            # What was read as a document here and looks as it did is one: nothing else of it has to be asked.
            if holds_documents and known(path := prefix + name) == (
                status.st_dev,
                status.st_ino,
                status.st_size,
                status.st_mtime_ns,
                status.st_ctime_ns,
                mode,
            ):
                unchanged(path)
            elif holds_documents and stat.S_ISREG(mode) and is_plain_name(name):
                self._note_file(prefix + name, status)
            elif not stat.S_ISDIR(mode):
                self._note_other(prefix + name, name, status)
            elif not name.startswith("."):
                below.append(name)
        for name in below:
            self._descend(folder, name, prefix + name, depth + 1)

    def _note_other(self, path: str, name: str, status: os.stat_result) -> None:
        """Look at what is no folder, and is a document only if more than its folder says so."""
        mode = status.st_mode
        counted = self._count(path)
        if counted is None:
            self._note_link(path, name, mode)
        elif stat.S_ISREG(mode):
            self._note_file(counted, status)
        else:
            self._refuse_file(counted, mode)

    def _note_file(self, path: str, status: os.stat_result) -> None:
        device, inode, size = status.st_dev, status.st_ino, status.st_size
        mtime_ns, ctime_ns, mode = status.st_mtime_ns, status.st_ctime_ns, status.st_mode
        if size > LARGEST_FILE:
            self._refuse_file(DocumentPath(path), mode)
        elif self._known.get(path) == (device, inode, size, mtime_ns, ctime_ns, mode):
            self.unchanged.add(path)
        else:
            before = self._settled_before_ns
            settled = mtime_ns < before and ctime_ns < before
            self.files[DocumentPath(path)] = FileStamp(
                device, inode, size, mtime_ns, ctime_ns, mode, status.st_nlink, settled
            )

    def _descend(self, above: int, name: str, path: str, depth: int) -> None:
        if depth > _DEEPEST:
            self._refuse_folder(path, Trouble.NAME_TOO_LONG)
            return
        try:
            opened = self._calls.open_folder(above, name)
        except FileNotFoundError:
            return
        except OSError as error:
            self._refuse_folder(path, trouble_of(error))
            return
        try:
            self.folder(opened, path + "/", depth)
        except OSError as error:
            self._refuse_folder(path, trouble_of(error))
        finally:
            self._calls.close(opened)

    def _count(self, path: str) -> DocumentPath | None:
        """*path* as that of a document, if it may be one."""
        shown = shown_name(path)
        role = role_of(shown)
        if role is PathRole.IGNORED:
            return None
        if not is_nameable(path):
            self.refused.append(refused_file(shown, Trouble.BAD_NAME))
            return None
        if role is PathRole.MISPLACED:
            self.misplaced.add(shown)
        return shown

    def _refuse_file(self, path: DocumentPath, mode: int) -> None:
        if stat.S_ISLNK(mode):
            trouble = Trouble.SYMLINK
        elif stat.S_ISREG(mode):
            trouble = Trouble.TOO_LARGE
        else:
            trouble = Trouble.NOT_A_FILE
        self.refused.append(refused_file(path, trouble))

    def _refuse_folder(self, name: str, trouble: Trouble) -> None:
        path = shown_name(name)
        self.refused.append(refused_file(path, trouble))
        self.unseen.append(path)

    def _note_link(self, path: str, name: str, mode: int) -> None:
        # It may lead to a folder, and may have been one with documents in it: they are unknown, not deleted.
        if stat.S_ISLNK(mode) and not name.startswith(".") and not is_dropping(name):
            self._refuse_folder(path, Trouble.SYMLINK)
