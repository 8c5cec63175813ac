"""What the disk says, compared with what the database last saw: the scan is truth, everything else a hint.

It finds changed, new and vanished files and gives them time to be quiet. It decides nothing about their content.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import field

from dispatchd.application.ports.dispatch_tree import (
    DispatchTree,
    FileContent,
    RefusedFile,
    Scan,
    Trouble,
    Unreadable,
)
from dispatchd.application.ports.file_stamp import FileStamp, Proof
from dispatchd.application.ports.unit_of_work import ProblemRecord
from dispatchd.application.settling import ABSENT, Settling
from dispatchd.application.sighting import UNKNOWN_QUIET
from dispatchd.documents.digest import digest
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

TRY_AGAIN_EVERY = 2.0
"""Seconds between two tries to read what a failing or overloaded system did not give. A file that was renamed has to be
read before the time is over in which its old place may be empty.
"""


@dataclass(slots=True)
class Observing:
    """Looks at the tree; keeps what was refused, and which paths stand."""

    tree: DispatchTree
    settling: Settling
    present: set[DocumentPath] = field(default_factory=set)
    refused: dict[DocumentPath, RefusedFile] = field(default_factory=dict)
    misplaced: set[DocumentPath] = field(default_factory=set)
    strangers: tuple[ProblemRecord, ...] | None = None
    """What the database was last told of files that nothing can be done with; None before the first time."""
    tried: float = -1e9
    """When files that could not be read were last tried again."""
    listened: float | None = None
    """When the watcher was last asked what it had heard; None where none is asked."""
    old: set[DocumentPath] = field(default_factory=set)
    """Paths whose bytes were settled before anybody watched: they need not be waited for."""
    unopened: set[DocumentPath] = field(default_factory=set)
    """Those of them that are new, and of which only the look was noted: they are read when they are taken."""

    def scan(self, known: Mapping[DocumentPath, Proof | None], now: float) -> Scan:
        """Look at the whole tree and note what is not as *known*. Raises TreeGone."""
        scan = self.tree.scan(known)
        self.present = {*scan.unchanged, *scan.files}
        self.refused = {refused.path: refused for refused in scan.refused}
        self.misplaced = set(scan.misplaced)
        self.unopened &= scan.files.keys()
        news = [path for path in scan.files if path not in self.misplaced]
        news = [path for path in news if not self._leave_unopened(path, scan.files[path], now)]
        for path, found in self.read_many(news):
            self._saw(path, found, now, stamp=scan.files[path])
        for path in known.keys() - self.present:
            if scan.accounts_for(path):
                self.settling.note(path, ABSENT, now)
        return scan

    def _leave_unopened(self, path: DocumentPath, stamp: FileStamp, now: float) -> bool:
        """Whether what is at *path* need not be read yet: nothing is known of it, and how it looks will prove it the same.

        A first look at a large tree would else read all of it, and the taking in read all of it again.
        """
        if stamp.settled and self.settling.fingerprint(path) is None:
            self.settling.note(path, _look_of(stamp), now)
            self.old.add(path)
            self.unopened.add(path)
            return True
        return path in self.unopened and self.settling.fingerprint(path) == _look_of(stamp)

    def is_as_noted(self, path: DocumentPath, found: FileContent, now: float) -> bool:
        """Whether *found*, read at *path* just now, is what was noted there; what is not is noted, as news."""
        is_news = self.settling.note(path, self._opened(path, found), now)
        if is_news and not found.stamp.settled:
            self.old.discard(path)
        return not is_news

    def _opened(self, path: DocumentPath, found: FileContent) -> DocumentDigest:
        """What *found* is noted by; where only its look was noted, and it looks the same, that is no news."""
        seen = digest(found.content)
        if path in self.unopened:
            self.unopened.discard(path)
            if self.settling.fingerprint(path) == _look_of(found.stamp):
                self.settling.read(path, seen)
        return seen

    def look(self, path: DocumentPath, now: float) -> None:
        """Note what is at *path*, if that is news."""
        self._saw(path, self.read(path), now, stamp=None)

    def look_at_all(
        self,
        paths: Iterable[DocumentPath],
        clock: Callable[[], float],
        heard: Mapping[DocumentPath, float | None],
    ) -> None:
        """The same for many, each as *clock* says then, and since when: it may have been *heard* of before. Raises TreeGone.

        They are read together: a folder is opened once for all the files in it.
        """
        now = clock()  # from before each is read: what changes while it is, has changed after the look
        for path, found in self.read_many(paths):
            self._saw(path, found, now, stamp=None, heard=heard.get(path))
            now = clock()

    def note_unread(self, path: DocumentPath, now: float) -> None:
        """Note that *path* could not be read any more: it is gone, or what stands there now is no file of a document."""
        self.unopened.discard(path)
        if path in self.refused:
            self.settling.forget(path)
        else:
            self.settling.note(path, ABSENT, now)

    def _saw(
        self,
        path: DocumentPath,
        found: FileContent | None,
        now: float,
        *,
        stamp: FileStamp | None,
        heard: float | None = None,
    ) -> None:
        if found is None:
            self.unopened.discard(path)
            if stamp is None and path not in self.refused:
                self.present.discard(path)
                self.old.discard(path)  # a file that went just now may come back at once
                self.settling.note(path, ABSENT, now)
            return
        self.present.add(path)
        if role_of(path) is PathRole.MISPLACED:
            self.unopened.discard(path)
            self.misplaced.add(path)
            return
        # Not before it was heard of, and not before the file says: whoever holds it open writes on unheard.
        since = now if heard is None else min(now, max(heard, now - found.age))
        self.settling.note(path, self._opened(path, found), now, since=since)
        if found.stamp.settled:
            self.old.add(path)
        else:
            self.old.discard(path)

    def stir(self, paths: Iterable[DocumentPath], now: float) -> None:
        """Something happened at *paths*. One at which there was nothing again has not been gone for all the time
        between: two looks may both meet the moment in which an editor has renamed a file away.
        """
        for path in paths:
            if self._is_gone(path):
                self.settling.stir(path, now)

    def to_try_again(self, now: float) -> set[DocumentPath]:
        """Files that could not be read for a reason that may have passed: no event will say so."""
        failed = self.unread()
        if not failed or now - self.tried < TRY_AGAIN_EVERY:
            return set()
        self.tried = now
        return failed

    def unread(self) -> set[DocumentPath]:
        """Files that are there, and of which nobody can say what they are until they can be read."""
        return {
            path
            for path, refused in self.refused.items()
            if refused.trouble.may_pass or refused.trouble is Trouble.NOT_ALLOWED
        }

    def read(self, path: DocumentPath) -> FileContent | None:
        """The file at *path*; None where there is none, or none that may be read (then it is among `refused`)."""
        try:
            found = self.tree.read(path)
        except Unreadable as unreadable:
            self._refuse(path, unreadable)
            return None
        self.refused.pop(path, None)
        return found

    def read_many(self, paths: Iterable[DocumentPath]) -> Iterator[tuple[DocumentPath, FileContent | None]]:
        """`read` for many. Raises TreeGone at the first."""
        for path, found in self.tree.read_many(paths):
            if isinstance(found, Unreadable):
                self._refuse(path, found)
                yield path, None
            else:
                self.refused.pop(path, None)
                yield path, found

    def _refuse(self, path: DocumentPath, unreadable: Unreadable) -> None:
        self.refused[path] = RefusedFile(
            path=path, trouble=unreadable.trouble, why=unreadable.why, hint=unreadable.hint
        )

    def bytes_at(self, path: DocumentPath) -> bytes | None:
        """What is at *path* right now, as far as it may be read. Raises TreeGone."""
        found = self.read(path)
        return found.content if found is not None else None

    def quiet_for(self, path: DocumentPath, now: float) -> float:
        """For how many seconds nothing has changed at *path*, as far as anybody can tell."""
        return UNKNOWN_QUIET if path in self.old else self.settling.quiet_for(path, now)

    def due(self, now: float, *, hurry: bool) -> list[DocumentPath]:
        """Paths that may be acted on now; with *hurry* all that wait."""
        if hurry:
            return list(self.settling.waiting())
        listened = now if self.listened is None else self.listened
        return [path for path, at in self._moments() if at <= (listened if self._is_gone(path) else now)]

    def _is_gone(self, path: DocumentPath) -> bool:
        return self.settling.fingerprint(path) == ABSENT

    def _moments(self) -> Iterator[tuple[DocumentPath, float]]:
        """When each path may be acted on: deletions together, so that one question can be asked about all of them."""
        gone: list[tuple[DocumentPath, float]] = []
        for path in self.settling.waiting():
            if self._is_gone(path):
                gone.append((path, self.due_at(path)))
            else:
                yield path, self.due_at(path)
        if gone:
            first, last = min(at for _, at in gone), max(at for _, at in gone)
            together = min(last, first + self.settling.times.longest)
            yield from ((path, together) for path, _ in gone)

    def due_at(self, path: DocumentPath) -> float:
        """When *path* may be acted on."""
        if path in self.old and self.settling.look_again_at(path) is None:
            return 0.0
        times = self.settling.times
        wait = times.gone if self._is_gone(path) else times.settle
        return self.settling.due_at(path, wait)

    def next_due(self) -> float | None:
        """When the next path may be acted on."""
        return min((at for _, at in self._moments()), default=None)

    def split_gone(self, paths: Iterable[DocumentPath]) -> tuple[list[DocumentPath], list[DocumentPath]]:
        """*paths* as those that have something to read, and those that are gone."""
        standing: list[DocumentPath] = []
        gone: list[DocumentPath] = []
        for path in paths:
            (gone if self._is_gone(path) else standing).append(path)
        return standing, gone

    def stands(self, path: DocumentPath) -> bool:
        """Whether something is at *path* right now; what cannot be looked at counts as standing. Raises TreeGone."""
        try:
            return self.tree.stamp(path) is not None
        except Unreadable as unreadable:
            self._refuse(path, unreadable)
            return True

    def all_present(self) -> Collection[DocumentPath]:
        """The paths that stood when they were last looked at."""
        return self.present


def _look_of(stamp: FileStamp) -> str:
    """What stands for a file that was not read; short, because a first look may leave 100,000 of them unread."""
    return f"unread {stamp[:6]}"
