"""What the daemon's words in a document say still stands: its refusals, read back from where it wrote them.

A document's own problems are found by reading it. Which words belong to which refusal the log tells; words that no
entry of it explains (an adoption's, say) are taken as they stand.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from dispatchd.application import refusals
from dispatchd.application.document_kinds import Reading
from dispatchd.application.ports.unit_of_work import DocumentRecord, ProblemRecord
from dispatchd.documents.annotations import Said, said_in_body
from dispatchd.documents.markdown_outline import Outline, outline
from dispatchd.documents.stamps import plain
from dispatchd.domain.actors import Channel
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.event import EditRefused, RecordedEvent
from dispatchd.reconcile.places import FILE, is_same_line, key_place, line_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One refusal, as the log tells it."""

    place: str
    why: str
    at: datetime
    by_commit: bool


def refused_of(recorded: RecordedEvent) -> Refused | None:
    """The refusal that *recorded* is; None for any other event."""
    event, by = recorded.event, recorded.circumstance
    if not isinstance(event, EditRefused):
        return None
    by_commit = by.provenance.channel is Channel.COMMIT
    return Refused(place=event.place, why=event.why, at=by.at, by_commit=by_commit)


def standing_answers(
    record: DocumentRecord, reading: Reading, known: Sequence[Refused]
) -> tuple[ProblemRecord, ...]:
    """The problems of the document as *reading* shows it; *known* are its refusals, newest first."""
    own = refusals.of_document(record, reading)
    told = {plain(refusals.message_of(problem)) for problem in own}
    in_front = [
        _problem(record, key_place(key), message, known)
        for key, entry in reading.front.entries.items()
        for message in _parted(entry.note or "", told, [each.why for each in known])
    ]
    at_keys = {f"{problem.anchor.removeprefix('key:')}: {problem.what}" for problem in in_front}
    in_body = list(_in_body(record, reading, known, told | {plain(message) for message in at_keys}))
    return (*own, *in_front, *in_body)


def _parted(note: str, told: Iterable[str], known: Iterable[str]) -> Iterator[str]:
    """The refusals in the note at a key, which are joined there with what the document itself has wrong."""
    left = note
    for message in sorted({plain(each) for each in (*told, *known)}, key=len, reverse=True):
        # Where another follows, a message stands there without its full stop.
        said = next((each for each in (message, message.removesuffix(".")) if each and each in left), None)
        if said is not None:
            if message not in told:
                yield message
            left = left.replace(said, "", 1)
    left = left.strip("; ")
    if left:
        yield left


def _in_body(
    record: DocumentRecord, reading: Reading, known: Sequence[Refused], told: Iterable[str]
) -> Iterator[ProblemRecord]:
    shape = outline(reading.text, reading.front.layout.body_at)
    for said in said_in_body(shape):
        if said.message in told:
            continue
        why = [each for each in known if plain(each.why) == said.message]
        yield _problem(record, _anchor(shape, said, why), said.message, known)


def _anchor(shape: Outline, said: Said, why: Sequence[Refused]) -> str:
    """The place that the words are about: a line that the log names, else the first that they may be about."""
    for line in said.lines:
        place = next((each.place for each in why if is_same_line(shape.lines[line - 1], each.place)), None)
        if place is not None:
            # As it was when it was refused: its tick was taken out since.
            occurrence = line_place(shape, line).split(":")[1]
            return f"line:{occurrence}:{place}"
    return line_place(shape, said.lines[0]) if said.lines else FILE


def _problem(record: DocumentRecord, anchor: str, message: str, known: Sequence[Refused]) -> ProblemRecord:
    found = next((each for each in known if plain(each.why) == message), None)
    return ProblemRecord(
        subject=record.subject,
        path=record.path,
        anchor=anchor,
        what=found.why if found is not None else message,
        refusal=True,
        since=found.at if found is not None else None,
        by_commit=found.by_commit if found is not None else False,
    )
