"""The stages of an epic as `epic show` lists them: how far each is, its gate, and the issues under it."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from dispatchd.application.ports.read_rows import IssueFilter
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Screen, Style, visible

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import EpicRow, IssueRow, StageRow

_ISSUES: Final = (
    Column(style=Style.ACCENT),
    Column(),
    Column(gives_way=True),
    Column(style=Style.QUIET),
)
_INDENT: Final = 4
_ISSUE: Final = re.compile(r"\bi-[0-9a-hjkmnp-tv-z]{4,26}\b")
_STATES: Final = {"pending": "not opened", "awaiting_gate": "gate waits"}


def stage_lines(model: "ReadModel", epic_id: str, screen: Screen) -> list[str]:
    """The lines of all stages of an epic, then the issues of it that are in none."""
    epic = model.epic(epic_id)
    return [] if epic is None else list(_lines(model, epic, screen))


def _lines(model: "ReadModel", epic: "EpicRow", screen: Screen) -> Iterator[str]:
    listed = {each: place for place, each in enumerate(_ISSUE.findall(model.text_of(epic.id) or ""))}
    issues = sorted(
        model.issues(IssueFilter(epic=epic.id)), key=lambda each: listed.get(each.id, len(listed))
    )
    for number, stage in enumerate(epic.stages, 1):
        yield ""
        yield f"{screen.heading(visible(f'stage {stage.name}'))} {visible(_how_far(stage, number, len(epic.stages)))}"
        if stage.gate is not None:
            yield f"{' ' * (_INDENT // 2)}{visible(_gate(stage))}"
        yield from _table(screen, [each for each in issues if each.stage == stage.name], stage.wanted)
        if stage.wanted:
            yield f"{' ' * _INDENT}{screen.quiet(visible(_how_to_make(epic.id, stage.name)))}"
    stages = {stage.name for stage in epic.stages}
    elsewhere = [each for each in issues if each.stage not in stages]
    if elsewhere:
        yield from ("", screen.heading("in no stage"), *_table(screen, elsewhere))


def _how_far(stage: "StageRow", number: int, of: int) -> str:
    state = _STATES.get(stage.state, stage.state.replace("_", " "))
    done = f"; {stage.done} of {stage.total} issues finished" if stage.total else ""
    return f"({number} of {of}), {state}{done}"


def _gate(stage: "StageRow") -> str:
    gate = stage.gate
    if gate is None:
        return ""
    by = f" by {', '.join(f'@{each}' for each in gate.approvers)}" if gate.approvers else ""
    asked = gate.question or ", ".join(gate.criteria)
    failed = f" ({'; '.join(gate.failed_checks)})" if gate.failed_checks else ""
    outcome = f" ({gate.choice or gate.state})" if gate.state != "pending" else failed
    return f"gate: {gate.kind}{by}{f': {asked}' if asked else ''}{outcome}"


def _how_to_make(epic_id: str, stage: str) -> str:
    name = f'"{stage}"' if " " in stage else stage
    return f"make what is wanted: dispatchd epic make {epic_id} {name}"


def _table(screen: Screen, rows: "list[IssueRow]", wanted: tuple[str, ...] = ()) -> list[str]:
    cells = [(each.id, each.status.replace("_", " "), each.title, each.assignee or "") for each in rows]
    cells.extend(("", "wanted", title, "") for title in wanted)
    return table(_ISSUES, cells, screen, _INDENT)
