"""Prints each promise about speed and memory with what this machine makes of it; run by `make bench`.

Everything happens in a folder outside /tmp that is removed at the end. Nothing here is part of the tests: figures
depend on what else the machine does, so a ratio to a floor from the same run says more than a time.
"""

import argparse
import itertools
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.bench.agents import working
from tests.bench.chains import taking_in_a_chain
from tests.bench.commands import committing, looking, writing
from tests.bench.deciding import deciding
from tests.bench.ground import CHECKOUT, Ground, daemon, new_ground, scratch
from tests.bench.ledgers import importing_ledger
from tests.bench.living import editing_many, replacing_all, resting, saving
from tests.bench.long_run import saving_for_long
from tests.bench.others import taking_in_others
from tests.bench.starting import importing, starting_warm
from tests.bench.table import Row, keep, printed

PARTS: Final = ("life", "others", "ledger", "chain", "deciding", "agents")
ASKED: Final = ("long",)
"""Parts that are measured only when they are named."""
RESULT: Final = CHECKOUT / ".bench" / "latest.json"


def rows(ground: Ground, files: int, idle: float) -> Iterator[Row]:
    """Every row, in the order of a workspace's life."""
    yield from importing(ground, files)
    yield from starting_warm(ground, files)
    yield from looking(ground, files, with_daemon=False)
    with daemon(ground) as running:
        running.wait_until_ready()
        running.sync()
        yield from looking(ground, files, with_daemon=True)
        yield from writing(ground, files)
        running.sync()
        yield from saving(ground, running)
        yield from editing_many(ground, running, min(500, files // 10))
        yield from resting(ground, running, idle, files)
        yield from replacing_all(ground, running, files)
    yield from committing(ground, files)


def main() -> None:
    """Measure, print and keep."""
    asked = argparse.ArgumentParser(description="Measure dispatchd on this machine.")
    asked.add_argument("--files", type=int, default=10_000)
    asked.add_argument("--idle", type=float, default=60.0, metavar="SECONDS")
    asked.add_argument(
        "--only", nargs="+", default=PARTS, choices=(*PARTS, *ASKED), help="measure these parts alone"
    )
    options = asked.parse_args()
    found: list[Row] = []
    began = time.monotonic()
    with scratch("bench-") as folder, telling(found, began, options.files):
        ground = new_ground(folder, "work")
        os.environ.update(ground.environment)
        if "life" in options.only:
            ground.lay(options.files)
        parts = {"life": rows(ground, options.files, options.idle), **_apart(folder, options.files)}
        for row in itertools.chain.from_iterable(
            part for name, part in parts.items() if name in options.only
        ):
            found.append(row)
            print(printed([row]).splitlines()[-1], file=sys.stderr, flush=True)


@contextmanager
def telling(found: list[Row], began: float, files: int) -> Iterator[None]:
    """Print and keep what was *found*, also of a run that failed half-way."""
    try:
        yield
    finally:
        if found:
            took = time.monotonic() - began
            keep(found, RESULT, files=files, load=os.getloadavg(), seconds=round(took))
            print(f"\n{printed(found)}\n\nKept in {RESULT.relative_to(CHECKOUT)}; {took:.0f} s.")


def _apart(folder: Path, files: int) -> dict[str, Iterator[Row]]:
    """The parts that have workspaces of their own."""
    chained = (new_ground(folder, "apart"), new_ground(folder, "chained"))
    return {
        "others": taking_in_others(new_ground(folder, "others")),
        "ledger": importing_ledger(new_ground(folder, "ledger"), files),
        "chain": taking_in_a_chain(*chained, files // 4),
        "deciding": deciding(files),
        "agents": working(new_ground(folder, "agents")),
        "long": saving_for_long(new_ground(folder, "long"), files, files),
    }


if __name__ == "__main__":
    main()
