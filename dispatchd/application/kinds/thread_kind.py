"""Threads: answers as ticks and text. A file dropped into an inbox is a message of whoever dropped it."""

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Reading
from dispatchd.application.kinds.facts_of_kind import has_lost_front_matter, intents_of_facts
from dispatchd.application.kinds.titles import title_for
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.body_edit import same_words
from dispatchd.documents.digest import digest
from dispatchd.documents.loose_ticks import Offered
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.relative_links import links_moved
from dispatchd.documents.thread_document import (
    SCHEMA,
    ThreadDocument,
    compose_thread,
    fact_values,
    parse_thread,
    person_part,
    render_thread,
    thread_facts,
)
from dispatchd.documents.tree_paths import agent_of
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.command import Command, OpenThread
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.thread import Thread, ThreadKind
from dispatchd.reconcile.intents import Act, Intent, Refusal
from dispatchd.reconcile.thread_intents import thread_intents

_INBOX: Final = "inbox"


def _read(text: str) -> Reading:
    document = parse_thread(text)
    return Reading(
        text=text,
        document=document,
        front=document.front,
        facts=thread_facts(document),
        problems=document.problems,
    )


def _adopt(adoption: Adoption) -> tuple[Command, tuple[Refusal, ...]]:
    reading, by = adoption.reading, adoption.circumstance
    thread = Thread(
        id=adoption.id,
        title=title_for(reading.document.title or reading.facts.get("title"), reading.body, adoption.path),
        created=by.at,
        kind=ThreadKind.MESSAGE,
        sender=by.actor.handle,
        to=agent_of(adoption.path),
    )
    return OpenThread(thread=thread), ()


def _without_fact(command: Command, _refused: Rejected) -> Command:
    return command


def _intents(edit: Edit) -> tuple[Intent, ...]:
    thread = edit.work.thread(EntityId(edit.subject))
    if thread is None:
        return ()
    facts = (
        ()
        if has_lost_front_matter(edit)
        else intents_of_facts(edit, EntityKind.THREAD, SCHEMA, fact_values(thread))
    )
    shape = outline(edit.disk.text, edit.disk.front.layout.body_at)
    said = thread_intents(thread, edit.base.document, edit.disk.document, shape, edit.held)
    return (*facts, *said)


def _asks(adoption: Adoption) -> tuple[Intent, ...]:
    """The ticked *Send* of a new message, compared with a file that says nothing."""
    thread, reading = adoption.work.thread(adoption.id), adoption.reading
    if thread is None or not reading.document.is_sent:
        return ()
    shape = outline(reading.text, reading.front.layout.body_at)
    asked = thread_intents(thread, parse_thread(""), reading.document, shape, ())
    again = _sent_before(adoption, thread, reading)
    return tuple(
        Refusal(anchor=each.anchor, why=again, attempted=each.attempted)
        if again and isinstance(each, Act)
        else each
        for each in asked
    )


def _sent_before(adoption: Adoption, thread: Thread, reading: Reading) -> str:
    """Why the tick of a new file is none of now: its text came with a copy, or from the past of its name."""
    if adoption.copy_of is not None:
        return f"tick it again to send this copy too; it came ticked from {adoption.copy_of}"
    work, content = adoption.work, digest(reading.text.encode())
    here = work.documents.at(adoption.path)
    last = work.thread(EntityId(here.subject)) if here is not None else None
    if last is not None and work.documents.was_ingested(last.id, content, last.created):
        return f"tick it again to send it once more; the same file stood here before, as {last.id}"
    name = posixpath.basename(adoption.path)
    for other in (last, *work.entities(EntityKind.THREAD)):
        if not isinstance(other, Thread) or not _says(other, thread, reading.document.answer):
            continue
        record = work.documents.of(other.id)
        # Else they are words that somebody writes again: in another file, while the first has had its answer.
        if record is None or posixpath.basename(record.path) == name or record.seen == content:
            return f"tick it again to send it once more; the same words were sent as {other.id}"
    return ""


def _says(other: Thread, thread: Thread, words: str) -> bool:
    """Whether *words* were said in *other*, by and to whom *thread* is."""
    is_theirs = (other.sender, other.to) == (thread.sender, thread.to)
    return is_theirs and any(same_words(turn.text, words) for turn in other.turns)


def _boxes(reading: Reading) -> tuple[Offered, ...]:
    document: ThreadDocument = reading.document
    return tuple(Offered(box.line, box.label, box.ticked) for box in document.boxes)


def _render(thread: Thread, canvas: str, notes: Sequence[Annotation], work: UnitOfWork) -> str:
    return render_thread(_from_its_place(thread, work), canvas, notes)


def _from_its_place(thread: Thread, work: UnitOfWork) -> Thread:
    """*thread* with the links of the daemon's turns as they lead from where its file is: they were made for `inbox/`."""
    if not any(turn.by == DAEMON and "](." in turn.text for turn in thread.turns):
        return thread
    record = work.documents.of(thread.id)
    here = posixpath.dirname(record.wanted_path or record.path) if record is not None else _INBOX
    return replace(
        thread,
        turns=tuple(
            replace(turn, text=links_moved(turn.text, _INBOX, here)) if turn.by == DAEMON else turn
            for turn in thread.turns
        ),
    )


def _compose(thread: Thread, _work: UnitOfWork, _body: str) -> str:
    return compose_thread(thread)


THREAD_KIND: Final = DocumentKind(
    kind=EntityKind.THREAD,
    schema=SCHEMA,
    read=_read,
    adopt=_adopt,
    without_fact=_without_fact,
    intents=_intents,
    stands=fact_values,
    asks=_asks,
    render=_render,
    compose=_compose,
    substance=person_part,
    boxes=_boxes,
)
