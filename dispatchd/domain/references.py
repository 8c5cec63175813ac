"""What an issue points at: ids, people, agents and stages that must exist, and chains that must not close."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from dispatchd.domain.board import Board
from dispatchd.domain.dependency_graph import find_cycle
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.lookups import standing_epic, standing_stage

_SHOWN: Final = 12


def known_assignee(board: Board, issue_id: EntityId, handle: str) -> str:
    """*handle* as a person or an agent is called, or a refusal that names some of them."""
    bare = handle.strip().removeprefix("@")
    agents = {agent.name for agent in board.agents() if not agent.removed}
    known = {name.casefold(): name for name in (*board.rules.people, *sorted(agents))}
    found = known.get(bare.casefold())
    if found is None:
        raise Rejected(f'{who_is_here(board)}; there is no "{bare}".', subject=issue_id, key="assignee")
    return found


def who_is_here(board: Board) -> str:
    """The people and agents that can be named, some of them where there are many."""
    agents = sorted(agent.name for agent in board.agents() if not agent.removed)
    names = [*board.rules.people, *agents]
    if not names:
        return "name somebody of [people] in config.toml or of agents/"
    more = " and others" if len(names) > _SHOWN else ""
    return f"people and agents here: {', '.join(names[:_SHOWN])}{more}"


def known_stage(board: Board, issue: Issue, name: str) -> str:
    """The heading of the stage that *name* means in the epic of *issue*."""
    if issue.epic is None:
        raise Rejected(
            f'write "epic: e-…" first; without it nothing says of which epic "{name}" is a stage.',
            subject=issue.id,
            key="stage",
        )
    try:
        return standing_stage(standing_epic(board, issue.epic), name).name
    except Rejected as refusal:
        raise Rejected(str(refusal), subject=issue.id, key="stage") from refusal


def check_epic(board: Board, issue_id: EntityId, epic_id: EntityId) -> None:
    """Refuse an epic that is unknown or was deleted."""
    try:
        standing_epic(board, epic_id)
    except Rejected as refusal:
        raise Rejected(str(refusal), subject=issue_id, key="epic") from refusal


def check_dependency(board: Board, issue_id: EntityId, other: EntityId) -> None:
    """Refuse to let *issue_id* wait for an unknown issue, for itself, or for one that waits for it."""
    _check_link(board, issue_id, other, "depends_on", "waits for", lambda issue: issue.depends_on)


def check_parent(board: Board, issue_id: EntityId, other: EntityId) -> None:
    """Refuse a parent that is unknown, the issue itself, or one of its own descendants."""
    _check_link(board, issue_id, other, "parent", "is part of", _parent_of)


def _parent_of(issue: Issue) -> tuple[EntityId, ...]:
    return (issue.parent,) if issue.parent else ()


def _check_link(
    board: Board,
    issue_id: EntityId,
    other: EntityId,
    key: str,
    verb: str,
    next_of: Callable[[Issue], Iterable[EntityId]],
) -> None:
    if other == issue_id:
        raise Rejected(
            f"write another issue's id; {issue_id} is this issue itself.",
            subject=issue_id,
            key=key,
            member=other,
        )
    target = board.issue(other)
    if target is None:
        raise Rejected(
            f'see "dispatchd issue list" for the ids there are; no issue is called {other}.',
            subject=issue_id,
            key=key,
            member=other,
        )

    def onward(each: EntityId) -> Iterable[EntityId]:
        issue = board.issue(each)
        return next_of(issue) if issue else ()

    # Nothing can lead back to what does not stand yet.
    cycle = find_cycle(issue_id, (other,), onward) if board.issue(issue_id) else ()
    if cycle:
        raise Rejected(
            f"leave {other} out, or cut the chain elsewhere; {other} already {verb} {issue_id}: "
            f"{' → '.join(cycle)}.",
            subject=issue_id,
            key=key,
            member=other,
        )


def check_references(board: Board, issue: Issue) -> Issue:
    """*issue* with its references as they are spelled, or a refusal with the key of the first that leads nowhere."""
    for other in issue.depends_on:
        check_dependency(board, issue.id, other)
    if issue.parent:
        check_parent(board, issue.id, issue.parent)
    if issue.epic:
        check_epic(board, issue.id, issue.epic)
    if issue.assignee:
        return replace(issue, assignee=known_assignee(board, issue.id, issue.assignee))
    return issue
