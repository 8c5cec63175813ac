"""Everything of substance that a database holds, as plain data: what two databases of one workspace must have in common.

Left out is what belongs to a moment (owed writes, stamps, what is being typed) and what was only kept for comparing
later saves (earlier texts, their blobs).
"""

import json
from collections.abc import Iterable
from typing import Any, Final

from dispatchd.application.policies import IN_FORCE, in_force_note
from dispatchd.application.ports.unit_of_work import CONFIG_KEPT_OUT, DocumentRecord, UnitOfWork
from dispatchd.application.removal import HELD
from dispatchd.application.texts_in_force import GOVERNS
from dispatchd.application.wire import dump_entity, dump_value, encode_event
from dispatchd.documents.tree_paths import PathRole, role_of
from dispatchd.domain.event import RecordedEvent, subject_of
from dispatchd.domain.identifiers import EntityId, EntityKind, EventPosition

Facts = dict[str, Any]
ORDERED: Final = tuple(EntityKind)


def facts_of(work: UnitOfWork) -> Facts:
    """The facts of the workspace that *work* sees, in an order that is the same for equal workspaces."""
    log = list(_log(work))
    subjects = sorted({subject_of(recorded.event) for recorded, _ in log})
    entities = {subject: entity for subject in subjects if (entity := work.entity(subject)) is not None}
    return {
        "log": [{**encode_event(recorded), "told": told} for recorded, told in log],
        "entities": {subject: dump_entity(entity) for subject, entity in entities.items()},
        "order": {kind: [_name(entity) for entity in work.entities(kind)] for kind in ORDERED},
        "documents": sorted(_document(record) for record in work.documents.all() if _is_something(record)),
        "removed": [subject for subject, each in entities.items() if _can_come_back(work, subject, each)],
        "problems": sorted(
            (each.subject, each.anchor, each.what, each.hint, each.refusal) for each in work.problems.all()
        ),
        "settings": work.config_in_force,
        "settings_waiting": work.note(CONFIG_KEPT_OUT),
        "rules": work.note(IN_FORCE),
        "texts": sorted(
            f"{each.path} {work.note(in_force_note(each.path))}"
            for each in work.documents.all()
            if role_of(each.path) in GOVERNS and each.current is not None
        ),
        "pause": None if work.pause is None else dump_value(work.pause),
        "runs": [dump_value(run) for each in entities for run in work.runs.of_issue(EntityId(each))],
        "works": [dump_value(made) for each in entities if (made := work.work(EntityId(each))) is not None],
        "held": sorted(json.loads(work.note(HELD) or "[]")),
    }


def _log(work: UnitOfWork) -> Iterable[tuple[RecordedEvent, str]]:
    position = 1
    while True:
        try:
            yield work.event_at(EventPosition(position))
        except KeyError:
            return
        position += 1


def _name(entity: object) -> str:
    return str(getattr(entity, "id", "") or getattr(entity, "name", ""))


def _is_something(record: DocumentRecord) -> bool:
    """Whether a document stands there, or is to; pages that are composed of everything else say nothing more."""
    if role_of(record.path) is PathRole.RENDERED:
        return False
    return record.current is not None or record.seen is not None


def _can_come_back(work: UnitOfWork, subject: str, entity: object) -> bool:
    """Whether it was removed, and a text of it is kept."""
    return bool(getattr(entity, "removed", False)) and work.documents.newest_agreed(subject) is not None


def _document(record: DocumentRecord) -> tuple[str, ...]:
    return (record.path, record.subject, record.kind or "", record.current or "", record.parked or "")
