"""What the work on an issue brings with it by itself: states and assignees that follow from turns, whoever looks on."""

from collections.abc import Iterator
from typing import Final

from dispatchd.application.document_kinds import Edit, Reading
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.event import FactSet, IssueMoved

_FOLLOW: Final = frozenset({"status", "assignee"})


def is_daily_course(edit: Edit, ours: Reading, key: str) -> bool:
    """Whether no person has brought the fact *key* from what *edit* began with to what *ours* has.

    Where the log does not tell how it came there, somebody may have.
    """
    if key not in _FOLLOW:
        return False
    stands, began = _said(ours.facts.get(key)), _said(edit.base.facts.get(key))
    for before, after, by in _changes(edit, key):
        if after == stands:
            if by is ActorKind.HUMAN:
                return False
            stands = before
        if stands == began:
            return True
    return False


def _changes(edit: Edit, key: str) -> Iterator[tuple[str, str, ActorKind]]:
    """What *key* was and became, and by whom, the newest change first."""
    for each in reversed(edit.work.history.about(edit.subject)):
        match each.event:
            case IssueMoved(before=was, after=became) if key == "status":
                yield str(was), str(became), each.circumstance.actor.kind
            case FactSet(key=changed, before=said, after=says) if key == changed:
                yield _said(said), _said(says), each.circumstance.actor.kind


def _said(value: object) -> str:
    return value if isinstance(value, str) else ""
