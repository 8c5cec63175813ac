"""Taking a file away, or to another place in the tree, if it is still what the caller believes it is.

A removed file goes to quarantine like any displaced one; a moved file keeps its inode, so that an editor that has it
open goes on saving into it. What to remove or archive is decided elsewhere.
"""

from dispatchd.adapters.tree.calls import SystemCalls
from dispatchd.adapters.tree.descriptors import Place, Root, Visit, read_content
from dispatchd.adapters.tree.faults import refused, trouble_of
from dispatchd.adapters.tree.held_names import HeldName
from dispatchd.adapters.tree.private_folder import PrivateFolder
from dispatchd.adapters.tree.quarantine import Quarantine
from dispatchd.application.ports.dispatch_tree import (
    AlreadyGone,
    AlreadyThere,
    Changed,
    FileContent,
    Moved,
    MoveOutcome,
    Occupied,
    Removed,
    RemoveOutcome,
    Unreadable,
)
from dispatchd.documents.digest import digest
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath


class TakeOut:
    """Removes and moves for one tree."""

    def __init__(
        self, calls: SystemCalls, root: Root, private: PrivateFolder, quarantine: Quarantine
    ) -> None:
        self._calls = calls
        self._root = root
        self._private = private
        self._quarantine = quarantine

    def remove(self, row: int, path: DocumentPath, expected: DocumentDigest) -> RemoveOutcome:
        """Rename the file into quarantine and look at it there."""
        try:
            self._root.check()
            self._private.open()
            with self._root.visit() as visit:
                return self._remove(visit.place(path), _held(row, path, expected))
        except FileNotFoundError:
            return AlreadyGone()
        except Unreadable as problem:
            return refused(path, problem.trouble)
        except OSError as error:
            return refused(path, trouble_of(error))

    def _remove(self, place: Place, held: HeldName) -> RemoveOutcome:
        found = read_content(self._calls, place, held.path)
        if found is None:
            self._calls.flush(place.folder)
            return AlreadyGone()
        if digest(found.content) != held.expected:
            return Changed(found=found)
        displaced = self._quarantine.take_in(place.folder, place.name, held)
        self._calls.flush(place.folder)
        self._calls.flush(self._private.quarantine)
        return Removed(displaced=displaced)

    def move(self, source: DocumentPath, target: DocumentPath, expected: DocumentDigest) -> MoveOutcome:
        """Rename the file, overwriting nothing."""
        try:
            self._root.check()
            self._private.open()
            with self._root.visit() as visit:
                return self._move(visit, source, target, expected)
        except Unreadable as problem:
            return refused(problem.path, problem.trouble)
        except OSError as error:
            return refused(source, trouble_of(error))

    def _move(
        self, visit: Visit, source: DocumentPath, target: DocumentPath, expected: DocumentDigest
    ) -> MoveOutcome:
        found = self._found(visit, source)
        if found is None:
            return self._moved_before(visit, target, expected)
        if digest(found.content) != expected:
            return Changed(found=found)
        place, goal = visit.place(source), visit.place(target, make_folders=True)
        try:
            self._private.rename_new(place.folder, place.name, goal.folder, goal.name)
        except FileExistsError:
            return Occupied(target=target)
        except FileNotFoundError:
            return Changed(found=None)
        for folder in {place.folder, goal.folder, *visit.made}:
            self._calls.flush(folder)
        arrived = read_content(self._calls, goal, target)
        if arrived is None:
            return Moved(stamp=found.stamp._replace(settled=False), as_expected=False)
        return Moved(stamp=arrived.stamp, as_expected=digest(arrived.content) == expected)

    def _moved_before(self, visit: Visit, target: DocumentPath, expected: DocumentDigest) -> MoveOutcome:
        found = self._found(visit, target)
        if found is None or digest(found.content) != expected:
            return Changed(found=None)
        self._calls.flush(visit.place(target).folder)
        return AlreadyThere(stamp=found.stamp)

    def _found(self, visit: Visit, path: DocumentPath) -> FileContent | None:
        try:
            return read_content(self._calls, visit.place(path), path)
        except FileNotFoundError:
            return None


def _held(row: int, path: DocumentPath, expected: DocumentDigest) -> HeldName:
    return HeldName(row=row, since_ns=0, expected=expected, arriving=None, path=path)
