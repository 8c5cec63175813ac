"""What the application may do with the files of the tree: look, read, and write only what nobody else has changed.

The values say how a file was found and what became of a write. Which bytes to write, what a displaced save means,
how long to wait for a hand and when to try again belong to the caller; how the file system is asked, to the adapters.
Every call is synchronous; one worker thread at a time makes them.

A write never destroys a person's bytes: what it displaces goes to quarantine, and comes out of `sweep_quarantine`
as `Displaced` if it is not what the caller expected. The caller ingests it with `Displaced.expected` as the base,
commits, and calls `settle`; until then it comes again.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import Final, Protocol

from dispatchd.application.ports.file_stamp import NOTHING_KNOWN, FileStamp, Proof
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath

LARGEST_FILE: Final = 1024 * 1024
"""Bytes; a larger file is reported and never read."""


class Trouble(StrEnum):
    """Why the file system did not do what was asked."""

    NO_SPACE = "no space"
    IO_ERROR = "input/output error"
    NOT_ALLOWED = "not allowed"
    READ_ONLY = "read-only"
    TOO_MANY_OPEN = "too many open files"
    NAME_TOO_LONG = "name too long"
    NOT_A_FILE = "not a regular file"
    SYMLINK = "symbolic link"
    TOO_LARGE = "too large"
    HARD_LINKS = "several hard links"
    BAD_NAME = "bad name"
    BUSY = "busy"
    OTHER = "other"

    @property
    def may_pass(self) -> bool:
        """Whether trying the same again later can succeed without a person changing this file."""
        match self:
            case Trouble.NO_SPACE | Trouble.IO_ERROR | Trouble.READ_ONLY | Trouble.TOO_MANY_OPEN:
                return True
            case _:
                return self in (Trouble.BUSY, Trouble.OTHER)


class TreeGone(Exception):  # noqa: N818 - named for what happened, as the other failures are
    """The tree's folder is missing, replaced, a symbolic link, or on another device than when it was opened."""

    def __init__(self, why: str, hint: str) -> None:
        super().__init__(f"{why} {hint}")
        self.why = why
        self.hint = hint


class Unreadable(Exception):  # noqa: N818 - named for what happened, as the other failures are
    """A file is there and cannot be read, or may not be."""

    def __init__(self, path: DocumentPath, trouble: Trouble, why: str, hint: str) -> None:
        super().__init__(f"{path}: {why} {hint}")
        self.path = path
        self.trouble = trouble
        self.why = why
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedFile:
    """Something in the tree that would count as a document but is not read; its path must not be taken for deleted."""

    path: DocumentPath
    trouble: Trouble
    why: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """Everything that stands in the tree's folders at one look."""

    files: Mapping[DocumentPath, FileStamp]
    unchanged: AbstractSet[DocumentPath] = frozenset()
    """Further files, which look as the proof says that was given for them."""
    misplaced: AbstractSet[DocumentPath] = frozenset()
    """What may be a document and stands where none can be."""
    refused: tuple[RefusedFile, ...] = ()
    unseen: tuple[DocumentPath, ...] = ()
    """Folders that could not be listed (they are in `refused` too); nothing is known of the files below them."""

    def accounts_for(self, path: DocumentPath) -> bool:
        """Whether the scan can tell if *path* exists; where it cannot, absence from `files` is no deletion."""
        is_refused = any(refused.path == path for refused in self.refused)
        return not is_refused and not any(path.startswith(f"{folder}/") for folder in self.unseen)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileContent:
    """A file's bytes and the stamp taken before they were read; unsettled if it changed then. `age`: seconds since a change."""

    content: bytes
    stamp: FileStamp
    age: float = 0.0


class Hand(StrEnum):
    """What shows that somebody is at work in a file."""

    OPEN_FOR_WRITING = "it is open for writing"
    VIM_MODIFIED = "vim has unsaved changes in it"
    EMACS_LOCK = "emacs has unsaved changes in it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Displaced:
    """A person's save that a write displaced, kept in quarantine until `settle` is called with it."""

    row: int
    path: DocumentPath
    expected: DocumentDigest | None
    """The digest of the text the writer believed it replaced: the base to merge this save against."""
    content: bytes
    held_as: str
    """The name it has in quarantine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A file in quarantine that nobody has dealt with yet, for `doctor`; one that is passing only waits its time."""

    row: int
    path: DocumentPath
    held_as: str
    why: str
    is_passing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteRequest:
    """One row of the outbox: put *content* at *path* if it still holds *expected* (None: if nothing is there)."""

    row: int
    path: DocumentPath
    expected: DocumentDigest | None
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The new bytes are in place and durable."""

    stamp: FileStamp
    displaced: Displaced | None = None
    """A save that slipped in just before the exchange, known to be complete; it also waits in quarantine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyThere:
    """The file already had the new bytes (a replayed row), and they are durable."""

    stamp: FileStamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """Nothing was done: the file is not what was expected. *found* is what it is, None if it is absent."""

    found: FileContent | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(RefusedFile):
    """Nothing was done: the file system or the state of this file forbids it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """The path is free. *displaced* is a save that slipped in just before; it also waits in quarantine."""

    displaced: Displaced | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlreadyGone:
    """There was nothing at the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """The file stands at the target with its inode; an editor that has it open goes on saving into it there."""

    stamp: FileStamp
    as_expected: bool
    """False: a save slipped in just before, and came along; the next read of the target finds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """Nothing was done: something else stands at the target."""

    target: DocumentPath


WriteOutcome = Written | AlreadyThere | Changed | Refused
RemoveOutcome = Removed | AlreadyGone | Changed | Refused
MoveOutcome = Moved | AlreadyThere | Changed | Occupied | Refused


class DispatchTree(Protocol):
    """The folder of documents."""

    def folder_mark(self) -> str:
        """What tells this folder from all others that stood, or will stand, in its place. Raises TreeGone."""

    def scan(self, known: Mapping[DocumentPath, Proof | None] = NOTHING_KNOWN) -> Scan:
        """List and stamp every file whose path has a role, but for those that *known* proves unchanged: they are only
        listed. Raises TreeGone, or Unreadable for the root itself.
        """
        ...

    def read(self, path: DocumentPath) -> FileContent | None:
        """The file at *path*, None if there is none. Raises TreeGone and Unreadable (links, devices, large files)."""
        ...

    def read_many(
        self, paths: Iterable[DocumentPath]
    ) -> Iterator[tuple[DocumentPath, FileContent | Unreadable | None]]:
        """`read` for many, in order, with each folder opened once; an Unreadable is handed over, not raised.

        Take all or close it: folders stay open meanwhile. Raises TreeGone at the first.
        """
        ...

    def stamp(self, path: DocumentPath) -> FileStamp | None:
        """How *path* stands now, whatever it is; None if nothing is there. Raises TreeGone."""
        ...

    def hand_on(self, path: DocumentPath) -> Hand | None:
        """Whose hand is on the file now, as far as the system can tell."""

    def write(self, request: WriteRequest) -> WriteOutcome:
        """Compare and swap one file, durably. Keeps the old file's mode, makes missing folders. Raises TreeGone."""
        ...

    def write_many(self, requests: Sequence[WriteRequest]) -> tuple[WriteOutcome, ...]:
        """The same for many, in order, with one flush for all new contents and one for each folder."""
        ...

    def remove(self, row: int, path: DocumentPath, expected: DocumentDigest) -> RemoveOutcome:
        """Take the file away into quarantine if it holds *expected*. Raises TreeGone."""
        ...

    def move(self, source: DocumentPath, target: DocumentPath, expected: DocumentDigest) -> MoveOutcome:
        """Rename the file if it holds *expected* and nothing is at *target*. Raises TreeGone."""
        ...

    def sweep_quarantine(self) -> tuple[Displaced, ...]:
        """Drop what proved to be as expected, ten seconds after it was displaced and with no writer left; return
        what proved different and complete. What a writer still holds open stays for a later sweep.
        """
        ...

    def settle(self, displaced: Displaced) -> None:
        """Say that *displaced* is ingested. It is dropped when no writer can reach it any more; should it change
        before that, it comes again with the ingested bytes as its base.
        """
        ...

    def held_in_quarantine(self) -> tuple[Held, ...]:
        """What lies in quarantine, and why it is still there."""

    def recover(self) -> tuple[Displaced, ...]:
        """Clean up after a crash: drop unfinished temporary files, keep whatever a person may have written, and
        return it as a sweep would. Call it before the open rows are replayed; calling it again changes nothing.
        """
        ...

    def degraded(self) -> str | None:
        """In what way this mount cannot give the full guarantee, and what to do; None if it can."""
        ...

    def close(self) -> None:
        """Give the descriptors back; the tree is not used afterwards."""
