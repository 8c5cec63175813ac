"""`issue list`: what was asked for, in words forgiven as they are in a file, and how the rows look."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dispatchd.application.ports.read_rows import IssueFilter
from dispatchd.cli.entity_views import EPIC, ISSUE, issue_facts, named
from dispatchd.cli.failures import Failed
from dispatchd.cli.paging import show_paged
from dispatchd.cli.parked import say_what_cannot_be_read
from dispatchd.cli.status_screen import brake_line
from dispatchd.cli.tables import Column, table
from dispatchd.cli.terminal import Style, aside
from dispatchd.documents.vocabulary import ISSUE_STATUS_SYNONYMS, PRIORITY_SYNONYMS, canonical

if TYPE_CHECKING:
    from dispatchd.application.ports.read_model import ReadModel
    from dispatchd.application.ports.read_rows import IssueRow
    from dispatchd.cli.invocation import Invocation

STATES = (
    "unassigned",
    "queued",
    "assigned",
    "in_progress",
    "awaiting_review",
    "in_review",
    "blocked",
    "done",
    "cancelled",
)
UNFINISHED = STATES[:-2]
PRIORITIES = ("critical", "high", "medium", "low")
ROLES = ("coder", "reviewer", "pm", "security", "docs", "test", "architect", "coordinator")
COLUMNS = (
    Column(title="id", style=Style.ACCENT),
    Column(title="status"),
    Column(title="priority"),
    Column(title="title", gives_way=True),
    Column(title="assignee"),
    Column(title="waits on", style=Style.QUIET, optional=True, most=24),
    Column(title="labels", style=Style.QUIET, optional=True, most=24),
)


def show_issues(
    invocation: "Invocation", wanted: Mapping[str, Any], *, as_json: bool, plainly: bool = False
) -> None:
    """Print the issues that are *wanted*; more than a screenful in a pager, unless *plainly*."""
    with invocation.reading() as model:
        brake = model.brake() if wanted["ready"] else None
        rows = () if brake else model.issues(_filter(model, wanted))
        say_what_cannot_be_read(invocation, model)
    screen = invocation.screen
    if brake is not None:
        aside(f"Nothing starts: {brake_line(brake)}")
    if as_json:
        screen.show_json({"items": [issue_facts(row) for row in rows]})
    elif brake is not None:
        return
    elif rows:
        show_paged(invocation, table(COLUMNS, map(_cells, rows), screen), plainly=plainly)
    else:
        aside("No issue is like that." if _is_narrowed(wanted) else _TEACHING)


_TEACHING = 'No issue is open. Make one: echo "What is to be done" > ".dispatch/issues/first issue.md"'


def _cells(row: "IssueRow") -> tuple[str, ...]:
    return (
        row.id,
        row.status.replace("_", " "),
        row.priority,
        row.title,
        row.assignee or "",
        ", ".join(row.waiting_on),
        ", ".join(row.labels),
    )


def _is_narrowed(wanted: Mapping[str, Any]) -> bool:
    return any(value for key, value in wanted.items() if key != "limit")


def _filter(model: "ReadModel", wanted: Mapping[str, Any]) -> IssueFilter:
    states = tuple(_word("status", each, STATES, ISSUE_STATUS_SYNONYMS) for each in wanted["statuses"])
    if not states and not wanted["everything"]:
        states = UNFINISHED
    priority, role = wanted["priority"], wanted["role"]
    return IssueFilter(
        status=states,
        type=(wanted["kind"].lower(),) if wanted["kind"] else (),
        priority=(_word("priority", priority, PRIORITIES, PRIORITY_SYNONYMS),) if priority else (),
        role=(_word("role", role, ROLES, {}),) if role else (),
        assignee=(wanted["assignee"].removeprefix("@").lower(),) if wanted["assignee"] else (),
        labels=tuple(label.removeprefix("#") for label in wanted["labels"]),
        epic=named(model, wanted["epic"], EPIC).id if wanted["epic"] else None,
        stage=wanted["stage"],
        parent=named(model, wanted["parent"], ISSUE).id if wanted["parent"] else None,
        text=wanted["text"],
        ready=wanted["ready"],
        waiting=wanted["waiting"],
        blocked=wanted["blocked"],
        limit=wanted["limit"],
    )


def _word(key: str, typed: str, allowed: tuple[str, ...], synonyms: Mapping[str, str]) -> str:
    word = canonical(typed, allowed, synonyms)
    if word is None:
        raise Failed(f'"{typed}" is no {key}; there are {", ".join(allowed)}')
    return word
