"""A fixed sample of what `make crash` tries in full."""

from pathlib import Path

import pytest

from tests.crash.calls import Fault
from tests.crash.points import points_of, run, run_twice, whole
from tests.crash.real_process import Ground
from tests.crash.scenarios import SCENARIOS

TRIED = 8
"""Points of a scenario, evenly over all of them."""
DECISIVE = {"git.record", "tree.exchange", "tree.rename_new"}
"""Calls that make something so: the process also ends right before and right after each of these."""


@pytest.mark.parametrize("name", SCENARIOS)
def test_inv1_to_inv9_hold_wherever_the_daemon_ends_and_whatever_call_fails(name: str) -> None:
    points, calls = points_of(name), whole(name).calls
    stride = len(points) // TRIED | 1
    decisive = [
        point
        for point in points
        if point.fault is Fault.KILL
        and DECISIVE & {call.name for call in calls[max(0, point.call - 1) : point.call + 1]}
    ]
    tried = list(dict.fromkeys([*points[stride // 3 :: stride], *decisive[::3]]))
    broken: list[str] = []
    for point in tried:
        try:
            run_twice(point) if point.fault is Fault.KILL else run(point)
        except AssertionError as wrong:
            broken.append(f"{wrong}\n  alone: .venv/bin/python -m tests.crash {point.name}")
    print(f"{name}: {len(calls)} calls, {len(points)} points, {len(tried)} tried")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize(("name", "calls"), [("edit", (311, 700)), ("waiting", (90, 1100))])
def test_inv8_a_real_process_that_is_killed_goes_on_where_it_was(
    name: str, calls: tuple[int, ...], tmp_path: Path
) -> None:
    ground = Ground(tmp_path, name)
    undisturbed = ground.prepare()
    kills = [ground.kill_at(call, call * 37 % 150) for call in calls]
    print(f"{name}: {undisturbed.calls} calls, killed {sum(kills)} times")
    assert all(kills)
