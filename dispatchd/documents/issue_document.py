"""An issue's file: facts above, the prompt below, and at the very end what has happened to it.

The body is the person's. Only lines below `## Activity` that begin with a moment are the daemon's; which text there is
a comment is found out in `comments`. What a change of a fact leads to is left to reconciliation and the rules.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from dispatchd.documents.activity import (
    ActivityLine,
    activity_edits,
    has_activity,
    without_activity,
    without_entries,
)
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.body_edit import settled
from dispatchd.documents.comments import own_lines
from dispatchd.documents.facts import (
    COMMON_SPELLING,
    FactForm,
    body_at,
    composed,
    finish,
    mention,
    put_right,
    read_facts,
    state_of,
    word_of,
)
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.stamps import format_created
from dispatchd.documents.vocabulary import ISSUE_STATUS_SYNONYMS
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.issue import ISSUE_TYPES, Issue, IssueStatus

SCHEMA: Final = KeySchema.of(
    text=("title",),
    scalar=(
        "id", "type", "status", "priority", "role", "assignee", "parent", "epic", "stage", "workflow",
        "phase", "branch", "pr", "source", "created", "rev",
    ),
    lists=("labels", "depends_on"),
    daemon=("id", "created", "phase", "branch", "pr", "rev"),
)  # fmt: skip
KEY_ORDER: Final = (
    "id", "title", "type", "status", "priority", "labels", "role", "assignee", "parent", "epic", "stage",
    "depends_on", "workflow", "phase", "branch", "pr", "source", "created", "rev",
)  # fmt: skip


def issue_form(types: Iterable[str] = ISSUE_TYPES) -> FactForm:
    """How an issue holds its facts, where the workspace knows these *types*."""
    return _form_with(tuple(types))


@lru_cache(maxsize=8)
def _form_with(types: tuple[str, ...]) -> FactForm:
    return FactForm(
        schema=SCHEMA,
        order=KEY_ORDER,
        spelling={
            **COMMON_SPELLING,
            "status": state_of((state.value for state in IssueStatus), ISSUE_STATUS_SYNONYMS),
            "type": word_of(types),
        },
        defaults={"type": "feature"},
    )


FORM: Final = issue_form()


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDocument:
    """An issue as its file says it."""

    front: FrontMatter
    text: str
    problems: tuple[DocumentProblem, ...]


def parse_issue(text: str) -> IssueDocument:
    """Read an issue's file."""
    front = read_front_matter(text, SCHEMA)
    return IssueDocument(front=front, text=text, problems=front.problems)


def issue_facts(document: IssueDocument, types: Iterable[str] = ISSUE_TYPES) -> Mapping[str, Value]:
    """What the front matter says, in canonical spelling."""
    return read_facts(document.front, issue_form(types))


def fact_values(issue: Issue, people: Collection[str] = ()) -> dict[str, Value]:
    """What the front matter of *issue* should say; handles in *people* are written with `@`."""
    return {
        "id": issue.id,
        "title": issue.title,
        "type": issue.type,
        "status": issue.status.value,
        "priority": issue.priority.value,
        "labels": issue.labels or None,
        "role": issue.role.value if issue.role else None,
        "assignee": mention(issue.assignee, people),
        "parent": issue.parent,
        "epic": issue.epic,
        "stage": issue.stage,
        "depends_on": issue.depends_on or None,
        "workflow": issue.workflow,
        "phase": issue.phase,
        "branch": issue.branch,
        "pr": issue.pr,
        "source": issue.source,
        "created": format_created(issue.created),
    }


def compose_issue(issue: Issue, body: str = "", *, people: Collection[str] = ()) -> str:
    """The text of a new file for *issue*."""
    return composed(fact_values(issue, people), body, FORM)


def render_issue(
    issue: Issue,
    canvas: str,
    annotations: Sequence[Annotation] = (),
    *,
    activity: Sequence[ActivityLine] = (),
    people: Collection[str] = (),
) -> str:
    """*canvas* with the facts of *issue*, its *activity* and the *annotations*; everything else as it is."""
    if read_front_matter(canvas, SCHEMA).parked:
        return canvas
    result = put_right(canvas, fact_values(issue, people), FORM, annotations)
    if activity or has_activity(result):
        told = settled(result, lambda text: activity_edits(outline(text, body_at(text, FORM)), activity))
        result = result if told is None else told
    return finish(canvas, result, FORM, annotations)


def substance(lines: str) -> str:
    """What of some lines of a body is a person's: the daemon's notes and lines of activity left out. What stands below
    the heading of the activity and is nobody's line there yet is somebody's comment.
    """
    shape = outline(lines, read_front_matter(lines, SCHEMA).layout.body_at)
    unsigned = (shape.lines[index].rstrip() for index in own_lines(shape))
    return "\n".join([*without_entries(person_part(lines)), *unsigned])


def person_part(text: str) -> str:
    """The prose of a person: the body without the activity and the daemon's notes."""
    front = read_front_matter(text, SCHEMA)
    if not has_activity(front.body) and "> dispatchd:" not in front.body:
        return front.body.strip()
    return without_activity(outline(text, front.layout.body_at))
