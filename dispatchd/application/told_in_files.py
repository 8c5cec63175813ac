"""What home has answered in a document, read back from its notes: where another clone decides, that is all that tells.

A note beside a key, or below a line of the body, says that an edit was not taken, or waits for a reason. What the
document itself shows to be wrong is found by reading it, and not told twice.
"""

from collections.abc import Iterator

from dispatchd.application.document_kinds import Reading
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord
from dispatchd.documents.annotations import NOTE, note_lines
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.documents.stamps import plain
from dispatchd.reconcile.places import FILE, key_place, line_place


def told_in(record: DocumentRecord, reading: Reading) -> tuple[ProblemRecord, ...]:
    """The answers that stand in the document."""
    known = {plain(str(part)) for problem in reading.problems for part in (problem.what, _whole(problem))}
    found = [(key_place(key), note) for key, note in _beside_keys(reading)]
    beside = {f"{place.partition(':')[2]}: {note}" for place, note in found}
    found += [each for each in _below_lines(reading) if each[1] not in beside]
    return tuple(
        ProblemRecord(subject=record.subject, path=record.path, anchor=place, what=note, refusal=True)
        for place, note in dict.fromkeys(found)
        if note not in known
    )


def _whole(problem: object) -> str:
    what, hint = getattr(problem, "what", ""), getattr(problem, "hint", "")
    return f"{what}. {hint}" if hint else what


def _beside_keys(reading: Reading) -> Iterator[tuple[str, str]]:
    for key, entry in reading.front.entries.items():
        if entry.note:
            yield key, entry.note


def _below_lines(reading: Reading) -> Iterator[tuple[str, str]]:
    if "> dispatchd:" not in reading.body:
        return
    shape = outline(reading.text, reading.front.layout.body_at)
    notes = note_lines(shape)
    for index in notes:
        said = NOTE.match(shape.lines[index])
        if said is not None:
            yield _place_above(shape, index, frozenset(notes)), said["message"]


def _place_above(shape: Outline, index: int, notes: frozenset[int]) -> str:
    """The line that the note is about: the one it stands below."""
    above = index - 1
    while above >= shape.body and (above in notes or not shape.lines[above].strip()):
        above -= 1
    return line_place(shape, above + 1) if above >= shape.body else FILE
