"""Saying something about an issue, and taking it back: anybody may, as long as the issue's file stands."""

from typing import Final

from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event
from dispatchd.domain.lookups import standing_issue
from dispatchd.domain.steering_command import AddComment, WithdrawComment
from dispatchd.domain.steering_event import CommentAdded, CommentWithdrawn

LONGEST: Final = 100_000
"""Characters. A file of the tree has at most 1 MiB, and what is longer than this is a document of its own."""


def decide_comment(board: Board, command: AddComment, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take what was said, as it was said, without the blank lines around it; the same of one moment is one."""
    issue = standing_issue(board, command.issue)
    text = trimmed(command.text)
    if not text:
        raise Rejected("write something; a comment without words says nothing.", subject=issue.id)
    if len(text) > LONGEST:
        raise Rejected(
            f"put it into a file in context/ and name that; a comment has at most {LONGEST:,} characters, "
            f"this one has {len(text):,}.",
            subject=issue.id,
        )
    if any(each == "\0" or "\ud800" <= each <= "\udfff" for each in text):
        raise Rejected("write text; some of its bytes are none.", subject=issue.id)
    said = (circumstance.actor.handle, circumstance.at, text)
    if any((each.by.handle, each.at, each.text) == said for each in issue.comments):
        return ()
    return (CommentAdded(issue=issue.id, text=text),)


def decide_withdraw(board: Board, command: WithdrawComment, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take a comment out of the issue; the log keeps it."""
    issue = standing_issue(board, command.issue)
    require_human(circumstance.actor, "taking back what somebody said", subject=issue.id)
    said = (command.by, command.said_at, command.text)
    if not any(
        (each.by.handle, each.at, each.text) == said and not each.withdrawn for each in issue.comments
    ):
        return ()
    return (CommentWithdrawn(issue=issue.id, by=command.by, said_at=command.said_at, text=command.text),)


def trimmed(text: str) -> str:
    """*text* without blank lines above and below; what stands on its lines stays, the indent of the first too."""
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and not lines[0].strip():
        lines.pop(0)
    while lines and not lines[-1].strip():
        lines.pop()
    return "\n".join(lines)
