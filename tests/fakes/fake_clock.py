"""A clock that a test moves by hand."""

from datetime import UTC, datetime, timedelta

from dispatchd.application.ports.clock import Clock


class FakeClock:
    """Starts at 2026-11-21 07:12Z and stands still until it is told otherwise."""

    def __init__(self, start: datetime = datetime(2026, 11, 21, 7, 12, tzinfo=UTC)) -> None:
        self._wall = start
        self._monotonic = 1000.0
        self._suspended = 0.0

    def now(self) -> datetime:
        return self._wall.replace(microsecond=0)

    def monotonic(self) -> float:
        return self._monotonic

    def suspended(self) -> float:
        return self._suspended

    def pass_time(self, seconds: float) -> None:
        """Time passes, awake."""
        self._wall += timedelta(seconds=seconds)
        self._monotonic += seconds

    def suspend(self, seconds: float) -> None:
        """The machine sleeps and wakes."""
        self._wall += timedelta(seconds=seconds)
        self._suspended += seconds

    def set_wall(self, wall: datetime) -> None:
        """Somebody sets the clock, back or forth; nothing else notices."""
        self._wall = wall


_port: type[Clock] = FakeClock
