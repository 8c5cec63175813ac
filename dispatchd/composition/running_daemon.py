"""The daemon that runs, and what is amiss with it that shows without asking it: in its lock, and in `/proc`."""

from typing import Any

from dispatchd import __version__
from dispatchd.domain.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class RunningDaemon:
    """The daemon that runs. `version` is empty where it began before versions stood in the lock."""

    pid: int
    since: Any
    is_stopped: bool = False
    """Whether a signal has halted it: it holds the workspace and does nothing until it is let go on."""
    version: str = __version__

    @property
    def halt(self) -> str:
        """That it is stopped, and how it goes on; empty while it goes on."""
        return f"{stopped_by_signal(self.pid)} {how_to_go_on(self.pid)}" if self.is_stopped else ""

    @property
    def mismatch(self) -> str:
        """That it is another version than this one, and what to do; empty where both are the same."""
        if self.version == __version__:
            return ""
        return f"{other_version(self.version)} {RESTART}"


RESTART = "Run: dispatchd down && dispatchd up"


def stopped_by_signal(pid: int) -> str:
    """What is said of a daemon that is halted."""
    return f"The daemon (pid {pid}) is stopped by a signal."


def how_to_go_on(pid: int) -> str:
    """What lets it go on."""
    return f"Run: kill -CONT {pid}"


def other_version(running: str) -> str:
    """What is said of a daemon of the version *running*; empty where it did not say which."""
    return f"The daemon that runs is dispatchd {running or 'of an earlier version'}; this is {__version__}."
