"""The machine's clocks."""

import time
from datetime import UTC, datetime

from dispatchd.application.ports.clock import Clock


class SystemClock:
    """Wall clock in whole seconds, monotonic clock, and the time spent suspended where Linux tells it."""

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0)

    def monotonic(self) -> float:
        return time.monotonic()

    def suspended(self) -> float:
        # CLOCK_BOOTTIME goes on while the machine sleeps, CLOCK_MONOTONIC does not (clock_gettime(2)).
        boottime = getattr(time, "CLOCK_BOOTTIME", None)
        if boottime is None:
            return 0.0
        return max(0.0, time.clock_gettime(boottime) - time.clock_gettime(time.CLOCK_MONOTONIC))


_port: type[Clock] = SystemClock
