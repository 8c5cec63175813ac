"""`make torture`: MINUTES and SEED from the command line; as many ordeals as fit, each with the next seed."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.system.desk import new_repository
from tests.torture.ordeal import Ordeal, Tally

ONE: Final = 60.0
"""Seconds of one ordeal: what it keeps is looked through afterwards."""


def one(base: Path, seed: int, seconds: float) -> Tally:
    """One ordeal in a new repository below *base*."""
    desk = new_repository(
        base / f"seed-{seed}", [("user.name", "Alice Doe"), ("user.email", "alice@example.com")]
    )
    try:
        return Ordeal(desk, seed, Tally(seed)).run(seconds)
    finally:
        desk.end()


def main() -> int:
    """Run them, print each, keep the folder of one that failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    os.environ.update(GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1")
    base = Path(tempfile.mkdtemp(prefix="dispatchd-torture-", dir="/var/tmp"))
    until, seed, tallies = time.monotonic() + asked.minutes * 60, asked.seed, list[Tally]()
    while time.monotonic() < until:
        seconds = min(ONE, until - time.monotonic())
        tallies.append(one(base, seed, seconds))
        print(tallies[-1].told(), flush=True)
        for wrong in (*tallies[-1].lost, *tallies[-1].twice)[:20]:
            print(f"  {wrong}; again: make torture MINUTES={seconds / 60:.1f} SEED={seed}; it lies in {base}")
        seed += 1
    lost, twice = (sum(len(getattr(tally, what)) for tally in tallies) for what in ("lost", "twice"))
    saves, renders = (sum(getattr(tally, what) for tally in tallies) for what in ("saves", "renders"))
    kills, stops = (sum(getattr(tally, what) for tally in tallies) for what in ("kills", "stops"))
    print(
        f"all: {saves} saves, {renders} renders, {kills} kills, {stops} stops; lost {lost}, acts done twice {twice}"
    )
    if not lost and not twice:
        shutil.rmtree(base, ignore_errors=True)
    return int(bool(lost or twice))


if __name__ == "__main__":
    sys.exit(main())
