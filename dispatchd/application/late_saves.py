"""A buffer that was open when its document was archived, saved under the name the document no longer has.

The file says by its id and its `rev` what it is. It is taken as a late save of the document where that stands now, and
goes from its old place: it is no copy, and no new message of anybody's. In a thread, which is over, it is answered.
"""

from dataclasses import replace

from dispatchd.application import refusals
from dispatchd.application.editing import Editing
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.sighting import Sighting, Taken
from dispatchd.documents.digest import digest
from dispatchd.documents.fence import decode
from dispatchd.documents.front_matter_edit import rev_of
from dispatchd.documents.tree_paths import entity_kind_at, is_archived
from dispatchd.domain.actors import DAEMON
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.reconcile.intents import Refusal
from dispatchd.reconcile.places import FILE


def is_late_save(work: UnitOfWork, known: DocumentRecord, seen: Sighting) -> bool:
    """Whether *seen* is a text of the archived document of *known*, saved where that stood before."""
    if not is_archived(known.path) or known.parked is not None or entity_kind_at(seen.path) is not known.kind:
        return False
    if not _stem(known.path).startswith(_stem(seen.path)):
        return False
    text = decode(seen.content)
    rev = rev_of(text) if isinstance(text, str) else None
    return rev is not None and work.documents.agreed_with(known.subject, rev) is not None


def take_late_save(editing: Editing, known: DocumentRecord, seen: Sighting) -> Taken:
    """Take *seen* into the document of *known*, and say so in a thread; its file goes as soon as that is settled."""
    work = editing.door.work
    is_news = known.kind is EntityKind.THREAD and _says_something_new(work, known, seen)
    taken = editing.take(known, replace(seen, path=known.path, stamp=None))
    if is_news:
        _answer(editing, work.documents.of(known.subject) or known, seen)
    if taken.look_again is None:
        _take_away(work, seen)
    kept = work.documents.of(known.subject)
    if kept is not None and kept.seen is not None and kept.seen == kept.current:
        # The commit of these bytes puts them on the branch; what stands in the file is the later text.
        work.audit.add_text(kept.path, kept.seen, DAEMON, seen.circumstance.at)
    return taken


def _says_something_new(work: UnitOfWork, known: DocumentRecord, seen: Sighting) -> bool:
    """Whether anybody wrote or ticked something in it since the thread last showed it, or it was last saved."""
    text = decode(seen.content)
    rev = rev_of(text) if isinstance(text, str) else None
    agreed = work.documents.all_agreed_with(known.subject, rev or "")
    return digest(seen.content) not in {each.digest for each in agreed}


def _answer(editing: Editing, known: DocumentRecord, seen: Sighting) -> None:
    work = editing.door.work
    refusal = Refusal(
        anchor=FILE,
        why=f"{seen.path} was saved when this was over already: a tick in it decides nothing, and its words are kept "
        "here. To say more, write a new message",
    )
    others = [each for each in work.problems.of(known.subject) if each.what != refusal.why]
    work.problems.replace(
        known.subject, (*others, *refusals.as_problems(known, (refusal,), seen.circumstance))
    )
    refusals.log(editing.door, known.subject, refusal, seen)


def _take_away(work: UnitOfWork, seen: Sighting) -> None:
    work.documents.save(
        DocumentRecord(
            path=seen.path,
            subject=seen.path,
            kind=None,
            seen=work.blobs.put(seen.content),
            current=None,
            stamp=seen.stamp,
            owed_since=seen.circumstance.at,
            owed_because=WriteReason.ANSWER,
            owed_by=DAEMON,
        )
    )


def _stem(path: DocumentPath) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")
