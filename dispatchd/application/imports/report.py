"""What an import came to: everything that was read is imported, here already, or left out with a reason."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from enum import StrEnum
from typing import Any, Final

from dispatchd.application.imports.answer import ItemState, Outcome
from dispatchd.documents.foreign.item import ForeignItem, Haul, LeftOut, Remark
from dispatchd.domain.dataclass import dataclass


class Tool(StrEnum):
    """Whose files can be imported."""

    BACKLOG_MD = "backlog-md"
    BEADS = "beads"
    TASK_MASTER = "task-master"
    GITHUB_JSON = "github-json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOptions:
    dry_run: bool = False
    with_deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is: `done` of `total` items."""

    done: int
    total: int


Tell = Callable[[Progress], None]


@dataclass(slots=True, kw_only=True)
class ImportReport:
    """Grows while portions are taken in."""

    tool: Tool
    place: str
    dry_run: bool
    by_source: Mapping[str, ForeignItem]
    left_out: list[LeftOut]
    remarks: list[Remark]
    outcomes: list[Outcome] = field(default_factory=list)

    @classmethod
    def of(
        cls, tool: Tool, place: str, haul: Haul, order_remarks: Sequence[Remark], *, dry_run: bool
    ) -> "ImportReport":
        """The report before anything was taken in."""
        return cls(
            tool=tool,
            place=place,
            dry_run=dry_run,
            by_source={item.source: item for item in haul.items},
            left_out=list(haul.left_out),
            remarks=[*haul.remarks, *order_remarks],
        )

    def add(self, outcomes: Sequence[Outcome]) -> None:
        """What came of a portion."""
        for outcome in outcomes:
            item = self.by_source[outcome.source]
            self.outcomes.append(outcome)
            if outcome.state is ItemState.SKIPPED:
                self.left_out.append(
                    LeftOut(
                        path=item.path,
                        line=item.line,
                        why="the rules refuse it",
                        detail=outcome.why,
                        source=item.source,
                        broken=True,
                    )
                )
            self.remarks.extend(
                Remark(path=item.path, line=item.line, what=note.what, detail=note.detail, source=item.source)
                for note in outcome.notes
            )

    def count(self, state: ItemState) -> int:
        """How many items came to *state*."""
        return sum(outcome.state is state for outcome in self.outcomes)

    @property
    def imported(self) -> int:
        """How many are new here."""
        return self.count(ItemState.IMPORTED)

    @property
    def here(self) -> int:
        """How many stood here already."""
        return self.count(ItemState.HERE)

    @property
    def read(self) -> int:
        """How many things there were."""
        return self.imported + self.here + len(self.left_out)

    @property
    def is_whole(self) -> bool:
        """Whether everything could be read."""
        return not any(left.broken for left in self.left_out)

    @property
    def kept(self) -> Mapping[str, int]:
        """Facts that went into bodies, and in how many, the most frequent first."""
        counts = Counter(key for outcome in self.outcomes for key in outcome.kept)
        return dict(counts.most_common())

    @property
    def worth_a_look(self) -> Sequence[Remark]:
        """What is remarked, but for what stood here already."""
        here = {each.source for each in self.outcomes if each.state is ItemState.HERE}
        # What is remarked about a file, and not of one item in it, is old when all that came of the file is.
        new_in = {self.by_source[each.source].path for each in self.outcomes if each.source not in here}
        old_in = {self.by_source[source].path for source in here} - new_in
        return [
            each
            for each in self.remarks
            if (each.source not in here if each.source else each.path not in old_in)
        ]

    @property
    def unplaced_assignees(self) -> Mapping[str, int]:
        """Whom items name that kept an assignee in their body, and how often, the most frequent first."""
        named = (self.by_source[each.source].assignees for each in self.outcomes if "assignee" in each.kept)
        return dict(Counter(login.lstrip("@") for logins in named for login in logins).most_common())

    def kinds(self) -> Mapping[str, int]:
        """How many of the new ones are of each kind."""
        fresh = (each.source for each in self.outcomes if each.state is ItemState.IMPORTED)
        return dict(Counter(self.by_source[source].becomes.value for source in fresh).most_common())

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "tool": self.tool.value,
            "from": self.place,
            "dry_run": self.dry_run,
            "read": self.read,
            "imported": self.imported,
            "here": self.here,
            "skipped": len(self.left_out),
            "items": [self._item(each) for each in self.outcomes if each.state is not ItemState.SKIPPED],
            "left_out": [{key: getattr(each, key) for key in _LEFT_OUT} for each in self.left_out],
            "remarks": [{key: getattr(each, key) for key in _REMARK} for each in self.remarks],
            "kept": [{"key": key, "count": count} for key, count in self.kept.items()],
        }

    def _item(self, outcome: Outcome) -> dict[str, Any]:
        item = self.by_source[outcome.source]
        return {
            "source": outcome.source,
            "state": outcome.state.value,
            "becomes": item.becomes.value,
            "id": outcome.id or None,
            "path": item.path,
            "line": item.line,
        }


_LEFT_OUT: Final = ("source", "path", "line", "why", "detail", "broken")
_REMARK: Final = ("source", "path", "line", "what", "detail")
