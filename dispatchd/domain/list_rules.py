"""The list under a stage of an epic: making its items issues, and what the order of its numbered lists means.

A dependency that a list made goes when the order that made it goes; one that somebody wrote by hand stays, unless it
stands in the order's way: then the order is refused. How a list is written is left to the documents.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from dispatchd.domain.authority import require_human
from dispatchd.domain.board import Board
from dispatchd.domain.command import Circumstance
from dispatchd.domain.dependency_graph import find_cycle
from dispatchd.domain.epic import Epic, EpicStatus, Stage
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, IssueOpened, IssuesMade, IssuesOrdered, SetChanged
from dispatchd.domain.identifiers import EntityId, EntityKind, encode_id
from dispatchd.domain.issue import Issue
from dispatchd.domain.list_command import ListedIssues, MakeIssues, OrderIssues
from dispatchd.domain.lookups import standing_epic, standing_stage
from dispatchd.domain.references import check_references
from dispatchd.domain.stages import folded

Pair = tuple[EntityId, EntityId]
"""An issue, and the one it comes after."""


def id_of_item(epic: EntityId, title: str, number: int, length: int) -> EntityId:
    """The id of the issue that an item is, the *number*th of its title in the epic.

    It follows from the item, so that the same tick seen twice, replayed or merged makes the same issue.
    """
    words = " ".join(title.split()).casefold()
    digest = hashlib.sha256(f"{epic}\0{words}\0{number}".encode()).digest()
    return encode_id(EntityKind.ISSUE, int.from_bytes(digest, "big"), length)


def decide_make(board: Board, command: MakeIssues, circumstance: Circumstance) -> tuple[Event, ...]:
    """Open the issues of a list, all or none; those that are there already are only put in their order."""
    epic, stage = _place(board, command.epic, command.stage)
    fresh = tuple(issue for issue in command.issues if board.issue(issue.id) is None)
    if not fresh:
        return ()
    require_human(circumstance.actor, "making the issues of an epic", subject=epic.id, key=_key(stage))
    if epic.status is EpicStatus.CANCELLED:
        raise Rejected(
            f'write "status: ready" to take {epic.id} up again; it is cancelled.',
            subject=epic.id,
            key=_key(stage),
        )
    pairs = _pairs(command.runs)
    opened = [_opened(board, epic, stage, issue, pairs) for issue in fresh]
    order = _order(board, epic, stage, command.runs, frozenset(issue.id for issue in fresh))
    made = IssuesMade(
        epic=epic.id,
        stage=stage.name,
        issues=tuple(issue.id for issue in command.issues),
        wanted=command.wanted,
        order=order,
    )
    return (*(IssueOpened(issue=issue) for issue in opened), *_changes(board, stage, order), made)


def decide_order(board: Board, command: OrderIssues, circumstance: Circumstance) -> tuple[Event, ...]:
    """Let each issue of a numbered list wait for the one before it, and no longer for those that only the list set."""
    epic, stage = _place(board, command.epic, command.stage)
    order = _order(board, epic, stage, command.runs, frozenset())
    if order == stage.order:
        return ()
    require_human(circumstance.actor, "the order of an epic's issues", subject=epic.id, key=_key(stage))
    return (*_changes(board, stage, order), IssuesOrdered(epic=epic.id, stage=stage.name, order=order))


def joined(board: Board, epic: Epic, lists: Sequence[ListedIssues]) -> tuple[Event, ...]:
    """What listing issues in a new *epic* does: those of no epic become its own, those of another stay links."""
    events: list[Event] = []
    for each in lists:
        stage = epic.stage(each.stage)
        issues = [board.issue(issue_id) for issue_id in dict.fromkeys(each.issues)]
        free = [issue for issue in issues if issue is not None and issue.epic is None and not issue.removed]
        if stage is None or not free:
            continue
        for issue in free:
            events.append(FactSet(subject=issue.id, key="epic", before=None, after=epic.id))
            events.append(FactSet(subject=issue.id, key="stage", before=issue.stage, after=stage.name))
        order = _order(board, epic, stage, each.runs, frozenset(issue.id for issue in free))
        if order and not _circles(board, _dependencies(board, stage, order), order):
            events.extend(_changes(board, stage, order))
            events.append(IssuesOrdered(epic=epic.id, stage=stage.name, order=order))
    return tuple(events)


def _place(board: Board, epic_id: EntityId, name: str) -> tuple[Epic, Stage]:
    epic = standing_epic(board, epic_id)
    return epic, standing_stage(epic, name)


def _key(stage: Stage) -> str:
    return f"list:{stage.name}"


def _opened(board: Board, epic: Epic, stage: Stage, issue: Issue, pairs: Sequence[Pair]) -> Issue:
    """*issue* as it is opened; what it names is checked, but for those that the same list makes."""
    if not issue.title.strip():
        raise Rejected("write what is to be done; an item has no words.", subject=epic.id, key=_key(stage))
    checked = check_references(board, replace(issue, depends_on=(), epic=None, stage=None))
    before = tuple(earlier for later, earlier in pairs if later == issue.id)
    return replace(checked, epic=epic.id, stage=stage.name, depends_on=before)


def _pairs(runs: Iterable[Sequence[EntityId]]) -> tuple[Pair, ...]:
    return tuple((later, earlier) for run in runs for earlier, later in pairwise(run))


def _order(
    board: Board, epic: Epic, stage: Stage, runs: Sequence[Sequence[EntityId]], fresh: frozenset[EntityId]
) -> tuple[Pair, ...]:
    """The dependencies that are the list's own afterwards; *fresh* are issues about to be opened."""
    known = [[each for each in run if each in fresh or _is_in(board, epic, stage, each)] for run in runs]
    return tuple(dict.fromkeys(pair for pair in _pairs(known) if _is_own(board, stage, pair)))


def _changes(board: Board, stage: Stage, order: Sequence[Pair]) -> tuple[Event, ...]:
    """What *order* changes in the issues that there are. Raises Rejected where it would close a circle."""
    after = _dependencies(board, stage, order)
    _check_no_circle(board, stage, after, [pair for pair in order if pair not in stage.order])
    return tuple(
        SetChanged(subject=issue.id, key="depends_on", before=issue.depends_on, after=depends_on)
        for issue_id, depends_on in after.items()
        if (issue := board.issue(issue_id)) is not None and depends_on != issue.depends_on
    )


def _is_own(board: Board, stage: Stage, pair: Pair) -> bool:
    """Whether a dependency is the list's: it made it before, or nobody has written it yet."""
    issue = board.issue(pair[0])
    return pair in stage.order or issue is None or pair[1] not in issue.depends_on


def _dependencies(board: Board, stage: Stage, kept: Sequence[Pair]) -> dict[EntityId, tuple[EntityId, ...]]:
    """What each issue depends on afterwards, where the order touches it."""
    after: dict[EntityId, tuple[EntityId, ...]] = {}
    for later, earlier in (*stage.order, *kept):
        issue = board.issue(later)
        after.setdefault(later, issue.depends_on if issue else ())
        if (later, earlier) not in kept:
            after[later] = tuple(each for each in after[later] if each != earlier)
    for later, earlier in kept:
        if (later, earlier) not in stage.order and earlier not in after[later]:
            after[later] = (*after[later], earlier)
    return after


def _circles(
    board: Board, after: dict[EntityId, tuple[EntityId, ...]], pairs: Sequence[Pair]
) -> tuple[tuple[Pair, Sequence[EntityId]], ...]:
    """Those of *pairs* that would close a chain of issues waiting for one another, with the chain."""

    def onward(each: EntityId) -> Iterable[EntityId]:
        issue = board.issue(each)
        return after.get(each, issue.depends_on if issue else ())

    found = ((pair, find_cycle(pair[0], (pair[1],), onward)) for pair in pairs)
    return tuple((pair, circle) for pair, circle in found if circle)


def _check_no_circle(
    board: Board, stage: Stage, after: dict[EntityId, tuple[EntityId, ...]], pairs: Sequence[Pair]
) -> None:
    for (later, earlier), circle in _circles(board, after, pairs):
        raise Rejected(
            f'put {later} before {earlier}, or take it out of "depends_on"; {earlier} already waits for {later}: '
            f"{' → '.join(circle)}.",
            subject=later,
            key=_key(stage),
        )


def _is_in(board: Board, epic: Epic, stage: Stage, issue_id: EntityId) -> bool:
    issue = board.issue(issue_id)
    if issue is None or issue.removed or issue.epic != epic.id or issue.stage is None:
        return False
    return folded(issue.stage) == folded(stage.name)
