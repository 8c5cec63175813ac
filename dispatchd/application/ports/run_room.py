"""Where the processes of runs live: each in a folder of its own, outliving the daemon that began it.

`begin` may be called again and again, also by another daemon after a crash: the agent is started once.
"""

from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from dispatchd.domain.agent_run import RunId
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOrder:
    """What is started, whole: `argv` with the sandbox around it. Limits of None are not set."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    folder: Path
    lays: Mapping[Path, bytes] = field(default_factory=dict)
    """Files written before it starts, with the folders they stand in, for this user alone."""
    makes: tuple[Path, ...] = ()
    """Folders made before it starts."""
    first_lines: tuple[bytes, ...] = ()
    keeps_reading: bool = False
    most_processes: int | None = None
    most_files: int | None = None
    most_file_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunExit:
    """How the process ended. `code`: None where it never started; `signal` where one ended it."""

    code: int | None
    signal: int | None = None
    at: datetime | None = None
    error: str = ""
    """Why it could not be started."""


class Life(StrEnum):
    """What can be seen of a run from outside."""

    ABSENT = "absent"
    """No folder of that name: it was never prepared, or somebody has taken it away."""
    PREPARED = "prepared"
    """Its order is written, nothing was started."""
    ALIVE = "alive"
    EXITED = "exited"
    GONE = "gone"
    """It had begun, and neither lives nor left word of its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSight:
    life: Life
    exit: RunExit | None = None
    transcript_bytes: int = 0
    stderr_tail: str = ""
    """The last 2 KiB of what it printed as errors, once it is over."""
    pid: int | None = None
    moved: bool = False
    """Its order was written where the repository stood before it was moved; what it names is not there any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolders:
    """Where a run's own files are. `work` is the one its agent may write in; the others it cannot see."""

    run: Path
    work: Path
    transcript: Path
    stderr: Path


class RunRoom(Protocol):
    """Raises OSError where the disk refuses; then nothing was started."""

    def folders(self, run_id: RunId) -> RunFolders: ...

    def prepare(self, run_id: RunId, order: RunOrder) -> None:
        """Lay the run's folder and write its order; an order that stands already stays, unless it was for another place."""
        ...

    def begin(self, run_id: RunId) -> None:
        """Start what was prepared; nothing where it was started already."""
        ...

    def look(self, run_id: RunId) -> RunSight: ...

    def read(self, run_id: RunId, offset: int, most: int) -> bytes:
        """Of the transcript, from *offset* on, *most* bytes at most."""
        ...

    def give(self, run_id: RunId, number: int, line: bytes) -> bool:
        """Give the agent a line, once for each *number*; False where nobody takes it, now or ever."""
        ...

    def end_input(self, run_id: RunId) -> None:
        """Close its standard input: there will be no more lines."""
        ...

    def stop(self, run_id: RunId, *, force: bool) -> None:
        """Ask its whole group to end (TERM), or with *force* end every process of it, also one that has left the group.

        With *force* that is done wherever its folder has gone.
        """
        ...

    def standing(self) -> tuple[RunId, ...]:
        """Every run whose work folder stands: those that were begun, and not discarded."""
        ...

    def discard(self, run_id: RunId) -> None:
        """Forget an ended run's work folder and socket; transcript, errors and exit stay."""
        ...

    def forget_orders(self) -> None:
        """Forget what the runs were started with that have begun."""
        ...
