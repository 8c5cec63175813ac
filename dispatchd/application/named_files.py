"""Files that a line of an issue names where an id is meant: `depends_on: greet.md` is the issue in `issues/greet.md`.

People give their files names, and every command takes them. A name counts where it is one document's: in the folder of
its kind, or beside the file that names it. What an entity is called in another system (`#123`) counts as well.
"""

import posixpath
from collections.abc import Iterator, Mapping
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.key_schema import Value
from dispatchd.documents.tree_paths import FOLDER_OF
from dispatchd.documents.vocabulary import bare_reference
from dispatchd.domain.identifiers import DocumentPath, EntityId, EntityKind, parse_id
from dispatchd.reconcile.fact_intents import Facts

KINDS: Final[Mapping[str, EntityKind]] = {
    "depends_on": EntityKind.ISSUE,
    "parent": EntityKind.ISSUE,
    "epic": EntityKind.EPIC,
}
"""What the keys of an issue point at."""


def with_ids(work: UnitOfWork, facts: Facts, path: DocumentPath) -> Facts:
    """*facts* of the file at *path* with the ids of the files they name; what names none stays as it is written."""
    changed = {key: _ids_of(work, key, facts[key], path) for key in KINDS if facts.get(key)}
    return {**facts, **changed} if any(facts[key] != value for key, value in changed.items()) else facts


def id_behind(work: UnitOfWork, key: str, word: str, path: DocumentPath) -> EntityId | None:
    """The id that *word* means in the line of *key* in the file at *path*; None where it is nobody's, or several's."""
    written = parse_id(word)
    if written is not None:
        return written
    records = (work.documents.at(place) for place in places_named(key, word, path))
    found = {record.subject for record in records if record is not None and record.kind is KINDS[key]}
    if len(found) == 1:
        return EntityId(found.pop())
    return None if found else work.id_of_source(word.strip())


def places_named(key: str, word: str, path: DocumentPath) -> Iterator[DocumentPath]:
    """Where the file may be that *word* names."""
    name = bare_reference(word)
    folder, beside = FOLDER_OF[KINDS[key]], posixpath.dirname(path)
    if name and "/" not in name:
        yield DocumentPath(f"{folder}/{name}.md")
        if beside.startswith(f"{folder}/"):
            yield DocumentPath(f"{beside}/{name}.md")


def places_missing(work: UnitOfWork, facts: Facts, path: DocumentPath) -> frozenset[DocumentPath]:
    """Where the files may come to be that *facts* name and nobody knows yet."""
    words = ((key, word) for key in KINDS for word in _words(facts.get(key)))
    unknown = ((key, word) for key, word in words if id_behind(work, key, word, path) is None)
    return frozenset(place for key, word in unknown for place in places_named(key, word, path))


def _ids_of(work: UnitOfWork, key: str, value: Value, path: DocumentPath) -> Value:
    ids = tuple(id_behind(work, key, word, path) or word for word in _words(value))
    return tuple(dict.fromkeys(ids)) if isinstance(value, tuple) else ids[0]


def _words(value: Value) -> tuple[str, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)
