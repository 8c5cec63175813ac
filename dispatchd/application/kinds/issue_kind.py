"""Issues: adopted from any text, edited by their facts, with their threads told at the end."""

import posixpath
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Reading
from dispatchd.application.kinds.facts_of_kind import (
    first_facts,
    has_lost_front_matter,
    intents_of_facts,
    members_of,
    one_of,
    without,
)
from dispatchd.application.kinds.issue_copies import begun_anew, without_story
from dispatchd.application.kinds.titles import title_for
from dispatchd.application.named_files import with_ids
from dispatchd.application.people import agent_actor, handle_from
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.activity import ActivityLine, has_activity
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.comments import signed_in, standing_lines, without_lines
from dispatchd.documents.issue_document import (
    SCHEMA,
    compose_issue,
    fact_values,
    issue_facts,
    parse_issue,
    render_issue,
    substance,
)
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.documents.stamps import display_name, parse_created
from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent_run import Happening
from dispatchd.domain.command import Command, OpenIssue
from dispatchd.domain.comment import Comment
from dispatchd.domain.comment_rules import trimmed
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind, parse_id
from dispatchd.domain.issue import Issue, IssueStatus, Priority, Role
from dispatchd.domain.thread import Thread, ThreadKind, ThreadStatus
from dispatchd.reconcile.comment_intents import comment_intents, is_by, is_words, text_at, unsigned_in
from dispatchd.reconcile.intents import Intent, Refusal
from dispatchd.reconcile.issue_intents import in_order, moves

_READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "type": str,
    "status": IssueStatus,
    "priority": Priority,
    "role": Role,
    "assignee": str,
    "parent": EntityId,
    "epic": EntityId,
    "stage": str,
    "workflow": str,
    "source": str,
}
_DEFAULTS: Final = {
    "type": "feature",
    "status": IssueStatus.UNASSIGNED,
    "priority": Priority.MEDIUM,
    "labels": (),
    "depends_on": (),
}
_TOLD: Final = frozenset({ThreadKind.QUESTION, ThreadKind.PERMISSION, ThreadKind.ESCALATION})


# Each step of taking a save reads the same few texts: the save, the one it began as, and what comes of both.
@lru_cache(maxsize=4)
def _read(text: str) -> Reading:
    document = parse_issue(text)
    return Reading(
        text=text,
        document=document,
        front=document.front,
        facts=issue_facts(document),
        problems=document.problems,
    )


def _adopt(adoption: Adoption) -> tuple[Command, tuple[Refusal, ...]]:
    facts = with_ids(adoption.work, adoption.reading.facts, adoption.path)
    reading, rules = replace(adoption.reading, facts=facts), adoption.work.rules
    fields, refused = first_facts(reading, EntityKind.ISSUE, _READERS, rules.types)
    foreign = one_of(reading.facts.get("id"))
    if foreign and parse_id(foreign) is None and "source" not in fields:
        fields["source"] = foreign
    written = members_of(reading.facts.get("depends_on"))
    known = tuple(EntityId(member) for text in written if (member := parse_id(text)))
    for unknown in (text for text in written if parse_id(text) is None):
        why = f'write an id like i-7k2m, or the name of a file in issues/; "{unknown}" names no issue'
        refused = (*refused, Refusal(anchor="key:depends_on", why=why, attempted=unknown))
    fields, not_here = begun_anew(fields, adoption.copy_of, adoption.work)
    issue = Issue(
        id=adoption.id,
        title=title_for(reading.facts.get("title"), reading.body, adoption.path),
        created=parse_created(one_of(reading.facts.get("created"))) or adoption.circumstance.at,
        labels=members_of(reading.facts.get("labels")),
        depends_on=known,
        comments=_heard_before(adoption),
        **fields,
    )
    return OpenIssue(issue=issue), (*refused, *not_here)


def _heard_before(adoption: Adoption) -> tuple[Comment, ...]:
    """Comments that the file brings along, from another workspace or one that was lost: they stay who said them."""
    reading = adoption.reading
    if not has_activity(reading.body):
        return ()
    lines = signed_in(outline(reading.text, reading.front.layout.body_at))
    return tuple(
        Comment(by=_speaker(adoption, line.text), at=line.at, text=trimmed(line.said)) for line in lines
    )


def _speaker(adoption: Adoption, name: str) -> Actor:
    here = adoption.circumstance.actor
    if display_name(here) == name:
        return here
    if adoption.work.agent(name) is not None:
        return agent_actor(name)
    return Actor(kind=ActorKind.HUMAN, handle=handle_from(name, ""), name=name, email="")


def _without_fact(command: Command, refused: Rejected) -> Command:
    if not isinstance(command, OpenIssue):
        return command
    return replace(command, issue=without(command.issue, _DEFAULTS, refused))


def _with_ids(edit: Edit, reading: Reading) -> Reading:
    facts = with_ids(edit.work, reading.facts, edit.path)
    return reading if facts is reading.facts else replace(reading, facts=facts)


def _intents(edit: Edit) -> tuple[Intent, ...]:
    issue = edit.work.issue(EntityId(edit.subject))
    if issue is None:
        return ()
    said = _said(edit, issue)
    if has_lost_front_matter(edit):
        return said
    if edit.disk.front.keys is edit.base.front.keys and not edit.held:
        return said  # as `intents_of_facts` would find, for which all else would be worked out first
    edit = replace(edit, base=_with_ids(edit, edit.base), disk=_with_ids(edit, edit.disk))
    found = intents_of_facts(edit, EntityKind.ISSUE, SCHEMA, _stands(issue), moves(issue.id))
    return (*in_order(found, one_of(edit.disk.facts.get("status"))), *said)


def _said(edit: Edit, issue: Issue) -> tuple[Intent, ...]:
    # Whoever goes on from a text in which somebody else's words rest has not said those.
    open_here = [place for place in unsigned_in(edit.held) if is_by(place, edit.circumstance)]
    if not has_activity(edit.disk.body) or (not open_here and edit.disk.body == edit.base.body):
        return ()
    known = activity_of(issue, edit.work)
    began = _before_words(edit, open_here, known)
    return comment_intents(
        issue.id,
        shape_of(began),
        shape_of(edit.disk),
        known,
        edit.circumstance.actor,
        began.text,
    )


def _before_words(edit: Edit, open_here: Sequence[str], known: Sequence[ActivityLine]) -> Reading:
    """What stood there before the words that are not signed yet."""
    texts = {is_words(place): edit.work.blobs.get(text_at(place)).decode() for place in open_here}
    if False in texts:
        return _read(texts[False])
    if True in texts:
        shape = shape_of(edit.base)
        before = without_lines(shape, standing_lines(shape, texts[True].split("\n"), known))
        edit.work.blobs.put(before.encode())  # a place that is held may name it
        return _read(before)
    return edit.base


def shape_of(reading: Reading) -> Outline:
    """The lines and blocks of *reading*."""
    return outline(reading.text, reading.front.layout.body_at)


def _stands(issue: Issue) -> dict[str, str | tuple[str, ...] | None]:
    return fact_values(issue)


def _render(issue: Issue, canvas: str, notes: Sequence[Annotation], work: UnitOfWork) -> str:
    return render_issue(
        issue, canvas, notes, activity=activity_of(issue, work), people=tuple(work.rules.people)
    )


def _copied(copy: Reading, original: EntityId, work: UnitOfWork) -> str:
    issue = work.issue(original)
    return without_story(copy, activity_of(issue, work)) if issue is not None else copy.text


def _compose(issue: Issue, work: UnitOfWork, body: str) -> str:
    return compose_issue(issue, body, people=tuple(work.rules.people))


def activity_of(issue: Issue, work: UnitOfWork) -> tuple[ActivityLine, ...]:
    """What stands, or stood, below the heading: questions with their answers, what was said, and what
    became of the work on it, oldest first. Times are whole seconds: of one second an answer comes first, and
    then what was said, because what happens at once is mostly its doing; but an answer stands below its question.
    """
    made, threads = work.work(issue.id), work.threads_of(issue.id)
    story = made.story if made is not None else ()
    if not (issue.comments or story or any(threads)):
        return ()
    record = work.documents.of(issue.id)
    here = posixpath.dirname(record.path) if record is not None else "issues"
    lines = [
        ActivityLine(at=each.at, text=display_name(each.by), said=each.text, gone=each.withdrawn)
        for each in issue.comments
    ]
    lines.extend(ActivityLine(at=each.at, text=_linked(each, here)) for each in story)
    answers: list[ActivityLine] = []
    for thread in threads:
        if thread.kind in _TOLD and thread.turns:
            asked, *answered = _lines_of(thread, here, work)
            lines.append(asked)
            for line in answered:
                (lines if _second(line) == _second(asked) else answers).append(line)
    return tuple(sorted([*answers, *lines], key=_second))


def _second(line: ActivityLine) -> datetime:
    return line.at.replace(microsecond=0)


def _linked(each: Happening, here: str) -> str:
    return f"{each.text}: [evidence]({posixpath.relpath(each.link, here)})" if each.link else each.text


def _lines_of(thread: Thread, here: str, work: UnitOfWork) -> list[ActivityLine]:
    record = work.documents.of(thread.id)
    title = thread.title.replace("[", r"\[").replace("]", r"\]")
    path = record.wanted_path or record.path if record is not None else ""
    link = f"[{title}]({posixpath.relpath(path, here)})" if path else title
    asker = display_name(thread.turns[0].by)
    lines = [ActivityLine(at=thread.created, text=f"{asker} asks: {link}")]
    if thread.status is ThreadStatus.ANSWERED and thread.answered_at is not None:
        last = thread.turns[-1]
        said = last.text.strip().splitlines()[0] if last.text.strip() else thread.chosen or ""
        lines.append(ActivityLine(at=thread.answered_at, text=f"{display_name(last.by)} answers: {said}"))
    return lines


ISSUE_KIND: Final = DocumentKind(
    kind=EntityKind.ISSUE,
    schema=SCHEMA,
    read=_read,
    adopt=_adopt,
    without_fact=_without_fact,
    intents=_intents,
    stands=_stands,
    render=_render,
    compose=_compose,
    substance=substance,
    copied=_copied,
)
