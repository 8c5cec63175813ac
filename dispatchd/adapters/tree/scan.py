"""One look at everything that stands in the tree: names and stamps, no content.

Which paths count is `tree_paths`' decision; what a change of stamp means is the caller's. A folder that cannot be
listed makes everything below it unknown, which is not the same as deleted.
"""

import stat
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import SETTLED_NS
from dispatchd.adapters.tree.faults import refused_file, trouble_of, unreadable
from dispatchd.application.ports.dispatch_tree import LARGEST_FILE, FileStamp, RefusedFile, Scan, Trouble
from dispatchd.documents.tree_paths import PathRole, is_dropping, is_nameable, role_of, shown_name
from dispatchd.domain.identifiers import DocumentPath

_DEEPEST: Final = 40
"""Folders within folders; each level holds one descriptor."""


class Scanner:
    """Scans, and remembers which paths count, because asking that 10,000 times is a third of a scan."""

    def __init__(self, calls: SystemCalls) -> None:
        self._calls = calls
        self._counted: dict[str, DocumentPath] = {}

    def scan(self, root: int) -> Scan:
        """Everything below the open folder *root*."""
        look = _Look(self._calls, self._counted, self._calls.clock_ns(root) - SETTLED_NS)
        try:
            look.folder(root, "", 0)
        except OSError as error:
            raise unreadable(DocumentPath("."), trouble_of(error)) from error
        self._counted = {path: path for path in look.files}
        return Scan(files=look.files, refused=tuple(look.refused), unseen=tuple(look.unseen))


class _Look:
    """One scan under way."""

    def __init__(self, calls: SystemCalls, counted: dict[str, DocumentPath], settled_before_ns: int) -> None:
        self._calls = calls
        self._counted = counted
        self._settled_before_ns = settled_before_ns
        self.files: dict[DocumentPath, FileStamp] = {}
        self.refused: list[RefusedFile] = []
        self.unseen: list[DocumentPath] = []

    def folder(self, folder: int, prefix: str, depth: int) -> None:
        """Look at everything in the open *folder*, whose paths begin with *prefix*."""
        below: list[str] = []
        settled_before_ns = self._settled_before_ns
        for name, status in self._calls.entries(folder):
            path = prefix + name
            mode = status.st_mode
            if stat.S_ISDIR(mode):
                if not name.startswith("."):
                    below.append(name)
                continue
            counted = self._counted.get(path)
            if counted is None:
                counted = self._count(path)
                if counted is None:
                    self._note_link(path, name, mode)
                    continue
            if not stat.S_ISREG(mode) or status.st_size > LARGEST_FILE:
                self._refuse_file(counted, mode)
                continue
            mtime_ns, ctime_ns = status.st_mtime_ns, status.st_ctime_ns
            self.files[counted] = FileStamp(
                status.st_dev,
                status.st_ino,
                status.st_size,
                mtime_ns,
                ctime_ns,
                mode,
                status.st_nlink,
                mtime_ns < settled_before_ns and ctime_ns < settled_before_ns,
            )
        for name in below:
            self._descend(folder, name, prefix + name, depth + 1)

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
        shown = shown_name(path)
        if role_of(shown) is PathRole.IGNORED:
            return None
        if not is_nameable(path):
            self.refused.append(refused_file(shown, Trouble.BAD_NAME))
            return None
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
