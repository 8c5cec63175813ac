"""A ledger of another tool, imported by one command without a daemon: all of it, and then again, when all is here."""

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.bench import floors
from tests.bench.chains import cpu_of
from tests.bench.ground import COMMAND, Ground, issue_text
from tests.bench.table import Row


def importing_ledger(ground: Ground, items: int) -> Iterator[Row]:
    """Raises RuntimeError where the counts do not add up."""
    ledger = ground.root / "issues.jsonl"
    ledger.write_text("".join(f"{json.dumps(_row(number))}\n" for number in range(items)), encoding="utf-8")
    floor = floors.lay_all(ground.private / "floor", items)
    what = f"import of a ledger of {items:,}: written and committed"
    yield _brought_in(ground, ledger, items, what, floor)
    if ground.count("SELECT count(*) FROM issues") != items:
        raise RuntimeError("not all of the ledger was imported")
    yield _brought_in(ground, ledger, 0, "  … imported again")


def _row(number: int) -> dict[str, Any]:
    text = issue_text(number).partition("---\n\n")[2]
    waits = [{"depends_on_id": f"bd-{number - 1}", "type": "blocks"}] if number % 10 == 9 else []
    return {
        "id": f"bd-{number}",
        "title": f"The form gives up on slow networks, case {number}",
        "description": text,
        "status": ("open", "in_progress", "closed")[number % 3],
        "priority": number % 4,
        "issue_type": ("bug", "feature", "task")[number % 3],
        "created_at": "2026-11-20T07:12:00Z",
        "created_by": "ann",
        "dependencies": waits,
    }


def _brought_in(ground: Ground, ledger: Path, expected: int, what: str, floor: float | None = None) -> Row:
    said: list[str] = []
    began = time.monotonic()
    cpu = cpu_of(lambda: said.append(ground.run(COMMAND, "import", "beads", ledger, "--json")))
    taken = time.monotonic() - began
    imported = json.loads(said[0])["imported"]
    if imported != expected:
        raise RuntimeError(f"{imported} were imported, and {expected} are new")
    floor_is = "" if floor is None else "write, flush and rename that many files"
    return Row(what=what, measured=taken * 1000, floor=floor, floor_is=floor_is, spread=f"{cpu:.1f} CPU s")
