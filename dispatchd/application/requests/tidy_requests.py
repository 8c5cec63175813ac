"""Renaming files by rule, `ID-slug.md` of the title they have now, where a person asks for it.

Folders stay, and so does what dispatchd named itself; a name that is taken is never taken over. The relay moves the
files, when no hand is on them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from dispatchd.application.asked_moves import note_asked
from dispatchd.application.ports.unit_of_work import DocumentRecord, UnitOfWork, WriteReason
from dispatchd.application.rendering import Rendering
from dispatchd.application.requests.request import Request
from dispatchd.application.session import Session
from dispatchd.documents.tree_paths import is_archived, new_path
from dispatchd.domain.authority import require_human
from dispatchd.domain.command import Circumstance
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind

_NAMED_BY_PEOPLE: Final = (EntityKind.ISSUE, EntityKind.EPIC, EntityKind.PROPOSAL)
Move = tuple[DocumentRecord, DocumentPath]


def tidy(session: Session, work: UnitOfWork, request: Request, by: Circumstance) -> dict[str, Any]:
    """Owe the moves that the request asks for, or only say which they are; those whose new name is taken are left."""
    require_human(by.actor, "renaming the files of people")
    moves: list[Move] = []
    taken: list[Move] = []
    for record, target in _moves(work, request.texts("paths")):
        (moves if work.documents.at(target) is None else taken).append((record, target))
    if not request.flag("dry_run"):
        door = session.intake.door(work)
        for record, target in moves:
            _owe(work, record, target, by)
            door.touched.setdefault(record.subject, by)
        Rendering(door=door, kinds=session.kinds).refresh()
    return {"items": _shown(moves), "taken": _shown(taken)}


def _owe(work: UnitOfWork, record: DocumentRecord, target: DocumentPath, by: Circumstance) -> None:
    note_asked(work, record.subject, target, by.actor)
    work.documents.save(
        replace(
            record,
            wanted_path=target,
            owed_since=record.owed_since or by.at,
            owed_because=record.owed_because or WriteReason.ANSWER,
            owed_by=by.actor,
        )
    )


def _shown(moves: Sequence[Move]) -> list[dict[str, str]]:
    return [{"from": str(record.path), "to": str(target)} for record, target in moves]


def _moves(work: UnitOfWork, asked: Sequence[str]) -> Iterator[Move]:
    """Every file whose name is not by the rule, below *asked* or, where nothing is asked for, outside the archive."""
    records = sorted(work.documents.all(), key=lambda record: record.path)
    for place in asked:
        if not any(_is_below(record, place) for record in records):
            raise Rejected(f'name a file or a folder of .dispatch/; there is no "{place}"')
    for record in records:
        if not asked and is_archived(record.path):
            continue
        if asked and not any(_is_below(record, place) for place in asked):
            continue
        target = _by_rule(work, record)
        if target is not None and target != record.path:
            yield record, target


def _is_below(record: DocumentRecord, place: str) -> bool:
    bare = place.strip().removesuffix("/")
    return bare in {".", "", record.path, record.subject} or record.path.startswith(f"{bare}/")


def _by_rule(work: UnitOfWork, record: DocumentRecord) -> DocumentPath | None:
    """Where the file would stand; None for one that is not to be renamed: gone, unreadable, on its way already."""
    if record.kind not in _NAMED_BY_PEOPLE or record.parked is not None or record.wanted_path is not None:
        return None
    if record.seen is None or record.current is None:
        return None
    entity = work.entity(record.subject)
    if entity is None or getattr(entity, "removed", False):
        return None
    folder = record.path.rpartition("/")[0]
    name = new_path(record.kind, EntityId(record.subject), str(getattr(entity, "title", "")))
    return DocumentPath(f"{folder}/{name.rpartition('/')[2]}")
