"""The issue machine: which state may follow which, for agents and, more widely, for people.

What a fact of an issue may be is `fact_rules`' business; what follows a move is `reactions`'.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from dispatchd.domain.actors import ActorKind
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.authority import require_person
from dispatchd.domain.board import Board
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.command import Circumstance, MoveIssue, OpenIssue
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, IssueMoved, IssueOpened
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.lookups import standing_issue
from dispatchd.domain.references import check_references, known_stage
from dispatchd.domain.run_event import stop_of
from dispatchd.domain.stages import open_gate_before, pending_stage_of
from dispatchd.domain.wording import listed

TRANSITIONS: Final[Mapping[IssueStatus, tuple[IssueStatus, ...]]] = {
    IssueStatus.UNASSIGNED: (IssueStatus.QUEUED, IssueStatus.ASSIGNED, IssueStatus.CANCELLED),
    IssueStatus.QUEUED: (IssueStatus.ASSIGNED, IssueStatus.UNASSIGNED, IssueStatus.CANCELLED),
    IssueStatus.ASSIGNED: (IssueStatus.IN_PROGRESS, IssueStatus.UNASSIGNED, IssueStatus.CANCELLED),
    IssueStatus.IN_PROGRESS: (
        IssueStatus.AWAITING_REVIEW,
        IssueStatus.BLOCKED,
        IssueStatus.DONE,
        IssueStatus.CANCELLED,
    ),
    IssueStatus.AWAITING_REVIEW: (IssueStatus.IN_REVIEW, IssueStatus.IN_PROGRESS, IssueStatus.CANCELLED),
    IssueStatus.IN_REVIEW: (IssueStatus.DONE, IssueStatus.IN_PROGRESS, IssueStatus.CANCELLED),
    IssueStatus.BLOCKED: (IssueStatus.IN_PROGRESS, IssueStatus.CANCELLED),
    IssueStatus.DONE: (),
    IssueStatus.CANCELLED: (),
}
PEOPLE_ALSO: Final[Mapping[IssueStatus, tuple[IssueStatus, ...]]] = {
    IssueStatus.ASSIGNED: (IssueStatus.QUEUED,),  # giving it back, as removing the assignee does
}
_BEGINS: Final = frozenset({IssueStatus.ASSIGNED, IssueStatus.IN_PROGRESS, IssueStatus.DONE})
_STARTS: Final = frozenset({IssueStatus.ASSIGNED, IssueStatus.IN_PROGRESS})
_WAITS: Final = frozenset({IssueStatus.UNASSIGNED, IssueStatus.QUEUED})


def follows(current: IssueStatus, wanted: IssueStatus, *, for_people: bool) -> bool:
    """Whether *wanted* may follow *current* by the table alone."""
    return wanted in TRANSITIONS[current] or (for_people and wanted in PEOPLE_ALSO.get(current, ()))


def refusal_for_status(current: IssueStatus, wanted: IssueStatus) -> str:
    """What is written beside a status that does not follow: what does, and how to have it all the same."""
    if current.is_final:
        return f'kept "{current}"; it is finished. To open it again: {wanted}!'
    before = listed(status for status, then in TRANSITIONS.items() if wanted in then)
    return f'kept "{current}"; "{wanted}" comes after {before}. To force it: {wanted}!'


def decide_move(board: Board, command: MoveIssue, circumstance: Circumstance) -> tuple[Event, ...]:
    """Move an issue, by the table, by a person's wider right, or by force."""
    issue = standing_issue(board, command.issue)
    if issue.status is command.to:
        return ()
    actor = circumstance.actor
    if command.forced:
        require_person(board.rules, actor, "forcing a state", subject=issue.id, key="status")
        return _moved(issue, command)
    if actor.kind is ActorKind.HUMAN:
        _check_for_person(board, issue, command.to)
        if command.to is IssueStatus.CANCELLED:
            return (*stop_of(board.live_run(issue.id), RunOutcome.CANCELLED), *_moved(issue, command))
    else:
        _check_for_agent(board, issue, command.to)
    if command.to is IssueStatus.ASSIGNED and issue.assignee is None:
        if actor.kind is not ActorKind.AGENT:
            raise Rejected(
                f'kept "{issue.status}"; "assigned" needs somebody: write "assignee: NAME" and queue it.',
                subject=issue.id,
                key="status",
            )
        taken = FactSet(subject=issue.id, key="assignee", before=None, after=actor.handle)
        return (taken, *_moved(issue, command))
    return _moved(issue, command)


def _check_for_person(board: Board, issue: Issue, to: IssueStatus) -> None:
    if not to.is_final:
        if not follows(issue.status, to, for_people=True):
            raise _refused(issue, refusal_for_status(issue.status, to))
        return
    if to is IssueStatus.DONE and board.is_worked_on(issue.id):
        worker = issue.assignee or "an agent"
        raise _refused(
            issue,
            f'kept "{issue.status}"; "{to}" can be set when {worker} has stopped: dispatchd agent stop {issue.id}. '
            f"To force it: {to}!",
        )
    epic = board.epic(issue.epic) if issue.epic else None
    gated = open_gate_before(issue, epic) if epic else None
    if to is IssueStatus.DONE and epic and gated:
        raise _refused(
            issue,
            f'kept "{issue.status}"; "done" comes after the gate of "{gated.name}" in {epic.id}, which is open. '
            f"To force it: {to}!",
        )


def _check_for_agent(board: Board, issue: Issue, to: IssueStatus) -> None:
    if not follows(issue.status, to, for_people=False):
        then = TRANSITIONS[issue.status]
        onward = (
            f"from there it goes to {listed(then)}" if then else "it is finished, and a person opens it again"
        )
        raise _refused(issue, f'kept "{issue.status}"; {onward}.')
    paused = why_nothing_starts(board)
    if paused and to in _STARTS and issue.status in {*_WAITS, IssueStatus.ASSIGNED}:
        raise _refused(issue, f'kept "{issue.status}"; wait until work goes on: {paused}.')
    epic = board.epic(issue.epic) if issue.epic else None
    closed = pending_stage_of(issue, epic) if epic else None
    if epic and closed and to in _BEGINS:
        raise _refused(
            issue, f'kept "{issue.status}"; "{to}" comes after "{closed.name}" of {epic.id} has been opened.'
        )


def _refused(issue: Issue, message: str) -> Rejected:
    return Rejected(message, subject=issue.id, key="status")


def _moved(issue: Issue, command: MoveIssue) -> tuple[Event, ...]:
    """The move; going back to wait for somebody takes the assignee away, or it would be assigned again at once."""
    move = IssueMoved(issue=issue.id, before=issue.status, after=command.to, forced=command.forced)
    if issue.assignee and command.to in _WAITS and issue.status is not IssueStatus.UNASSIGNED:
        return (FactSet(subject=issue.id, key="assignee", before=issue.assignee, after=None), move)
    return (move,)


def decide_open_issue(board: Board, command: OpenIssue, circumstance: Circumstance) -> tuple[Event, ...]:
    """Take in a new issue in the state its writer gave it; an agent's begins at the beginning.

    A reference to something unknown is refused with its key, so that the caller may leave it out and say so there.
    """
    issue = command.issue
    if board.issue(issue.id) is not None:
        return ()
    if not issue.title.strip():
        raise Rejected('write "title: …"; an issue needs one.', subject=issue.id, key="title")
    if circumstance.actor.kind is ActorKind.AGENT and issue.status not in _WAITS:
        raise Rejected(
            f'choose "unassigned" or "queued"; an issue that an agent opens cannot begin as "{issue.status}".',
            subject=issue.id,
            key="status",
        )
    issue = check_references(board, issue)
    if issue.stage is not None:
        issue = replace(issue, stage=known_stage(board, issue, issue.stage))
    if issue.removed or issue.before_removal is not None:
        issue = replace(issue, removed=False, before_removal=None)
    return (IssueOpened(issue=issue),)
