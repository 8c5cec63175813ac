"""What all kinds share in reading facts: from a document to intents, and from a new document to an entity's fields."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from dispatchd.application.document_kinds import Edit, Reading
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.vocabulary import is_beginning
from dispatchd.domain.errors import Rejected
from dispatchd.domain.fact_keys import nearest, spelling, words_for
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.wording import one_of as offered
from dispatchd.reconcile.fact_intents import FactReading, Facts, MakeCommand, fact_intents, key_anchor
from dispatchd.reconcile.intents import Intent, Refusal

E = TypeVar("E")


def intents_of_facts(
    edit: Edit,
    kind: EntityKind,
    schema: KeySchema,
    stands: Facts,
    special: Mapping[str, MakeCommand] | None = None,
) -> tuple[Intent, ...]:
    """What the changed keys ask for. A key that could not be read counts as unchanged until it can."""
    if edit.base.front.keys is edit.disk.front.keys and not edit.held:
        return ()  # one value for all texts with the same lines above their body
    types = edit.work.rules.types
    reading = FactReading(
        schema=schema,
        allowed=lambda key: words_for(kind, key, types),
        understand=lambda key, text: spelling(kind, key, text, types),
        is_beginning=lambda key, text: (
            bool(words_for(kind, key, types)) and is_beginning(text, words_for(kind, key, types))
        ),
        special=special or {},
    )
    mended = {key_anchor(entry.key) for entry in edit.base.front.entries.values() if not entry.is_readable}
    broken = {entry.key for entry in edit.disk.front.entries.values() if not entry.is_readable}
    disk = dict(edit.disk.facts)
    for key in broken:
        disk[key] = edit.base.facts.get(key)
    again = _refused_and_touched(edit)
    found = fact_intents(
        EntityId(edit.subject), edit.base.facts, disk, stands, reading, {*edit.held, *mended, *again}
    )
    return tuple(intent for intent in found if intent.anchor not in {key_anchor(key) for key in broken})


def _refused_and_touched(edit: Edit) -> frozenset[str]:
    """Lines with a refusal that this save changed: what was refused there asks again, because it still stands."""
    refused = {problem.anchor for problem in edit.work.problems.of(edit.subject) if problem.refusal}
    before, after = edit.base.front.entries, edit.disk.front.entries
    return frozenset(
        key_anchor(key)
        for key in before.keys() & after.keys()
        if key_anchor(key) in refused
        if (before[key].raw, before[key].note) != (after[key].raw, after[key].note)
    )


def has_lost_front_matter(edit: Edit) -> bool:
    """Whether the save has no front matter at all, where the text it began as had one: its facts stay as they are."""
    return bool(edit.base.front.entries) and edit.disk.front.layout.opening is None


def with_front_matter_of(edit: Edit, text: str) -> str:
    """*text*, the save; where it has lost its front matter, with all of that above it again: the user's keys too."""
    if not has_lost_front_matter(edit):
        return text
    layout = edit.base.front.layout
    head = edit.base.text[: layout.body_at]
    has_gap = edit.base.body.startswith(("\n", "\r\n"))
    gap = layout.newline if has_gap and edit.disk.body.strip() and edit.disk.body[0] not in "\r\n" else ""
    return head + gap + edit.disk.body


def first_facts(
    reading: Reading, kind: EntityKind, readers: Mapping[str, Callable[[str], Any]], types: tuple[str, ...]
) -> tuple[dict[str, Any], tuple[Refusal, ...]]:
    """The fields of a new entity that its file gives, and what of it is no word of the vocabulary."""
    fields: dict[str, Any] = {}
    refused: list[Refusal] = []
    for key, read in readers.items():
        text = one_of(reading.facts.get(key))
        if not text:
            continue
        spelled = spelling(kind, key, text, types)
        if spelled is None:
            words = words_for(kind, key, types)
            near = nearest(text, words)
            instead = (
                f"did you mean {near}?" if near else f"{offered(words) if words else 'write something else'};"
            )
            refused.append(
                Refusal(anchor=key_anchor(key), why=f'{instead} "{text}" is no {key}', attempted=text)
            )
        else:
            fields[key] = read(spelled.rstrip("!"))
    return fields, tuple(refused)


def one_of(value: Value) -> str:
    """A value as one text; of several, the first."""
    if value is None:
        return ""
    return value if isinstance(value, str) else (value[0] if value else "")


def members_of(value: Value) -> tuple[str, ...]:
    """A value as a set, in the order written."""
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else tuple(dict.fromkeys(value))


def without(entity: E, defaults: Mapping[str, Any], refused: Rejected) -> E:
    """*entity* with the refused field as if nobody had written it, or a set without the refused member."""
    key = refused.key or ""
    before = getattr(entity, key, None)
    is_set = isinstance(before, tuple) and refused.member is not None
    left = tuple(member for member in before or () if member != refused.member) if is_set else None
    changed: dict[str, Any] = {key: left if is_set else defaults.get(key)}
    return replace(entity, **changed)  # type: ignore[type-var]
