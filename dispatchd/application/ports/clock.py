"""What time it is, and how much of it has passed.

The wall clock dates what people read; it may jump. Waiting and settling are measured on the monotonic clock, which
does not. Who waits for how long is left to the callers.
"""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, here and now."""

    def now(self) -> datetime:
        """The time in UTC, zone included, cut to whole seconds: documents carry no smaller ones, so what is kept
        in the database equals what is read back from a file.
        """
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary point; never goes back, stands still while the machine is suspended."""
        ...

    def suspended(self) -> float:
        """Seconds this machine has been suspended since it started. A rise means it has just woken, and that
        nothing was watched meanwhile. Always 0.0 where the system does not tell.
        """
        ...
