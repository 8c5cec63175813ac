"""What a benchmark found: one row a promise, with its floor from the same run, printed as a table and kept as JSON."""

import json
import platform
import sqlite3
import statistics
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

_HEAD: Final = ("what", "measured", "floor", "ratio", "target", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`measured`, `floor` and `target` are in `unit`; a row without a target only informs."""

    what: str
    measured: float
    unit: str = "ms"
    floor: float | None = None
    floor_is: str = ""
    target: float | None = None
    spread: str = ""
    key: str = ""
    """What the figure is, for those who compare runs of several sizes."""

    @property
    def ratio(self) -> float | None:
        """How many times the floor was measured."""
        return self.measured / self.floor if self.floor else None

    @property
    def is_met(self) -> bool:
        """Whether the target is met; a row without one is."""
        return self.target is None or self.measured <= self.target


def row_of_times(what: str, seconds: Sequence[float], **rest: object) -> Row:
    """The median of *seconds* in milliseconds, with its 95th percentile beside it."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    middle = statistics.median(ordered)
    spread = f"p95 {p95 * 1000:.1f}, n {len(ordered)}"
    return Row(what=what, measured=middle * 1000, spread=spread, **rest)  # type: ignore[arg-type]


def printed(rows: Sequence[Row]) -> str:
    """*rows* as people read them."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in {0, 5} else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )


def _cells(row: Row) -> tuple[str, ...]:
    verdict = "" if row.target is None else ("met" if row.is_met else "OVER")
    remarks = ", ".join(
        part for part in (verdict, row.spread, row.floor_is and f"floor: {row.floor_is}") if part
    )
    return (
        row.what,
        _number(row.measured, row.unit),
        "" if row.floor is None else _number(row.floor, row.unit),
        "" if row.ratio is None else f"{row.ratio:.1f}x",
        "" if row.target is None else _number(row.target, row.unit),
        remarks,
    )


def _number(value: float, unit: str) -> str:
    digits = 0 if abs(value) >= 100 or value == round(value) else (1 if abs(value) >= 10 else 2)
    return f"{value:,.{digits}f} {unit}"


def keep(rows: Sequence[Row], path: Path, **circumstances: object) -> None:
    """Write *rows* with the circumstances of the run as JSON."""
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    machine = {"python": platform.python_version(), "git": git, "sqlite": sqlite3.sqlite_version}
    path.parent.mkdir(parents=True, exist_ok=True)
    result = {**machine, **circumstances, "rows": [{**asdict(row), "ratio": row.ratio} for row in rows]}
    path.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
