"""Answers written where an edit was made: which stand, which are over, and how they are logged."""

from collections.abc import Sequence

from dispatchd.application.command_handler import Door
from dispatchd.application.document_kinds import Edit, Reading
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord
from dispatchd.application.sighting import Sighting
from dispatchd.application.signing import is_taken_back
from dispatchd.documents.annotations import Annotation, TopAnchor
from dispatchd.documents.front_matter import Entry
from dispatchd.documents.markdown_outline import outline
from dispatchd.documents.stamps import plain
from dispatchd.domain.actors import Channel
from dispatchd.domain.command import Circumstance, RefuseEdit
from dispatchd.domain.event import EditRefused, RecordedEvent
from dispatchd.domain.identifiers import EntityId
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.places import (
    FILE,
    ITEM,
    ITEM_PARTS,
    KEY,
    anchor_of,
    is_same_line,
    key_place,
    line_place,
    line_text,
)


def log(door: Door, subject: str, refusal: Refusal, seen: Sighting) -> tuple[RecordedEvent, ...]:
    """Put into the log that what *seen* asked for was refused; once where a stale buffer says it again at once."""
    command = RefuseEdit(
        subject=EntityId(subject),
        place=_in_words(refusal.anchor),
        attempted=refusal.attempted,
        why=refusal.why,
    )
    refused = EditRefused(
        subject=command.subject, place=command.place, attempted=command.attempted, why=command.why
    )
    past = door.work.history.about(subject)
    return () if past and past[-1].event == refused else door.handle(command, seen.circumstance)


def _in_words(place: str) -> str:
    """A place as people name it: the key, or the line."""
    if place.startswith(ITEM):
        return f"{place.rpartition(ITEM_PARTS)[2]} (in WAITING.md)"
    return line_text(place) or place.removeprefix(KEY)


def as_problems(
    record: DocumentRecord, refusals: Sequence[Refusal], by: Circumstance
) -> tuple[ProblemRecord, ...]:
    """*refusals* as they are kept, listed and written into the document."""
    return tuple(
        ProblemRecord(
            subject=record.subject,
            path=record.path,
            anchor=refusal.anchor,
            what=refusal.why,
            line=refusal.line,
            refusal=True,
            since=by.at,
            by_commit=by.provenance.channel is Channel.COMMIT,
        )
        for refusal in refusals
    )


def of_document(record: DocumentRecord, reading: Reading) -> tuple[ProblemRecord, ...]:
    """What the document itself has wrong, as *reading* found it."""
    return tuple(
        ProblemRecord(
            subject=record.subject,
            path=record.path,
            anchor=_place_of(reading, problem.line, problem.key),
            what=problem.what,
            hint=problem.hint,
            line=problem.line,
        )
        for problem in reading.problems
    )


def still_standing(
    known: Sequence[ProblemRecord], edit: Edit, answered: Sequence[Refusal]
) -> tuple[ProblemRecord, ...]:
    """The refusals among *known* whose line this save left as it was."""
    again = {refusal.anchor for refusal in answered}
    return tuple(
        problem
        for problem in known
        if problem.refusal and problem.anchor not in again and _is_untouched(problem.anchor, edit)
        if not is_taken_back(problem, edit.disk.body) and not _is_struck_out(problem, edit)
    )


def _is_struck_out(problem: ProblemRecord, edit: Edit) -> bool:
    """Whether the person deleted the note: they have read it."""
    note = plain(message_of(problem))
    return note in edit.base.body and note not in edit.disk.body


def on_lines_of(problems: Sequence[ProblemRecord], text: str) -> list[ProblemRecord]:
    """*problems* without the refusals whose line does not stand in *text*."""
    lines = text.split("\n")
    return [
        problem
        for problem in problems
        if not problem.refusal
        or (said := line_text(problem.anchor)) is None
        or any(is_same_line(said, line) for line in lines)
    ]


def annotations(problems: Sequence[ProblemRecord]) -> tuple[Annotation, ...]:
    """How *problems* are written into their document; what a forge would hide stands below the front matter too."""
    beside = [
        Annotation(anchor=anchor_of(problem.anchor), message=message_of(problem)) for problem in problems
    ]
    above = [
        Annotation(anchor=TopAnchor(), message=f"{problem.anchor.removeprefix(KEY)}: {message_of(problem)}")
        for problem in problems
        if problem.by_commit and problem.anchor.startswith(KEY)
    ]
    return (*beside, *above)


def message_of(problem: ProblemRecord) -> str:
    """What is written beside the place of *problem*."""
    return f"{problem.what}. {problem.hint}" if problem.hint else problem.what


def _place_of(reading: Reading, line: int, key: str | None) -> str:
    if key is not None and (key in reading.front.entries or key in reading.front.unknown):
        return key_place(key)
    if line <= reading.text.count("\n", 0, reading.front.layout.body_at):
        return FILE
    return line_place(outline(reading.text, reading.front.layout.body_at), line)


def _is_untouched(anchor: str, edit: Edit) -> bool:
    if anchor.startswith(KEY):
        key = anchor.removeprefix(KEY)
        return _written(edit.base.front.entries.get(key)) == _written(edit.disk.front.entries.get(key))
    line = line_text(anchor)
    return line is None or any(is_same_line(line, other) for other in edit.disk.body.split("\n"))


def _written(entry: Entry | None) -> tuple[str, str | None] | None:
    return None if entry is None else (entry.raw, entry.note)
