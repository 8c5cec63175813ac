"""What an agent is told of its issue: its text, what was said about it, and both as they stood when a turn began."""

from typing import Final

from dispatchd.application.agents.outside import came_from, marked, quoted
from dispatchd.application.authorship import is_outside
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.documents.activity import without_activity
from dispatchd.documents.issue_document import parse_issue
from dispatchd.documents.markdown_outline import outline
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.issue import Issue

NO_TEXT: Final = "(The issue has no text besides its title.)"


def issue_text(work: UnitOfWork, issue: Issue) -> str:
    """Its facts and its text, as Markdown."""
    whose = came_from(work, issue)
    facts = [f"- id: {issue.id}", f"- type: {issue.type}", f"- priority: {issue.priority}"]
    if issue.labels:
        facts.append(f"- labels: {', '.join(issue.labels)}")
    body = body_of(work, issue.id)
    if whose:
        return "\n".join(["# Your issue", "", *facts, "", marked(f"{issue.title}\n\n{body}", whose)])
    return "\n".join([f"# Your issue: {issue.title}", "", *facts, "", body or NO_TEXT])


def what_was_said(work: UnitOfWork, issue: Issue, *, besides: str = "") -> str:
    """Its comments with whose they are; those of the agent *besides* are left out."""
    said = [
        f"{each.by.name}{', who is not in [people]' if is_outside(work, each.by) else ''}:\n\n{quoted(each.text)}"
        for each in issue.comments
        if not each.withdrawn and (each.by.kind, each.by.handle) != (ActorKind.AGENT, besides)
    ]
    return "\n\n".join(["# What was said about it", *said]) if said else ""


def as_told(work: UnitOfWork, issue: Issue, agent: str) -> str:
    """All of that which *agent* has not said itself: a later turn compares with it."""
    return f"{issue_text(work, issue)}\n\n{what_was_said(work, issue, besides=agent)}".strip() + "\n"


def place_of(work: UnitOfWork, subject: str) -> str:
    """Where its file stands, as it is named to an agent."""
    record = work.documents.of(subject)
    return f"`.dispatch/{record.path}`" if record is not None else subject


def content_of(work: UnitOfWork, record: DocumentRecord | None) -> str:
    """The whole text of a file, as the database wants it; empty where there is none."""
    if record is None or record.current is None:
        return ""
    return work.blobs.get(record.current).decode("utf-8", errors="replace")


def body_of(work: UnitOfWork, subject: str) -> str:
    """The text of a document, as its file says it, without its front matter."""
    text = content_of(work, work.documents.of(subject))
    return without_activity(outline(text, parse_issue(text).front.layout.body_at)) if text else ""
