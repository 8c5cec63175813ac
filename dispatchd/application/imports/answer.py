"""What came of each item of an import, as the daemon answers it."""

from dataclasses import dataclass
from enum import StrEnum


class ItemState(StrEnum):
    IMPORTED = "imported"
    HERE = "here"
    """It came before, by this name; whatever it has become here stays."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One item. `kept` names the facts that went into the body; `notes` are worth a person's look."""

    source: str
    state: ItemState
    id: str = ""
    why: str = ""
    kept: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    outcomes: tuple[Outcome, ...]
