"""The torture of `make torture`, for a few seconds."""

from tests.system.conftest import NewDesk, new_desk  # noqa: F401 - the fixture
from tests.torture.ordeal import Ordeal, Tally

SECONDS = 8.0


def test_inv1_and_inv4_hold_while_a_daemon_is_stopped_and_killed_among_writers(new_desk: NewDesk) -> None:  # noqa: F811
    tally = Ordeal(new_desk("work"), 1, Tally(1)).run(SECONDS)
    print(tally.told())
    assert tally.lost == []
    assert tally.twice == []
    assert tally.saves > 50
