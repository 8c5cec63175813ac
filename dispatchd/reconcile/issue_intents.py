"""What a save of an issue asks for: its facts. Its body is prose and asks for nothing."""

from collections.abc import Mapping
from typing import Final

from dispatchd.domain.command import Command, MoveIssue
from dispatchd.domain.fact_keys import spelling
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import IssueStatus
from dispatchd.reconcile.fact_intents import MakeCommand
from dispatchd.reconcile.intents import Intent

_LATE: Final = ("status", "assignee")
"""Acted on after the other facts, so that a state is reached with what else was written; queueing comes first."""
_QUEUES: Final = frozenset({IssueStatus.QUEUED, IssueStatus.UNASSIGNED})


def moves(issue: EntityId) -> Mapping[str, MakeCommand]:
    """The keys of an issue that are more than facts: its status moves it."""

    def move(text: str) -> Command | None:
        word = spelling(EntityKind.ISSUE, "status", text)
        if word is None:
            return None
        return MoveIssue(issue=issue, to=IssueStatus(word.rstrip("!")), forced=word.endswith("!"))

    return {"status": move}


def late_keys(status: str) -> tuple[str, ...]:
    """The keys that are acted on last, in order, where *status* is wanted, in whatever words, forced or not.

    An assignee comes after what queues, which takes away the one there was; the new one is written with it.
    """
    wanted = (spelling(EntityKind.ISSUE, "status", status) or "").removesuffix("!")
    return _LATE if wanted in _QUEUES else tuple(reversed(_LATE))


def in_order(intents: tuple[Intent, ...], status: str) -> tuple[Intent, ...]:
    """Facts first, then the *status* as it is written; the assignee before one that needs it, after one that queues."""
    places = {f"key:{key}": place for place, key in enumerate(late_keys(status), 1)}
    return tuple(sorted(intents, key=lambda intent: places.get(intent.anchor, 0)))
