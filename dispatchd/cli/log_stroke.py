"""Which lines of the log only repeat what the line beside them says: facts and states that a turn of an agent makes so.

On the screen alone; programs are told everything, and so is git.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from dispatchd.application.ports.read_rows import LogRow

_BEFORE: Final = {"RunStarted", "WorkMerged"}
_AFTER: Final = {"WorkSubmitted", "WorkBounced", "PhaseBegan"}
_FACTS: Final = {"assignee", "branch", "phase"}


def without_repeats(rows: Sequence["LogRow"]) -> list["LogRow"]:
    """*rows*, oldest first, without what stands in the same stroke as a turn's start, a submission or a merge."""
    hidden: set[int] = set()
    for place, row in enumerate(rows):
        if row.type in _BEFORE:
            hidden.update(_run(rows, row, range(place - 1, -1, -1)))
        elif row.type in _AFTER:
            hidden.update(_run(rows, row, range(place + 1, min(place + 2, len(rows)))))
    return [row for place, row in enumerate(rows) if place not in hidden]


def _run(rows: Sequence["LogRow"], told: "LogRow", places: range) -> list[int]:
    """The places next to *told* that repeat it, as far as they reach without a gap."""
    found: list[int] = []
    for place in places:
        if not _repeats(rows[place], told):
            break
        found.append(place)
    return found


def _repeats(row: "LogRow", told: "LogRow") -> bool:
    if (row.subject, row.actor) != (told.subject, told.actor):
        return False
    return row.type == "IssueMoved" or (row.type == "FactSet" and row.event.get("key") in _FACTS)
