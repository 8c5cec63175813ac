"""Which issue each item of an epic's lists is: the one its link leads to, or the one that was made of it.

The id of an issue made from an item follows from the item, so a plain item whose issue stands under its stage, and in
no list, is that issue: a stale text that comes back makes nothing again.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final

from dispatchd.documents.epic_lists import ListItem, StageList, same_title
from dispatchd.domain.board import Board
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue
from dispatchd.domain.list_command import ListedIssues
from dispatchd.domain.list_rules import id_of_item
from dispatchd.domain.stages import folded

SHORTEST: Final = 4
"""Characters of an id in a small workspace: an item made then is found when ids have become longer."""

Find = Callable[[str], EntityId | None]
"""The issue that the target of a link leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedItem:
    """An item under the stage *stage*, and the issue that it is; with `is_wanted`, the one it would be."""

    stage: str
    item: ListItem
    issue: EntityId
    is_wanted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What placing items needs to know. `id_length` is how long a new id is."""

    board: Board
    epic: EntityId
    find: Find
    id_length: int

    def place(self, lists: Sequence[tuple[str, StageList]]) -> tuple[PlacedItem, ...]:
        """The items of *lists*, each with its issue, in order; links that lead to no issue are left out."""
        every = [(stage, item) for stage, each in lists for item in each.items]
        linked = {item.block.first: self.find(item.link.target) for _, item in every if item.link is not None}
        taken = {issue for issue in linked.values() if issue is not None}
        for stage, item in every:
            if item.link is not None and linked[item.block.first] is None:
                found = self._of_title(stage, item.title, taken)
                linked[item.block.first] = found
                taken |= {found} if found is not None else set()
        placed: list[PlacedItem] = []
        for stage, item in every:
            if item.link is not None:
                issue = linked[item.block.first]
                if issue is not None:
                    placed.append(PlacedItem(stage=stage, item=item, issue=issue))
                continue
            found, is_made = self._of_plain(stage, item.title, taken)
            taken.add(found)
            placed.append(PlacedItem(stage=stage, item=item, issue=found, is_wanted=not is_made))
        return tuple(placed)

    def _of_title(self, stage: str, title: str, taken: Collection[EntityId]) -> EntityId | None:
        """The issue of *stage* that a link with this text led to before its file was given another name."""
        found = [
            issue.id
            for issue in self.board.issues_of(self.epic)
            if issue.id not in taken and same_title(issue.title, title) and self._stands_in(stage, issue)
        ]
        return found[0] if len(found) == 1 else None

    def _of_plain(self, stage: str, title: str, taken: set[EntityId]) -> tuple[EntityId, bool]:
        number = 0
        while True:
            ids = [
                id_of_item(self.epic, title, number, length)
                for length in range(min(SHORTEST, self.id_length), self.id_length + 1)
            ]
            known = next((each for each in ids if each in taken or self.board.issue(each) is not None), None)
            if known is None:
                return ids[-1], False
            if known not in taken and self._stands_in(stage, self.board.issue(known)):
                return known, True
            number += 1

    def _stands_in(self, stage: str, issue: Issue | None) -> bool:
        if issue is None or issue.removed or issue.epic != self.epic or issue.stage is None:
            return False
        return folded(issue.stage) == folded(stage)


def wanted_in(placed: Iterable[PlacedItem], stage: str) -> tuple[PlacedItem, ...]:
    """The items of *stage* that are still to be made."""
    return tuple(each for each in placed if each.is_wanted and folded(each.stage) == folded(stage))


def listed_issues(placed: Sequence[PlacedItem]) -> tuple[ListedIssues, ...]:
    """The issues that there are already, by the stage that lists them."""
    links = [each for each in placed if each.item.link is not None and not each.item.is_struck]
    return tuple(
        ListedIssues(
            stage=stage,
            issues=tuple(each.issue for each in links if each.stage == stage),
            runs=runs_of(links, stage),
        )
        for stage in dict.fromkeys(each.stage for each in links)
    )


def runs_of(placed: Iterable[PlacedItem], stage: str) -> tuple[tuple[EntityId, ...], ...]:
    """The numbered lists of *stage*, as issues; what is struck stands in none."""
    runs: dict[int, list[EntityId]] = {}
    for each in placed:
        if folded(each.stage) == folded(stage) and each.item.run is not None and not each.item.is_struck:
            runs.setdefault(each.item.run, []).append(each.issue)
    return tuple(tuple(dict.fromkeys(run)) for run in runs.values())
