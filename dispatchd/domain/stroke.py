"""Which events happened with one stroke, so that one of them cannot be taken back without the other.

Giving an issue to somebody assigns it, giving it back clears its assignee, queueing one that names somebody assigns it,
and another epic clears the stage. The moment of an event is no help: a script does much in a second.
"""

from collections.abc import Sequence
from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.event import FactSet, IssueMoved, IssueOpened, RecordedEvent, subject_of
from dispatchd.domain.issue import IssueStatus

LONGEST: Final = 3
"""No more events than this belong together, one right after the other."""
_GIVEN_BACK: Final = frozenset({IssueStatus.QUEUED, IssueStatus.UNASSIGNED})


def stroke_of(recorded: RecordedEvent, near: Sequence[RecordedEvent]) -> tuple[RecordedEvent, ...]:
    """*recorded* with the events *near* it in the log that happened with it, in order."""
    by_position = {each.position: each for each in near}
    first = last = recorded
    while (before := by_position.get(type(recorded.position)(first.position - 1))) and _goes_on(
        before, first
    ):
        first = before
    while (after := by_position.get(type(recorded.position)(last.position + 1))) and _goes_on(last, after):
        last = after
    return tuple(each for each in near if first.position <= each.position <= last.position)


def _goes_on(one: RecordedEvent, other: RecordedEvent) -> bool:
    """Whether *other* was done with the same stroke as *one*, right before it."""
    if subject_of(one.event) != subject_of(other.event) or one.circumstance.at != other.circumstance.at:
        return False
    is_reaction = other.circumstance.actor.kind is ActorKind.DAEMON
    match one.event, other.event:
        case FactSet(key="assignee", after=owner), IssueMoved(after=status):
            return status is IssueStatus.ASSIGNED if owner else status in _GIVEN_BACK
        case IssueMoved(after=IssueStatus.QUEUED) | IssueOpened(), IssueMoved(after=IssueStatus.ASSIGNED):
            return is_reaction
        case FactSet(key="epic"), FactSet(key="stage", after=None):
            return True
        case _:
            return False
