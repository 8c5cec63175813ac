"""What waits for what: cycles by name, what is ready, the longest chain. All of it computed, none of it stored."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from dispatchd.domain.board import Board
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.epic import EpicStatus
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, IssueStatus, Priority
from dispatchd.domain.stages import pending_stage_of

_URGENCY: Final = {priority: place for place, priority in enumerate(Priority)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing an issue waits for: `on` is its id, `why` says it in a few words."""

    on: EntityId
    why: str


def find_cycle(
    start: EntityId, goes_to: Iterable[EntityId], next_of: Callable[[EntityId], Iterable[EntityId]]
) -> tuple[EntityId, ...]:
    """The chain that leads from *start* through *goes_to* back to *start*, both ends named; empty if there is none.

    *next_of* says where any other id leads. The shortest such chain is found.
    """
    came_from: dict[EntityId, EntityId] = {}
    layer = list(dict.fromkeys(goes_to))
    for first in layer:
        came_from[first] = start
    while layer:
        if start in came_from:
            return _chain(start, came_from)
        following: list[EntityId] = []
        for here in layer:
            for there in next_of(here):
                if there not in came_from:
                    came_from[there] = here
                    following.append(there)
        layer = following
    return _chain(start, came_from) if start in came_from else ()


def _chain(start: EntityId, came_from: Mapping[EntityId, EntityId]) -> tuple[EntityId, ...]:
    chain = [start]
    here = came_from[start]
    while here != start:
        chain.append(here)
        here = came_from[here]
    return (start, *reversed(chain[1:]), start)


def cycle_in(issues: Iterable[Issue]) -> tuple[EntityId, ...]:
    """A cycle among *issues*, named from its first member; empty if there is none."""
    by_id = {issue.id: issue for issue in issues}
    for issue in by_id.values():
        cycle = find_cycle(issue.id, issue.depends_on, lambda each: _depends_on(by_id, each))
        if cycle:
            return cycle
    return ()


def _depends_on(by_id: Mapping[EntityId, Issue], issue_id: EntityId) -> tuple[EntityId, ...]:
    issue = by_id.get(issue_id)
    return issue.depends_on if issue else ()


def waiting_on(board: Board, issue: Issue) -> tuple[Waiting, ...]:
    """What has to happen before *issue* can begin: unfinished dependencies, then the stage it stands in."""
    if issue.status.is_final:
        return ()
    waits = []
    for other_id in issue.depends_on:
        other = board.issue(other_id)
        if other is not None and not other.status.is_final:
            waits.append(Waiting(on=other_id, why=f"{other_id} is {other.status}"))
    epic = board.epic(issue.epic) if issue.epic else None
    stage = pending_stage_of(issue, epic) if epic else None
    if epic and stage:
        begun = epic.status is not EpicStatus.DRAFT
        why = f'"{stage.name}" of {epic.id} is not open yet' if begun else f"{epic.id} is a draft"
        waits.append(Waiting(on=epic.id, why=why))
    return tuple(waits)


def by_urgency(issues: Iterable[Issue]) -> list[Issue]:
    """*issues* in the order they should be taken: by priority, then age."""
    return sorted(issues, key=lambda issue: (_URGENCY[issue.priority], issue.created, issue.id))


def ready_issues(issues: Iterable[Issue]) -> list[Issue]:
    """The queued issues with no unfinished dependency among *issues*, most urgent first."""
    by_id = {issue.id: issue for issue in issues}
    unfinished = {issue.id for issue in by_id.values() if not issue.status.is_final and not issue.removed}
    return by_urgency(
        issue
        for issue in by_id.values()
        if issue.status is IssueStatus.QUEUED
        and not issue.removed
        and not unfinished.intersection(issue.depends_on)
    )


def critical_path(issues: Iterable[Issue]) -> tuple[EntityId, ...]:
    """The longest chain of unfinished issues that wait for one another, in the order they have to be done.

    Where two are equally long the smaller id is taken, from the last issue backwards, so that the answer does not wander.
    """
    open_ones = {issue.id: issue for issue in issues if not issue.status.is_final and not issue.removed}
    length: dict[EntityId, int] = {}
    before: dict[EntityId, EntityId] = {}
    for issue_id in _dependencies_first(open_ones):
        needs = [(-length[each], each) for each in open_ones[issue_id].depends_on if each in length]
        if needs:
            before[issue_id] = min(needs)[1]
        length[issue_id] = 1 - min(needs)[0] if needs else 1
    chain = [min(length, key=lambda each: (-length[each], each))] if length else []
    while chain and chain[-1] in before:
        chain.append(before[chain[-1]])
    return tuple(reversed(chain))


def _dependencies_first(issues: Mapping[EntityId, Issue]) -> list[EntityId]:
    """Every id after all it depends on; members of a cycle are left out."""
    waiting = {
        each: {other for other in issue.depends_on if other in issues} for each, issue in issues.items()
    }
    needed_by: dict[EntityId, list[EntityId]] = {}
    for each, needs in waiting.items():
        for other in needs:
            needed_by.setdefault(other, []).append(each)
    order = [each for each in sorted(waiting) if not waiting[each]]
    for each in order:
        for dependant in needed_by.get(each, ()):
            waiting[dependant].discard(each)
            if not waiting[dependant]:
                order.append(dependant)
    return order
