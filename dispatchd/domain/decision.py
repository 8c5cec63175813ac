"""A decision: the record of a vote, a gate or an override, written once."""

from datetime import datetime
from enum import StrEnum

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId


class DecisionKind(StrEnum):
    VOTE = "vote"
    GATE = "gate"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`by` names who decided, in words; `tally` and `consequences` are lines of Markdown without bullets."""

    id: EntityId
    title: str
    kind: DecisionKind
    subject: EntityId
    outcome: str
    by: tuple[str, ...]
    at: datetime
    question: str = ""
    tally: tuple[str, ...] = ()
    consequences: tuple[str, ...] = ()
