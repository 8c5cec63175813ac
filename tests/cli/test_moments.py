"""From when on things are told: a time of day, a day, so long ago, or yesterday."""

from datetime import UTC, datetime

import pytest

from dispatchd.cli.failures import Failed
from dispatchd.cli.usage_commands import moment_since

NOW = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("yesterday", "2026-11-21T00:00"),
        ("Today", "2026-11-22T00:00"),
        ("18:00", "2026-11-22T18:00"),
        ("21:00", "2026-11-21T21:00"),
        ("3d", "2026-11-19T20:30"),
        ("2026-11-20", "2026-11-20T00:00"),
    ],
)
def test_a_moment_is_written_as_people_say_it(written: str, found: str) -> None:
    assert moment_since(written, NOW) == datetime.fromisoformat(found).replace(tzinfo=UTC)


def test_what_is_no_time_says_what_one_looks_like() -> None:
    with pytest.raises(Failed, match="write it as 18:00, 3d, yesterday or 2026-11-21"):
        moment_since("the day before", NOW)
