"""How cost grows with the number of files, from 1,000 to 100,000: each size in a workspace of its own, drawn as a plot.

Sizes that were measured in an earlier run are kept, so that the largest need not be measured again with the others.
"""

import argparse
import json
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tests.bench import floors
from tests.bench.commands import committing, looking
from tests.bench.ground import CHECKOUT, Ground, daemon, new_ground, scratch
from tests.bench.living import answering, resting
from tests.bench.log_plot import Line, Panel, drawn
from tests.bench.machine import described
from tests.bench.starting import importing, starting_warm
from tests.bench.table import Row, printed

SIZES: Final = (1_000, 10_000, 100_000)
RESULT: Final = CHECKOUT / ".bench" / "growth.json"
PLOT: Final = CHECKOUT / "docs" / "growth.svg"
REST_SECONDS: Final = 20.0
TIMES: Final = {
    "import_cpu": "import, all files (CPU)",
    "warm_start": "start, nothing changed",
    "status": "dispatchd status",
    "issue_list": "issue list, filtered",
    "save": "save → answered in its file",
    "commit": "commit of one file",
}
MEMORY: Final = {"memory": "most, at the import", "memory_at_rest": "at rest"}


def measured(ground: Ground, files: int) -> Iterator[Row]:
    """A workspace of so many files, from its first start to a commit."""
    ground.lay(files)
    yield from importing(ground, files)
    yield from starting_warm(ground, files)
    with daemon(ground) as running:
        running.wait_until_ready()
        running.sync()
        yield from looking(ground, files, with_daemon=True)
        yield answering(ground, floors.durable_replace(ground.private))
        yield from resting(ground, running, REST_SECONDS, files)
    yield from committing(ground, files)


def plot_of(sizes: Mapping[int, Mapping[str, float]]) -> str:
    """The picture: times above, memory below."""
    times = tuple(_line(sizes, key, label) for key, label in TIMES.items())
    memory = tuple(_line(sizes, key, label) for key, label in MEMORY.items())
    return drawn(
        "Cost by number of files",
        (Panel(title="milliseconds", lines=times), Panel(title="megabytes", lines=memory)),
    )


def _line(sizes: Mapping[int, Mapping[str, float]], key: str, label: str) -> Line:
    points = tuple((files, rows[key]) for files, rows in sorted(sizes.items()) if key in rows)
    return Line(label=label, points=points)


def _kept() -> dict[str, Any]:
    return json.loads(RESULT.read_text(encoding="utf-8")) if RESULT.exists() else {"sizes": {}}


def _figures(rows: list[Row]) -> dict[str, float]:
    """The figures with a name; seconds as milliseconds, like the rest."""
    return {row.key: row.measured * (1000 if row.unit == "s" else 1) for row in rows if row.key}


def main() -> None:
    """Measure, keep and draw."""
    asked = argparse.ArgumentParser(description="Measure how dispatchd's cost grows on this machine.")
    asked.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    options = asked.parse_args()
    result = _kept()
    for files in options.sizes:
        with scratch("growth-") as folder:
            ground = new_ground(folder, "work")
            os.environ.update(ground.environment)
            rows: list[Row] = []
            for row in measured(ground, files):
                rows.append(row)
                print(printed([row]).splitlines()[-1], file=sys.stderr, flush=True)
            result["sizes"][str(files)] = _figures(rows)
            result["machine"] = described(folder)
        RESULT.parent.mkdir(parents=True, exist_ok=True)
        RESULT.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")
    PLOT.write_text(plot_of({int(size): rows for size, rows in result["sizes"].items()}), encoding="utf-8")
    print(f"Drawn in {Path(PLOT).relative_to(CHECKOUT)}; figures in {RESULT.relative_to(CHECKOUT)}.")


if __name__ == "__main__":
    main()
