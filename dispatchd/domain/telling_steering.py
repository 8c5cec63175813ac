"""Comments, the brake and what was taken back, each in one line of plain words."""

from typing import Final, assert_never

from dispatchd.domain.board import Board
from dispatchd.domain.identifiers import EVENT_ID_SHOWN, EntityId
from dispatchd.domain.lookups import find
from dispatchd.domain.steering_event import (
    CommentAdded,
    CommentWithdrawn,
    DecisionsDoubted,
    EventUndone,
    SteeringEvent,
    WorkPaused,
    WorkResumed,
)

_MOST_SAID: Final = 80


def told_of_steering(event: SteeringEvent, board: Board) -> str:
    """What was done, without who did it."""
    match event:
        case CommentAdded(issue=issue, text=text):
            return f"comments on {issue}{_titled(board, issue)}: {_beginning(text)}"
        case CommentWithdrawn(issue=issue, text=text):
            return f"takes back a comment on {issue}{_titled(board, issue)}: {_beginning(text)}"
        case WorkPaused(reason=reason):
            return f"pauses all work: {reason}" if reason else "pauses all work"
        case WorkResumed():
            return "lets work go on"
        case EventUndone(undone=undone, did=did):
            return f"undoes {undone[:EVENT_ID_SHOWN]}: {did}"
        case DecisionsDoubted(subject=subject, reopened=reopened):
            title = getattr(find(board, subject), "title", "")
            named = f"{subject} ({title})" if title else subject
            again = "asks again" if reopened else "passes over what was decided"
            return f"{again} about {named}: no signature proves it"
        case _:
            assert_never(event)


def _beginning(text: str) -> str:
    first, _, more = text.strip().partition("\n")
    said = " ".join(first.split())
    if len(said) > _MOST_SAID:
        return f"{said[: _MOST_SAID - 1]}…"
    return f"{said} …" if more.strip() else said


def _titled(board: Board, issue_id: EntityId) -> str:
    issue = board.issue(issue_id)
    return f" ({issue.title})" if issue else ""
