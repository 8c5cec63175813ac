"""What every clock and every source of ids promises, asked of the system's and of those tests use."""

from datetime import UTC

import pytest

from dispatchd.adapters.system.random_ids import RandomIds
from dispatchd.adapters.system.system_clock import SystemClock
from dispatchd.application.ports.clock import Clock
from dispatchd.application.ports.ids import IdSource
from dispatchd.domain.identifiers import CROCKFORD
from tests.fakes.fake_clock import FakeClock
from tests.fakes.fake_ids import SeededIds

clocks = pytest.mark.parametrize("clock", [SystemClock(), FakeClock()], ids=["system", "fake"])
sources = pytest.mark.parametrize("source", [RandomIds(), SeededIds()], ids=["random", "seeded"])


@clocks
def test_now_is_utc_in_whole_seconds(clock: Clock) -> None:
    assert (clock.now().tzinfo, clock.now().microsecond) == (UTC, 0)


@clocks
def test_monotonic_time_and_suspended_time_never_go_back(clock: Clock) -> None:
    monotonic = [clock.monotonic() for _ in range(100)]
    assert monotonic == sorted(monotonic)
    assert clock.suspended() >= 0.0


def test_054_a_set_wall_clock_moves_no_deadline_and_a_sleep_shows() -> None:
    clock = FakeClock()
    before = clock.monotonic(), clock.suspended(), clock.now()
    clock.set_wall(clock.now().replace(year=2025))
    assert (clock.monotonic(), clock.suspended()) == before[:2]
    clock.suspend(8 * 3600)
    assert clock.monotonic() == before[0]
    assert clock.suspended() == before[1] + 8 * 3600
    clock.pass_time(2.5)
    assert clock.monotonic() == before[0] + 2.5


@sources
@pytest.mark.parametrize("count", [1, 20, 25, 64])
def test_bits_stay_within_their_width(source: IdSource, count: int) -> None:
    assert all(0 <= source.random_bits(count) < 2**count for _ in range(200))


@sources
def test_event_ids_have_sixteen_known_characters_and_do_not_repeat(source: IdSource) -> None:
    ids = {source.event_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(len(event_id) == 16 and set(event_id) <= set(CROCKFORD) for event_id in ids)


def test_seeded_ids_are_the_same_in_the_next_run() -> None:
    assert SeededIds(7).event_id() == SeededIds(7).event_id() != SeededIds(8).event_id()
