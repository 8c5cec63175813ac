"""Which of several events says most of what happened: the subject of their commit."""

from collections.abc import Sequence
from enum import IntEnum
from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic_event import CheckFailed, GateApproved, GateRejected, GateSkipped
from dispatchd.domain.event import (
    AnswerDelivered,
    ConfirmationAsked,
    DecisionRecorded,
    DocumentMoved,
    Event,
    FactSet,
    IssueMoved,
    ProposalClosed,
    ProposalOverridden,
    ThreadAnswered,
    ThreadDismissed,
    ThreadOpened,
    VoteCast,
)
from dispatchd.domain.flow_event import IterationLimitReached, VerdictGiven
from dispatchd.domain.policy_event import RuleAnswered
from dispatchd.domain.run_event import WorkBegun, WorkBounced, WorkMerged, WorkSubmitted
from dispatchd.domain.steering_event import EventUndone, WorkPaused, WorkResumed


class _Telling(IntEnum):
    """How much an event says of what happened with it; the least number says most."""

    OUTCOME = 0
    """Something is decided, answered, merged or sent back: others go by it."""
    ASKED = 1
    """Somebody is to do something, or has handed something in."""
    DONE = 2
    FOLLOWS = 3
    """It only follows from another, or goes before it."""


_OUTCOMES: Final = (
    *(WorkMerged, WorkBounced, IterationLimitReached, VerdictGiven, CheckFailed),
    *(GateApproved, GateRejected, GateSkipped, EventUndone, WorkPaused, WorkResumed),
    *(ProposalClosed, ProposalOverridden, VoteCast, ThreadAnswered, ThreadDismissed, RuleAnswered),
)
_ASKED: Final = (ThreadOpened, ConfirmationAsked, WorkSubmitted, DecisionRecorded)
_FOLLOW: Final = (WorkBegun, AnswerDelivered, DocumentMoved)
_FOLLOW_BY_ITSELF: Final = (IssueMoved, FactSet)
"""A person's own acts; what the daemon does of these follows from something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldEvent:
    """An event as the commit that holds it tells of it. What happened itself is in the line alone, as text."""

    kind: type[Event]
    by: ActorKind
    words: str
    """What happened, for people."""
    line: str
    """All of it, for programs, as JSON in one line."""
    outcome: RunOutcome | None = None
    """That of a turn, where it is about the end of one."""


def headline(events: Sequence[ToldEvent]) -> int:
    """The place, among *events* (one at least, as they happened), of the one that says most; the first of several."""
    return min(range(len(events)), key=lambda place: (_telling(events[place]), place))


def _telling(event: ToldEvent) -> _Telling:
    if issubclass(event.kind, _OUTCOMES):
        return _Telling.OUTCOME
    if issubclass(event.kind, _ASKED):
        return _Telling.ASKED
    if issubclass(event.kind, _FOLLOW) or event.outcome is RunOutcome.OK:
        return _Telling.FOLLOWS
    is_daemons = event.by is ActorKind.DAEMON
    return _Telling.FOLLOWS if is_daemons and issubclass(event.kind, _FOLLOW_BY_ITSELF) else _Telling.DONE
