"""What of a save counted: its text without what was refused, and with unclear boxes in their usual form.

A buffer that was answered is mostly mended and saved again, with the `rev` it began with. What is compared with the
answered save itself would hold every refused line for one that has stood: the tick that mends a slip would be no new
tick, and the value that mends another would contradict the daemon's putting it back.
"""

from dataclasses import replace

from dispatchd.application.document_kinds import DocumentKind, Edit
from dispatchd.application.outcome import Outcome
from dispatchd.application.ports.unit_of_work import AgreedText, TextSource, UnitOfWork
from dispatchd.documents.front_matter_edit import REMOVED, edit_front_matter
from dispatchd.reconcile.places import KEY


def counted_text(kind: DocumentKind, edit: Edit, outcome: Outcome) -> str:
    """The text of *edit* as far as it was taken; in the place of refused values those that the answer says are kept.

    A list of which a part was refused stays as it was saved.
    """
    text = outcome.unticked(kind, edit.disk.text)
    refused = {refusal.anchor for refusal in outcome.refusals}
    entity = edit.work.entity(edit.subject)
    keys = [key for key, value in edit.disk.facts.items() if KEY + key in refused and isinstance(value, str)]
    if not keys or entity is None:
        return text
    stands = kind.read(kind.render(entity, text, (), edit.work)).facts
    back = {key: stands.get(key, REMOVED) for key in keys}
    return edit_front_matter(text, back, order=tuple(stands), rev=False)


def agree_on(work: UnitOfWork, save: AgreedText, counts: str) -> None:
    """Remember *save*, and below it what of it *counts*, where that is not all."""
    digest = work.blobs.put(counts.encode())
    if save.rev is not None and digest != save.digest:
        work.documents.agree(replace(save, digest=digest, source=TextSource.COUNTED))
    work.documents.agree(save)
