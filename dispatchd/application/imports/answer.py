"""What came of each item of an import, as the daemon answers it."""

from enum import StrEnum

from dispatchd.domain.dataclass import dataclass


class ItemState(StrEnum):
    IMPORTED = "imported"
    HERE = "here"
    """It came before, by this name; whatever it has become here stays."""
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something worth a person's look. `what` is the same for all alike, `detail` is not."""

    what: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One item. `kept` names the facts that went into the body."""

    source: str
    state: ItemState
    id: str = ""
    why: str = ""
    kept: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    outcomes: tuple[Outcome, ...]
