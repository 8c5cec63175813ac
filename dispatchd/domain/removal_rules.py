"""What deleting a file means, by kind, and taking it back.

Whether so many files went that somebody had better be asked is decided before any of this, where files are counted.
"""

from typing import Final

from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance, RemoveEntity, RestoreEntity
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import ConfirmationAsked, EntityRemoved, EntityRestored, Event
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue
from dispatchd.domain.lookups import find
from dispatchd.domain.thread import Deletion

COMES_BACK: Final = frozenset({EntityKind.AGENT, EntityKind.DECISION})
DELETE_IT: Final = "Delete it all the same"
KEEP_IT: Final = "Keep it"


def decide_remove(board: Board, command: RemoveEntity, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take the deletion of a file for what it means; ask first where an agent works on it right now."""
    subject = command.subject
    kind = kind_of(subject)
    entity = find(board, subject)
    if kind is EntityKind.AGENT and entity is not None:
        raise Rejected(
            f'write "paused: true" to stop {subject}; an agent\'s card comes back.', subject=subject
        )
    if kind is EntityKind.DECISION:
        raise Rejected(f"veto what was decided to turn it; its record {subject} comes back.", subject=subject)
    if entity is None or entity.removed:
        return ()
    require_human(circumstance.actor, "deleting", subject=subject)
    if isinstance(entity, Issue) and board.is_worked_on(subject):
        return _asks(board, entity)
    return removed(board, subject)


def removed(board: Board, subject: EntityId) -> tuple[Event, ...]:
    """The deletion itself, once; deleting a record or a card is none."""
    entity = find(board, subject)
    if entity is None or entity.removed or kind_of(subject) in COMES_BACK:
        return ()
    return (EntityRemoved(subject=subject),)


def _asks(board: Board, issue: Issue) -> tuple[Event, ...]:
    cause = f"confirm_deletion:{issue.id}"
    if board.open_thread_about(cause) is not None:
        return ()
    worker = issue.assignee or "an agent"
    return (
        ConfirmationAsked(
            subject=issue.id,
            title=f"Delete {issue.title}?",
            text=f"The file of {issue.id} was deleted while {worker} works on it, so it came back. "
            "Deleting it cancels the issue.",
            options=(DELETE_IT, KEEP_IT),
            cause=cause,
            act=Deletion(subjects=(issue.id,)),
        ),
    )


def decide_restore(board: Board, command: RestoreEntity, circumstance: Circumstance) -> tuple[Event, ...]:
    """Bring back what was deleted, in the state it had."""
    entity = find(board, command.subject)
    if entity is None:
        raise Rejected(
            f'see "git -C .dispatch log" for what there has been; nothing was ever called {command.subject}.',
            subject=command.subject,
        )
    if not entity.removed:
        return ()
    require_human(circumstance.actor, "bringing back what a person deleted", subject=command.subject)
    return (EntityRestored(subject=command.subject),)
