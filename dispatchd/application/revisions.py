"""A new text of a file that is no entity, as the command that says so; of the settings, with what changed in them."""

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.changed_settings import changed_settings
from dispatchd.documents.fence import decode
from dispatchd.documents.tree_paths import CONFIG
from dispatchd.domain.command import ReviseFile
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath


def revision_of(work: UnitOfWork, path: DocumentPath, blob: DocumentDigest) -> ReviseFile:
    """That the file at *path*, whose record still has the text before, has the text of *blob*."""
    record = work.documents.at(path) if path == CONFIG else None
    if record is None or record.current is None:
        return ReviseFile(path=path, blob=blob)
    before, after = (decode(work.blobs.get(each)) for each in (record.current, blob))
    if not isinstance(before, str) or not isinstance(after, str):
        return ReviseFile(path=path, blob=blob)
    return ReviseFile(path=path, blob=blob, settings=changed_settings(before, after))
