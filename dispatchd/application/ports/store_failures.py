"""How the database can fail, by what the caller should do about it.

Each says what happened, to which file, and the next step. Nothing of a transaction that failed was kept.
"""

from datetime import datetime
from pathlib import Path

from dispatchd.domain.errors import DispatchdError


class StoreFailure(DispatchdError):  # noqa: N818 - named for what happened, as the other failures are
    """The database cannot be used as it is."""


class DatabaseDamaged(StoreFailure):
    """The file is not a sound database. At opening it was set aside as `set_aside`, so that opening again makes a
    new one to be rebuilt from the tree and its history; found later, `set_aside` is None: stop, and open again.
    """

    def __init__(self, path: Path, found: str, set_aside: Path | None) -> None:
        kept = f"it was kept as {set_aside}" if set_aside else "writing has stopped; start again to check it"
        super().__init__(f"{path} is damaged ({found}); {kept}. Every file of the tree is untouched.")
        self.path = path
        self.found = found
        self.set_aside = set_aside


class DatabaseReplaced(StoreFailure):
    """The file, or its write-ahead log, was deleted or replaced while it was open: stop at once."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path} was deleted or replaced while dispatchd used it. Stop, and start dispatchd again."
        )
        self.path = path


class DatabaseMissing(StoreFailure):
    """There is none, or one of an older schema, and whoever only reads may not make one."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not there or not up to date. dispatchd sync makes it from the tree.")
        self.path = path


class DatabaseOutdated(StoreFailure):
    """It has not heard of what was committed here: a disk or a backup was rolled back. Nothing may be done on it."""

    def __init__(self, *, commit: str, at: datetime, events: int, commits: int) -> None:
        told = "1 event" if events == 1 else f"{events} events"
        where = f"commit {commit[:10]}" if commits == 1 else f"{commits} commits up to {commit[:10]}"
        self.events = events
        self.fault = (
            f"the database is older than the history: it lacks {told} that this clone itself committed "
            f"({where}, {at:%Y-%m-%d %H:%MZ})"
        )
        super().__init__(
            f"{self.fault}. A disk or a copy was rolled back. Nothing was read or written. Choose:\n"
            "  dispatchd rebuild               makes the database anew from the history; nothing decided is lost\n"
            "  dispatchd backup restore        takes the newest backup, and what the history knows since\n"
            "  dispatchd backup restore NAME   takes another one; dispatchd backup list shows them"
        )


class DatabaseTooNew(StoreFailure):
    """A later dispatchd wrote it."""

    def __init__(self, path: Path, version: int, known: int) -> None:
        super().__init__(
            f"{path} was written by a later dispatchd (schema {version}, this one knows {known}). Update dispatchd."
        )


class DatabaseUnplaceable(StoreFailure):
    """It would lie on a network file system, where SQLite's locks cannot be trusted."""

    def __init__(self, path: Path, file_system: str) -> None:
        super().__init__(
            f"{path} lies on {file_system}, a network or shared file system, where a database gets damaged. "
            "Move the repository to a local disk."
        )
        self.file_system = file_system


class StoreUnavailable(StoreFailure):
    """The disk is full, read-only or failing, or another process holds the database: the same may succeed later."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: {why}. Nothing was changed; make room or mend it, then try again.")
        self.path = path
        self.why = why


class DatabaseAway(StoreUnavailable):
    """The folder it lies in was moved, and the database with it: nothing is lost, and it may come back."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            path,
            "the folder it lies in was moved away. Move it back, or stop this daemon (dispatchd down, where the "
            "repository is now) and start dispatchd there",
        )
