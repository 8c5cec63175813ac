"""Every point of every scenario, or the ones that are named: `python -m tests.crash edit:137:kill`.

Prints a table, and for each point that failed what was broken and how to run it alone.
"""

import argparse
import logging
import multiprocessing
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from tests.crash.calls import ENDS, Fault
from tests.crash.points import Point, parse, points_of, run, run_twice, whole
from tests.crash.real_process import Ground
from tests.crash.scenarios import SCENARIOS

REAL_EVERY: Final = 25
AGAIN_EVERY: Final = 2
"""Of the real kills every second process that comes next is killed as well."""
PROGRESS_EVERY: Final = 1000
"""After so many points whoever waits is told how far it is."""
COLUMNS: Final = (
    "calls",
    "points",
    "kills",
    "killed twice",
    "power cuts",
    "failed calls",
    "real kills",
    "failures",
)


@dataclass(slots=True)
class Tally:
    """What came of some points of one scenario."""

    scenario: str
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def try_point(point: Point) -> Tally:
    """Run one point in memory; one at which the process ends, twice."""
    tally = Tally(point.scenario)
    tally.counts["points"] += 1
    try:
        if point.fault is Fault.KILL:
            run_twice(point)
            tally.counts["killed twice"] += 1
        else:
            run(point)
    except AssertionError as broken:
        tally.broken.append(str(broken))
    except Exception as error:  # noqa: BLE001 -- said with its point; what does not pickle would hang the pool for ever
        tally.broken.append(f"{point.name}: {type(error).__name__}: {error}")
    kind = "kills" if point.fault is Fault.KILL else "power cuts" if point.fault in ENDS else "failed calls"
    tally.counts[kind] += 1
    return tally


def try_real(every: int, name: str) -> Tally:
    """Kill a real process at every *every*th call of a scenario."""
    tally = Tally(name)
    with tempfile.TemporaryDirectory(prefix="dispatchd-crash-") as base:
        ground = Ground(Path(base), name)
        calls = ground.prepare().calls
        for number, call in enumerate(range(every // 2, calls, every)):
            again = (call * 37 % 150,) if number % AGAIN_EVERY else ()
            tally.counts["points"] += 1
            point = Point(scenario=name, call=call, fault=Fault.SIGKILL, again=again[0] if again else None)
            try:
                tally.counts["real kills"] += ground.kill_at(call, *again)
            except AssertionError as broken:
                tally.broken.append(f"{point.name}: {broken}")
    return tally


def try_named(point: Point) -> Tally:
    """Run exactly the point that was named."""
    tally = Tally(point.scenario)
    tally.counts["points"] += 1
    try:
        if point.fault is Fault.SIGKILL:
            with tempfile.TemporaryDirectory(prefix="dispatchd-crash-") as base:
                ground = Ground(Path(base), point.scenario)
                ground.prepare()
                ground.kill_at(point.call, *(() if point.again is None else (point.again,)))
        else:
            run(point)
    except AssertionError as broken:
        tally.broken.append(str(broken))
    return tally


def results(names: Sequence[str], every: int, jobs: int, *, real: bool) -> Iterator[Tally]:
    """All points of *names*, of which every *every*th is tried."""
    points = [point for name in names for point in points_of(name)[every // 2 :: every]]
    with multiprocessing.Pool(jobs) as pool:
        yield from pool.imap_unordered(try_point, points, chunksize=8)
        if real:
            yield from pool.imap_unordered(partial(try_real, REAL_EVERY * every), names)


def main() -> int:
    """What the words on the command line ask for."""
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("points", nargs="*", help="names of points, as a failure prints them")
    parser.add_argument(
        "--scenario", action="append", choices=sorted(SCENARIOS), help="only this one; may be repeated"
    )
    parser.add_argument("--every", type=int, default=1, help="try every so manieth point")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--no-real", action="store_true", help="no real processes")
    asked = parser.parse_args()
    logging.disable()
    if asked.points:
        tallies = [try_named(parse(name)) for name in asked.points]
        for tally in tallies:
            print(*(tally.broken or ["holds"]), sep="\n")
        return int(any(tally.broken for tally in tallies))
    return try_all(asked.scenario or list(SCENARIOS), asked.every, asked.jobs, real=not asked.no_real)


def try_all(names: Sequence[str], every: int, jobs: int, *, real: bool) -> int:
    """Run every *every*th point of *names*, and print what came of them; the exit code."""
    sums = {name: Tally(name, Counter(calls=len(whole(name).calls))) for name in names}
    began, tried = time.monotonic(), 0
    for tally in results(names, every, jobs, real=real):
        sums[tally.scenario].counts += tally.counts
        sums[tally.scenario].counts["failures"] += len(tally.broken)
        for broken in tally.broken:
            name = broken.split(maxsplit=1)[0].rstrip(":")
            print(f"{broken}\n  alone: .venv/bin/python -m tests.crash {name}\n", flush=True)
        tried += tally.counts["points"]
        if tried % PROGRESS_EVERY == 0:
            failures = sum(each.counts["failures"] for each in sums.values())
            minutes = (time.monotonic() - began) / 60
            print(f"{tried} points, {failures} failures, {minutes:.0f} minutes", file=sys.stderr, flush=True)
    print_table(sums, time.monotonic() - began)
    return int(any(tally.counts["failures"] for tally in sums.values()))


def print_table(sums: dict[str, Tally], seconds: float) -> None:
    """One line a scenario, and their sum."""
    total = sum((tally.counts for tally in sums.values()), Counter[str]())
    rows = [*((name, tally.counts) for name, tally in sums.items()), ("all", total)]
    print(f"{'scenario':<10}" + "".join(f"{column:>14}" for column in COLUMNS))
    for name, counts in rows:
        print(f"{name:<10}" + "".join(f"{counts[column]:>14}" for column in COLUMNS))
    print(f"in {seconds / 60:.1f} minutes; every point again: make crash")


if __name__ == "__main__":
    sys.exit(main())
