"""The same work in dispatchd and in other tools, one run of each in turn, so that all meet the same machine.

Medians, with the least and the most beside them. The page that comes of it is for people; the JSON has every run.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.ground import CHECKOUT, new_ground, scratch
from tests.bench.machine import described
from tests.bench.peers import ACTS, Backlog, Ours, Taskwarrior, Tool

RESULT: Final = CHECKOUT / ".bench" / "peers.json"
PAGE: Final = CHECKOUT / "docs" / "benchmarks.md"
SIZES: Final = (1_000, 10_000)
TURNS: Final = 7
ENOUGH_SECONDS: Final = 20.0
"""What has taken one tool so long for one act gets no more turns at it."""
DONE_EVERY: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """How long an act took one tool among so many items, each time."""

    tool: str
    act: str
    items: int
    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """All runs; `versions` says which tools there were, `absent` why others were not."""

    found: tuple[Timed, ...]
    versions: Mapping[str, str]
    absent: Mapping[str, str]


def compare(folder: Path, sizes: Sequence[int] = SIZES) -> Compared:
    """Measure all tools that are here. Raises RuntimeError if a command of one fails."""
    found: list[Timed] = []
    versions: dict[str, str] = {}
    absent: dict[str, str] = {}
    for items in sizes:
        ground = new_ground(folder, f"ours-{items}")
        tools: list[Tool] = [Ours(ground), Backlog(ground.environment), Taskwarrior(ground.environment)]
        absent |= {tool.name: tool.why_not for tool in tools if tool.why_not}
        there = [tool for tool in tools if not tool.why_not]
        versions |= {tool.name: tool.version for tool in there}
        place = folder / f"peers-{items}"
        place.mkdir()
        begun: list[Tool] = []
        try:
            for tool in there:
                tool.begin(place, items)
                begun.append(tool)
            for timed in _in_turn(there, items):
                print(f"{_line(timed)}", file=sys.stderr, flush=True)
                found.append(timed)
        finally:
            for tool in begun:
                tool.end()
    return Compared(found=tuple(found), versions=versions, absent=absent)


def _in_turn(tools: Sequence[Tool], items: int) -> Iterator[Timed]:
    for act in ACTS:
        taken: dict[str, list[float]] = {tool.name: [] for tool in tools}
        for turn in range(TURNS):
            for tool in tools:
                before = taken[tool.name]
                if sum(before) > ENOUGH_SECONDS:
                    continue
                # Numbers of items that are not done, another one in each turn.
                number = DONE_EVERY * (1 + turn * (items // (DONE_EVERY * TURNS + DONE_EVERY))) + 1
                began = time.perf_counter()
                tool.run(act, number)
                before.append(time.perf_counter() - began)
        for name, seconds in taken.items():
            yield Timed(tool=name, act=act, items=items, seconds=tuple(seconds))


def _line(timed: Timed) -> str:
    return f"{timed.items:>7,} {timed.act:<7} {timed.tool:<12} {_cell(timed)}"


def _cell(timed: Timed) -> str:
    least, most = min(timed.seconds) * 1000, max(timed.seconds) * 1000
    return f"{timed.median * 1000:,.0f} ms ({least:,.0f}..{most:,.0f}, n {len(timed.seconds)})"


def keep(compared: Compared, path: Path, machine: Mapping[str, str]) -> None:
    """Every run as JSON."""
    rows = [
        {"tool": each.tool, "act": each.act, "items": each.items, "seconds": each.seconds}
        for each in compared.found
    ]
    result = {
        "machine": machine,
        "versions": compared.versions,
        "absent": compared.absent,
        "rows": rows,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def page_of(compared: Compared, machine: Mapping[str, str]) -> str:
    """The page in Markdown."""
    tools = [*compared.versions]
    lines = [
        "# Beside other tools",
        "",
        "Written by `make bench PEERS=1`: the same work in each tool, one run of each in turn. A cell is the median,",
        "then the least and the most of the runs and how many there were; `×` is how many times dispatchd's median.",
        "",
        f"| items | work | {' | '.join(tools)} |",
        f"|--:|---|{'--:|' * len(tools)}",
    ]
    for items in dict.fromkeys(each.items for each in compared.found):
        for act in ACTS:
            row = {each.tool: each for each in compared.found if (each.act, each.items) == (act, items)}
            lines.append(f"| {items:,} | {act} | {' | '.join(_cells(row, tools))} |")
    lines += ["", "## What ran", ""]
    lines += [f"- {name} {version}" for name, version in compared.versions.items()]
    lines += [f"- {name} was not measured: {why}" for name, why in compared.absent.items()]
    lines += [
        "",
        "Each has the same items, of 2 KB, a fifth of them done; dispatchd with its daemon running,",
    ]
    lines += [
        "Backlog.md as its `init` sets it up and with its tasks committed, taskwarrior with the words of an item"
    ]
    lines += [
        "as an annotation. `list` is everything that is not done, `filter` one state and one label.",
        "",
    ]
    lines += ["## The machine", ""]
    lines += [f"- {key}: {value}" for key, value in machine.items()]
    return "\n".join(lines) + "\n"


def _cells(row: Mapping[str, Timed], tools: Sequence[str]) -> Iterator[str]:
    ours = row["dispatchd"].median
    for name in tools:
        if name not in row:
            yield "not run"
            continue
        times = "" if name == "dispatchd" else f" × {row[name].median / ours:.1f}"
        yield f"{_cell(row[name])}{times}"


def main() -> None:
    """Measure, print and keep."""
    asked = argparse.ArgumentParser(description="Measure dispatchd beside other tools on this machine.")
    asked.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    asked.add_argument("--page", type=Path, default=PAGE, help="where the page goes")
    options = asked.parse_args()
    with scratch("peers-") as folder:
        compared = compare(folder, options.sizes)
        machine = described(folder)
    keep(compared, RESULT, machine)
    page = page_of(compared, machine)
    options.page.write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
