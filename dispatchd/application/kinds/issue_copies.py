"""A copied issue is an issue of its own: what agents have done for the one it was copied from is not done for it."""

from collections.abc import Sequence
from typing import Any, Final

from dispatchd.application.document_kinds import Reading
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.activity import ActivityLine, comparable, entries_in, find_activity
from dispatchd.documents.comments import without_lines
from dispatchd.documents.markdown_outline import outline
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import IssueStatus
from dispatchd.reconcile.intents import Refusal

_AT_WORK: Final = frozenset(
    {IssueStatus.IN_PROGRESS, IssueStatus.AWAITING_REVIEW, IssueStatus.IN_REVIEW, IssueStatus.BLOCKED}
)


def begun_anew(
    fields: dict[str, Any], original: EntityId | None, work: UnitOfWork
) -> tuple[dict[str, Any], tuple[Refusal, ...]]:
    """The *fields* of a copy of *original*: one that agents are at work on is at its beginning, and says so."""
    status = fields.get("status")
    if original is None or status not in _AT_WORK or work.work(original) is None:
        return fields, ()
    kept = {key: value for key, value in fields.items() if key not in {"status", "assignee"}}
    why = f'"{status}" is the work on {original}, not on this copy; "queued" has it done here too'
    return kept, (Refusal(anchor="key:status", why=why, attempted=str(status)),)


def without_story(copy: Reading, story: Sequence[ActivityLine]) -> str:
    """The text of *copy* without the lines of *story*: what has become of the work on another issue."""
    shape = outline(copy.text, copy.front.layout.body_at)
    section = find_activity(shape)
    if section is None:
        return copy.text
    told = {comparable(line.lines) for line in story if not line.said}
    entries = [each for each in entries_in(shape, section) if each.words in told]
    gone = {line for each in entries for line in range(each.first, each.end)}
    if not any(shape.lines[line].strip() for line in range(section.start, section.end) if line not in gone):
        gone.update(range(section.heading.first, section.end))
    return without_lines(shape, gone)
