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


def moves(issue: EntityId) -> Mapping[str, MakeCommand]:
    """The keys of an issue that are more than facts: its status moves it."""

    def move(text: str) -> Command | None:
        word = spelling(EntityKind.ISSUE, "status", text)
        if word is None:
            return None
        return MoveIssue(issue=issue, to=IssueStatus(word.rstrip("!")), forced=word.endswith("!"))

    return {"status": move}


def late_keys(status: str | None) -> tuple[str, ...]:
    """The keys that are acted on last, in order, where *status* is the one that is wanted."""
    return _LATE if status in {"queued", "unassigned"} else tuple(reversed(_LATE))


def in_order(intents: tuple[Intent, ...], status: str | None) -> tuple[Intent, ...]:
    """Facts first, then the status; the assignee before a status that needs one, after one that queues."""
    places = {f"key:{key}": place for place, key in enumerate(late_keys(status), 1)}
    return tuple(sorted(intents, key=lambda intent: places.get(intent.anchor, 0)))
