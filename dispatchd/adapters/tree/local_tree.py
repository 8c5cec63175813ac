"""The tree as a folder on this machine: puts the parts of this package together behind the port.

How each call works stands in the parts: `scan`, `descriptors`, `hands`, `swap_write`, `take_out`, `quarantine`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Final

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Root, Visit, read_content, stamp_of
from dispatchd.adapters.tree.faults import trouble_of, unreadable
from dispatchd.adapters.tree.hands import Hands
from dispatchd.adapters.tree.linux_calls import LinuxCalls
from dispatchd.adapters.tree.mounts import is_remote, mount_kind
from dispatchd.adapters.tree.private_folder import PrivateFolder
from dispatchd.adapters.tree.quarantine import Quarantine
from dispatchd.adapters.tree.scan import scan
from dispatchd.adapters.tree.swap_step import SwapStep
from dispatchd.adapters.tree.swap_write import SwapWriter
from dispatchd.adapters.tree.take_out import TakeOut
from dispatchd.application.ports.dispatch_tree import (
    DispatchTree,
    Displaced,
    FileContent,
    Hand,
    Held,
    MoveOutcome,
    RemoveOutcome,
    Scan,
    Unreadable,
    WriteOutcome,
    WriteRequest,
)
from dispatchd.application.ports.file_stamp import NOTHING_KNOWN, FileStamp, Proof
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

_TOP: Final = DocumentPath(".")
"""How the tree's own folder is named where a file's path would stand."""


class LocalTree:
    """The port's promises, kept by system calls."""

    def __init__(
        self, calls: SystemCalls, root: str, private: str, swap_folders: tuple[PurePath, ...] = ()
    ) -> None:
        """*root*: the tree, absolute; *private*: the folder for `tmp/` and `quarantine/`, made when needed, whose
        parent exists. Raises TreeGone.
        """
        self._calls = calls
        self._root = Root(calls, root)
        self._private = PrivateFolder(calls, self._root, private)
        self._quarantine = Quarantine(calls, self._root, self._private)
        self._hands = Hands(calls, swap_folders, root)
        step = SwapStep(calls, self._private, self._quarantine)
        self._writer = SwapWriter(calls, self._root, self._private, step)
        self._take_out = TakeOut(calls, self._root, self._private, self._quarantine)

    def folder_mark(self) -> str:
        self._check(_TOP)
        return self._root.mark()

    def scan(self, known: Mapping[DocumentPath, Proof | None] = NOTHING_KNOWN) -> Scan:
        self._check(_TOP)
        return scan(self._calls, self._root.descriptor, known)

    def read(self, path: DocumentPath) -> FileContent | None:
        self._check(path)
        with self._root.visit() as visit:
            found = self._read_or_say_why(visit, path)
        if isinstance(found, Unreadable):
            raise found
        return found

    def read_many(
        self, paths: Iterable[DocumentPath]
    ) -> Iterator[tuple[DocumentPath, FileContent | Unreadable | None]]:
        self._check(_TOP)
        with self._root.visit() as visit:
            for path in paths:
                yield path, self._read_or_say_why(visit, path)

    def _read_or_say_why(self, visit: Visit, path: DocumentPath) -> FileContent | Unreadable | None:
        try:
            return read_content(self._calls, visit.place(path), path)
        except FileNotFoundError:
            return None
        except Unreadable as problem:
            return problem
        except OSError as error:
            return unreadable(path, trouble_of(error))

    def stamp(self, path: DocumentPath) -> FileStamp | None:
        self._check(path)
        try:
            with self._root.visit() as visit:
                place = visit.place(path)
                status = self._calls.status(place.folder, place.name)
                return stamp_of(status, self._calls.clock_ns(place.folder))
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise unreadable(path, trouble_of(error)) from error

    def hand_on(self, path: DocumentPath) -> Hand | None:
        try:
            with self._root.visit() as visit:
                return self._hands.on(visit.place(path), path)
        except OSError:
            return None

    def write(self, request: WriteRequest) -> WriteOutcome:
        return self.write_many([request])[0]

    def write_many(self, requests: Sequence[WriteRequest]) -> tuple[WriteOutcome, ...]:
        return self._writer.write_many(requests)

    def remove(self, row: int, path: DocumentPath, expected: DocumentDigest) -> RemoveOutcome:
        return self._take_out.remove(row, path, expected)

    def move(self, source: DocumentPath, target: DocumentPath, expected: DocumentDigest) -> MoveOutcome:
        return self._take_out.move(source, target, expected)

    def sweep_quarantine(self) -> tuple[Displaced, ...]:
        try:
            self._private.open()
            return self._quarantine.sweep()
        except OSError:
            # Whatever lies there goes on lying there until a sweep can look at it.
            return ()

    def settle(self, displaced: Displaced) -> None:
        try:
            self._private.open()
            self._quarantine.settle(displaced)
        except OSError:
            # It is handed out again, and taking in the same bytes twice changes nothing.
            return

    def held_in_quarantine(self) -> tuple[Held, ...]:
        try:
            self._private.open()
            return self._quarantine.held()
        except OSError as error:
            why = f"{self._private.path} cannot be listed ({error.strerror}); give yourself access to it"
            return (Held(row=0, path=DocumentPath(""), held_as="", why=why),)

    def recover(self) -> tuple[Displaced, ...]:
        # A sweep expects no more than that no write is under way, so a crash needs nothing besides.
        return self.sweep_quarantine()

    def degraded(self) -> str | None:
        try:
            self._private.open()
        except OSError as error:
            return f"Nothing can be written: {error.strerror}. Make the folder and {self._private.path} writable."
        return self._private.shortcomings()

    def close(self) -> None:
        self._private.close()
        self._root.close()

    def _check(self, path: DocumentPath) -> None:
        try:
            self._root.check()
        except OSError as error:
            raise unreadable(path, trouble_of(error)) from error


def open_tree(root: Path, private: Path, swap_folders: tuple[Path, ...] = ()) -> LocalTree:
    """The tree in the folder *root* of this machine. Raises TreeGone."""
    remote = is_remote(mount_kind(root))
    return LocalTree(LinuxCalls(remote=remote), str(root), str(private), swap_folders)


_port: type[DispatchTree] = LocalTree
