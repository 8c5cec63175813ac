"""Pages of evidence that dispatchd wrote stay as it wrote them: they are what people decide by at a gate.

Which those are the log says, not the page: a page that somebody else made is theirs. What was written into one of ours
is kept as a text of whoever wrote it, the page comes back, and a notice says so.
"""

from dispatchd.application.command_handler import Door
from dispatchd.application.notices import Notice, open_once
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.actors import ActorKind
from dispatchd.domain.command import Circumstance
from dispatchd.domain.event import FileRevised
from dispatchd.domain.identifiers import DocumentDigest, DocumentPath


def as_written(work: UnitOfWork, path: DocumentPath) -> DocumentDigest | None:
    """The page of evidence at *path* as dispatchd wrote it last; None where it wrote none, or knows it no more."""
    if role_of(path) is not PathRole.EVIDENCE:
        return None
    ours = (
        each.event.blob
        for each in reversed(work.history.about(path))
        if isinstance(each.event, FileRevised) and each.circumstance.actor.kind is ActorKind.DAEMON
    )
    blob = next((each for each in ours if each is not None), None)
    return blob if blob is not None and _is_known(work, blob) else None


def is_taken(work: UnitOfWork, path: DocumentPath) -> bool:
    """Whether a page stands at *path*, or ever did: what it showed is told elsewhere by that name."""
    return work.documents.at(path) is not None or bool(work.history.about(path))


def say_it_is_as_written(door: Door, path: DocumentPath, by: Circumstance) -> None:
    """Tell people that somebody changed a page of evidence, and that it is back."""
    who, commit = by.actor, by.provenance.commit
    how = f"A commit of {who.name} <{who.email}>" if commit is not None else "A save here"
    look = f": look with `git -C .dispatch show {commit[:12]}`" if commit is not None else ""
    notice = Notice(
        cause=f"evidence:{path}",
        title=f"{path} is back as it was",
        text=f"{how} changed what dispatchd wrote there{look}. It is what a check showed, so it is back as it was "
        "written. Write what is to be said about it into the issue.",
        subject=path,
    )
    open_once(door, notice, by.at)


def _is_known(work: UnitOfWork, blob: DocumentDigest) -> bool:
    try:
        work.blobs.get(blob)
    except KeyError:
        return False
    return True
