"""A document made elsewhere under a name that another has here: it gets a name of its own, and later edits find it there."""

from dataclasses import replace

from dispatchd.application.document_kinds import Kinds
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork
from dispatchd.application.sighting import Sighting
from dispatchd.application.tied_documents import subject_of
from dispatchd.documents.fence import decode
from dispatchd.domain.identifiers import DocumentPath, EntityKind
from dispatchd.reconcile.namesakes import are_two, next_free, numbered


def beside_its_namesake(kinds: Kinds, work: UnitOfWork, seen: Sighting) -> Sighting:
    """A file that was added elsewhere, under the first free name if it is another document than the one here."""
    standing = work.documents.at(seen.path)
    known = subject_of(kinds, seen.path, seen.content)
    if standing is None or (known is not None and work.documents.of(known) is not None):
        return seen
    if not _is_another(work, standing, seen.content):
        return seen
    return replace(seen, path=next_free(seen.path, frozenset(work.documents.paths())), stamp=None)


def name_beside(work: UnitOfWork, standing: DocumentRecord, base: bytes) -> DocumentPath | None:
    """Where the document that was *base* stands, if the name is another's here; None where it is not, or is nowhere."""
    if not _is_another(work, standing, base):
        return None
    for path in numbered(standing.path):
        record = work.documents.at(path)
        if record is None:
            return None
        if not _is_another(work, record, base):
            return path
    return None


def _is_another(work: UnitOfWork, standing: DocumentRecord, content: bytes) -> bool:
    if standing.kind in (None, EntityKind.AGENT) or standing.current is None:
        return False
    here, there = decode(work.blobs.get(standing.current)), decode(content)
    return isinstance(here, str) and isinstance(there, str) and are_two(here, there)
