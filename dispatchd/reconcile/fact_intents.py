"""What a changed front matter asks for, key by key.

A key counts as changed where the save differs from the text it began as, or where an earlier look at it had to wait
(`held`). Whether a value is a known word is asked of the kind's vocabulary; whether a change is allowed, of the rules.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from dispatchd.documents.key_schema import KeySchema, KnownKey, Owner, Shape, Value
from dispatchd.domain.command import ChangeSet, Command, SetFact
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.fact_keys import nearest
from dispatchd.domain.identifiers import EntityId
from dispatchd.reconcile.intents import Act, Intent, Refusal, Typing

Facts = Mapping[str, Value]
MakeCommand = Callable[[str], Command | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class FactReading:
    """How a kind's facts are read.

    `allowed` gives the words a key may hold (none: any text); `special` makes commands of keys that are more than a
    fact (an issue's `status`), None where the value is no word of theirs; `first` are keys to act on before the rest.
    """

    schema: KeySchema
    allowed: Callable[[str], Sequence[str]]
    understand: Callable[[str, str], str | None]
    is_beginning: Callable[[str, str], bool]
    special: Mapping[str, MakeCommand]
    returning: frozenset[str] = frozenset({"title", "status", "priority"})
    """Keys that come back when their line is removed."""
    silent: frozenset[str] = frozenset({"rev"})


def key_anchor(key: str) -> str:
    """The place of a front-matter key."""
    return f"key:{key}"


def changed_keys(base: Facts, disk: Facts, schema: KeySchema, held: Collection[str]) -> Iterator[KnownKey]:
    """The known keys that the save changed, or that still wait from an earlier look."""
    for key in schema:
        before, after = base.get(key.name), disk.get(key.name)
        same = before == after and (key.name in base) == (key.name in disk)
        if not same or key_anchor(key.name) in held:
            yield key


def fact_intents(
    subject: EntityId, base: Facts, disk: Facts, stands: Facts, reading: FactReading, held: Collection[str]
) -> tuple[Intent, ...]:
    """What the changed keys of a save ask for; *stands* are the facts of the entity as the database has them."""
    intents: list[Intent] = []
    for key in changed_keys(base, disk, reading.schema, held):
        since = stands if key_anchor(key.name) in held else base
        intent = _intent_of(subject, key, since, disk, stands, reading)
        if intent is not None:
            intents.append(intent)
    return tuple(intents)


def _intent_of(
    subject: EntityId, key: KnownKey, base: Facts, disk: Facts, stands: Facts, reading: FactReading
) -> Intent | None:
    if key.owner is Owner.DAEMON:
        return _put_back(key, disk, stands, reading)
    if key.name not in disk:
        return _removed_line(subject, key, stands, reading)
    if key.shape is Shape.LIST:
        return _set_change(subject, key, base, disk, stands)
    return _scalar_change(subject, key, disk[key.name], stands, reading)


def _put_back(key: KnownKey, disk: Facts, stands: Facts, reading: FactReading) -> Intent | None:
    if key.name in reading.silent or disk.get(key.name) == stands.get(key.name):
        return None
    kept = stands.get(key.name)
    if key.name not in disk:
        return None
    why = (
        f'kept "{_said(kept)}"; dispatchd writes `{key.name}` itself'
        if kept
        else (f"dispatchd writes `{key.name}` itself; this line goes away")
    )
    return Refusal(anchor=key_anchor(key.name), why=why, attempted=_said(disk.get(key.name)))


def _removed_line(subject: EntityId, key: KnownKey, stands: Facts, reading: FactReading) -> Intent | None:
    if key.name in reading.returning or not stands.get(key.name):
        return None
    if key.shape is Shape.LIST:
        everything = _members(stands.get(key.name))
        return Act(
            anchor=key_anchor(key.name),
            command=ChangeSet(subject=subject, key=key.name, remove=everything),
        )
    return Act(anchor=key_anchor(key.name), command=SetFact(subject=subject, key=key.name, value=None))


def _set_change(subject: EntityId, key: KnownKey, base: Facts, disk: Facts, stands: Facts) -> Intent | None:
    before, after = _members(base.get(key.name)), _members(disk[key.name])
    add = tuple(item for item in after if item not in before)
    remove = tuple(item for item in before if item not in after)
    if not add and not remove:
        return None
    anchor = key_anchor(key.name)
    act = Act(
        anchor=anchor,
        command=ChangeSet(subject=subject, key=key.name, add=add, remove=remove),
        attempted=_said(disk[key.name]),
    )
    if disk[key.name] is None and stands.get(key.name):
        return Typing(anchor=anchor, otherwise=act)
    return act


def _scalar_change(
    subject: EntityId, key: KnownKey, value: Value, stands: Facts, reading: FactReading
) -> Intent | None:
    anchor, text = key_anchor(key.name), _said(value)
    if not text:
        clear: Act | Refusal = Act(anchor=anchor, command=SetFact(subject=subject, key=key.name, value=None))
        if key.name in reading.returning:
            clear = Refusal(
                anchor=anchor, why=f'kept "{_said(stands.get(key.name))}"; `{key.name}` needs a value'
            )
        return Typing(anchor=anchor, otherwise=clear)
    act = _command_for(subject, key, text, stands, reading)
    if reading.understand(key.name, text) is None and reading.is_beginning(key.name, text):
        return Typing(anchor=anchor, otherwise=act)
    return act


def _command_for(
    subject: EntityId, key: KnownKey, text: str, stands: Facts, reading: FactReading
) -> Act | Refusal:
    anchor = key_anchor(key.name)
    make = reading.special.get(key.name)
    if make is None:
        return Act(anchor=anchor, command=SetFact(subject=subject, key=key.name, value=text), attempted=text)
    command = make(text)
    if command is None:
        return Refusal(
            anchor=anchor,
            why=_unknown_word(key.name, text, stands, reading.allowed(key.name)),
            attempted=text,
        )
    return Act(anchor=anchor, command=command, attempted=text)


def _unknown_word(key: str, text: str, stands: Facts, allowed: Sequence[str]) -> str:
    kept, meant = _said(stands.get(key)), nearest(text, allowed)
    if meant:
        return f'kept "{kept}"; did you mean {meant}? "{text}" is no {key}.'
    return f'kept "{kept}"; "{text}" is no {key}. Choose one of: {", ".join(allowed)}'


def _members(value: Value) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _said(value: Value) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else ", ".join(value)
