"""How the application hears that something may have happened in the tree.

A hint says where to look, never what is true: hints may be late, doubled or lost, and a scan decides. The one promise
is order: a `CookieSeen` comes after the hints for everything that happened in the tree before its cookie was dropped;
`GitMoved` keeps no such order, so whoever waits for git looks at git.
Settle times, scanning and restarting a watcher that has died belong to the caller.
"""

from collections.abc import Callable
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath


class RescanReason(StrEnum):
    """Why single hints are not enough."""

    OVERFLOW = "the system dropped events"
    WATCH_ERROR = "a folder could not be watched"
    FOLDER_CAME = "a folder appeared"
    FOLDER_WENT = "a folder went away"
    BAD_NAME = "a name that is no text came or went"
    POLL = "this mount sends no events"


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """Look at this path: it was created, saved, renamed or deleted."""

    path: DocumentPath
    heard: float | None = field(default=None, compare=False)
    """When that was heard of, on the monotonic clock; None where nobody noted it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rescan:
    """Scan the tree."""

    reason: RescanReason
    under: DocumentPath | None = None
    """The folder it is about; None is the whole tree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieSeen:
    """The cookie of this name came through: all that happened before it was dropped has been hinted at."""

    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GitMoved:
    """Something changed in a folder given to `watch_also`: *name* in *folder* (`index.lock`, `HEAD`, a ref)."""

    folder: Path
    name: str


Hint = Touched | Rescan | CookieSeen | GitMoved


class TreeWatcher(Protocol):
    """Listens to the tree from `start` to `stop`; may be started again after a stop."""

    def start(self, on_hint: Callable[[Hint], None]) -> None:
        """Begin to listen. *on_hint* is called on the watcher's own thread and must only put the hint somewhere.
        When this returns, whatever happens in the tree from now on is hinted at.
        """
        ...

    def watch_also(self, folder: Path) -> None:
        """Hint `GitMoved` for what changes directly in *folder*, now and after every start. A folder that does
        not exist is left out.
        """
        ...

    def drop_cookie(self) -> str:
        """Put a new cookie into the tree and return its name; `CookieSeen` with it follows, and the file goes away.
        Raises OSError if the tree cannot be written.
        """
        ...

    def is_alive(self) -> bool:
        """Whether all of its threads run. A dead one is stopped and started again by the caller."""
        ...

    def poll_seconds(self) -> float | None:
        """How often the caller hears `Rescan` because events never come here; None where they do."""
        ...

    def stop(self) -> None:
        """Stop listening; when this returns, no hint comes any more. Harmless when not started."""
        ...
