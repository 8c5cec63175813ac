"""Whether work on an issue may begin now: the one place that says so, for whoever starts work or hands it out.

The order in which things begin, and how many at once, is left to those who start them.
"""

from collections.abc import Iterable

from dispatchd.domain.board import Board
from dispatchd.domain.brake import why_nothing_starts
from dispatchd.domain.dependency_graph import by_urgency, waiting_on
from dispatchd.domain.issue import Issue, IssueStatus


def obstacles(board: Board, issue: Issue) -> tuple[str, ...]:
    """Why work on *issue* may not begin, each in a clause; none where it may."""
    found = [why_nothing_starts(board)]
    if issue.removed:
        found.append(f"{issue.id} was deleted")
    if issue.status not in {IssueStatus.QUEUED, IssueStatus.ASSIGNED}:
        found.append(f'{issue.id} is "{issue.status}"; "queued" lets an agent begin')
    found += [each.why for each in waiting_on(board, issue)]
    found.append(why_held(board, issue))
    found.append(_paused_agent(board, issue))
    return tuple(why for why in found if why)


def obstacles_to_going_on(board: Board, issue: Issue) -> tuple[str, ...]:
    """Why the work that has begun on *issue* may not go on now, each in a clause; none where it may."""
    found = [why_nothing_starts(board)]
    if issue.removed:
        found.append(f"{issue.id} was deleted")
    if issue.status not in {IssueStatus.IN_PROGRESS, IssueStatus.BLOCKED}:
        found.append(f'{issue.id} is "{issue.status}"')
    found.append(why_held(board, issue))
    found.append(_paused_agent(board, issue))
    return tuple(why for why in found if why)


def why_held(board: Board, issue: Issue) -> str:
    """That people hold the work on *issue*, and how it goes on, in a clause; empty where nobody does."""
    work = board.work(issue.id)
    return (
        f'the work on {issue.id} is held; "dispatchd agent start {issue.id}" lets it go on'
        if work and work.held
        else ""
    )


def _paused_agent(board: Board, issue: Issue) -> str:
    agent = board.agent(issue.assignee) if issue.assignee else None
    return f"{agent.name} is paused" if agent is not None and agent.paused else ""


def startable(board: Board, issues: Iterable[Issue]) -> list[Issue]:
    """Those of *issues* that may begin now, most urgent first."""
    return [issue for issue in by_urgency(issues) if not obstacles(board, issue)]
