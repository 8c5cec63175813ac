"""Taking back what became of an issue: its state and whose it is, which move together.

Assigning moves a state and a state gives back an assignee, so the two are brought back as they were before the stroke
that changed them, by steps that anybody could take.
"""

from collections.abc import Sequence

from dispatchd.domain.board import Board
from dispatchd.domain.command import Command, MoveIssue, SetFact
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, IssueMoved, IssueOpened
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.issue_rules import follows
from dispatchd.domain.lookups import standing_issue


def course_back(board: Board, issue_id: EntityId, stroke: Sequence[Event]) -> tuple[Command, ...]:
    """The steps to where the issue stood before *stroke*. Raises Rejected where it has gone on since."""
    issue = standing_issue(board, issue_id)
    moves = [each for each in stroke if isinstance(each, IssueMoved)]
    owners = [each for each in stroke if isinstance(each, FactSet) and each.key == "assignee"]
    if any(isinstance(each, IssueOpened) for each in stroke):
        raise Rejected(
            f"clear it: dispatchd issue set {issue.id} assignee=; it has been whose it is since it was opened.",
            subject=issue.id,
        )
    status = moves[0].before if moves else issue.status
    owner = owners[0].before if owners else issue.assignee
    _check_unchanged(issue, moves, owners, status, owner)
    if board.is_worked_on(issue.id):
        worker = issue.assignee or "an agent"
        raise Rejected(f"do it when {worker} has stopped working on {issue.id}.", subject=issue.id)
    if moves and status is IssueStatus.QUEUED and owner:
        raise Rejected(
            f"clear the assignee: dispatchd issue set {issue.id} assignee=; an issue that is queued and names "
            f"{owner} is theirs at once.",
            subject=issue.id,
        )
    return _steps(issue, status if moves else None, owner, has_owner=bool(owners))


def _check_unchanged(
    issue: Issue,
    moves: Sequence[IssueMoved],
    owners: Sequence[FactSet],
    status: IssueStatus,
    owner: str | None,
) -> None:
    if moves and issue.status is not moves[-1].after:
        raise Rejected(
            f"set it as you want it: dispatchd issue set {issue.id} status={status}; it is {issue.status} by now, "
            "and only what nobody has changed since is taken back.",
            subject=issue.id,
            key="status",
        )
    if owners and issue.assignee != owners[-1].after:
        stands = f"is {issue.assignee}'s" if issue.assignee else "is nobody's"
        raise Rejected(
            f"set it as you want it: dispatchd issue set {issue.id} assignee={owner or ''}; it {stands} by now.",
            subject=issue.id,
            key="assignee",
        )


def _steps(
    issue: Issue, status: IssueStatus | None, owner: str | None, *, has_owner: bool
) -> tuple[Command, ...]:
    give = SetFact(subject=issue.id, key="assignee", value=owner)
    if status is IssueStatus.UNASSIGNED:  # giving it back clears the assignee
        move = _move(issue, issue.status, status)
        return (move, give) if owner else (move,)
    steps: list[Command] = []
    reached = issue.status
    if has_owner:
        steps.append(give)
        if owner and reached is IssueStatus.QUEUED:
            reached = IssueStatus.ASSIGNED
        elif owner is None and reached is IssueStatus.ASSIGNED:
            reached = IssueStatus.QUEUED
    if status is not None and status is not reached:
        steps.append(_move(issue, reached, status))
    return tuple(steps)


def _move(issue: Issue, reached: IssueStatus, status: IssueStatus) -> MoveIssue:
    """A person may end an issue from any state that is no end; anything else off the table is forced."""
    is_allowed = follows(reached, status, for_people=True) or (status.is_final and not reached.is_final)
    return MoveIssue(issue=issue.id, to=status, forced=not is_allowed)
