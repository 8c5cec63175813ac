from datetime import UTC, timedelta

from dispatchd.adapters.system.system_clock import SystemClock


def test_the_time_is_utc_and_in_whole_seconds() -> None:
    now = SystemClock().now()
    assert now.tzinfo is UTC
    assert now.microsecond == 0
    assert now.utcoffset() == timedelta(0)


def test_the_monotonic_clock_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.monotonic() for _ in range(1000)]
    assert readings == sorted(readings)


def test_suspended_time_is_never_negative_and_does_not_grow_while_awake() -> None:
    clock = SystemClock()
    first, second = clock.suspended(), clock.suspended()
    assert first >= 0.0
    assert abs(second - first) < 1.0
