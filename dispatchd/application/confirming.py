"""What a person's word does to the acts that wait for it in one document: they are done, in that person's name."""

from collections.abc import Sequence

from dispatchd.application import refusals, signing
from dispatchd.application.document_kinds import Edit
from dispatchd.application.editing import Editing
from dispatchd.application.ports.unit_of_work import DocumentRecord
from dispatchd.application.saved_text import Came
from dispatchd.application.sighting import Sighting
from dispatchd.documents.fence import decode
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import RecordedEvent
from dispatchd.reconcile.intents import anchors


def let_count(editing: Editing, record: DocumentRecord, by: Circumstance) -> Sequence[RecordedEvent]:
    """Do what waits in the document of *record*, as it was last taken; what is refused after all is said there."""
    work = editing.door.work
    content = work.blobs.get(record.current) if record.current is not None else b""
    text = decode(content)
    if record.kind is None or record.parked is not None or not isinstance(text, str):
        return ()
    kind = editing.kinds[record.kind]
    reading = kind.read(text)
    standing = work.problems.of(record.subject)
    waiting = tuple(problem.anchor for problem in standing if signing.is_unconfirmed(problem))
    edit = Edit(
        subject=record.subject,
        base=reading,
        disk=reading,
        held=waiting,
        circumstance=by,
        work=work,
        path=record.path,
    )
    acts = signing.acts_in(kind, edit)
    seen = Sighting(path=record.path, content=content, circumstance=by)
    outcome = editing.perform(record.subject, acts, seen)
    settled = set(anchors(acts))
    left = [each for each in standing if not (signing.is_unconfirmed(each) and each.anchor in settled)]
    refused = refusals.as_problems(record, outcome.refusals, by)
    work.problems.replace(record.subject, (*left, *refused))
    came = Came(acted=bool(outcome.events), refused=bool(outcome.refusals))
    editing.rendering.after_save(record, seen, outcome.unticked(kind, text), came)
    return outcome.events
