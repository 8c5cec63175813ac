"""Facts: what the keys of a front matter say, in the one spelling that can be compared, and how they are put right.

`Todo` and `unassigned`, `@ash` and `ash`, `b, a` and `[a, b]` say the same; a line that already says what is true is
left as it is. Which values the rules accept is left to the rules: a word nobody knows is handed on as written.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import field
from functools import lru_cache
from typing import Final

from dispatchd.documents.annotations import Annotation, KeyAnchor, TopAnchor, annotate, key_notes
from dispatchd.documents.front_matter import Entry, FrontMatter, read_front_matter
from dispatchd.documents.front_matter_edit import REMOVED, Removed, edit_front_matter, new_text, stamp_rev
from dispatchd.documents.key_schema import KeySchema, Value
from dispatchd.documents.refused_words import stays
from dispatchd.documents.stamps import format_created, format_deadline, parse_created, parse_deadline
from dispatchd.documents.vocabulary import PRIORITY_SYNONYMS, bare_reference, canonical, link_target
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import parse_id
from dispatchd.domain.issue import Priority, Role

Spelling = Callable[[str], str]
UNORDERED: Final = frozenset({"labels", "depends_on", "voters"})


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FactForm:
    """How one kind of document holds its facts."""

    schema: KeySchema
    order: tuple[str, ...]
    """The keys of a new file, top to bottom."""
    spelling: Mapping[str, Spelling]
    defaults: Mapping[str, str] = field(default_factory=dict)
    """What a missing line says; such a fact needs no line."""
    not_added: frozenset[str] = frozenset()
    """Keys that are put right where they stand, and never added."""


def word_of(allowed: Iterable[str], synonyms: Mapping[str, str] | None = None) -> Spelling:
    """A spelling that turns what people write into one of *allowed*."""
    words = tuple(allowed)

    # People use few words, and ten thousand files repeat them.
    @lru_cache(maxsize=256)
    def spell_word(value: str) -> str:
        return canonical(value, words, synonyms) or value.strip()

    return spell_word


def state_of(allowed: Iterable[str], synonyms: Mapping[str, str] | None = None) -> Spelling:
    """As `word_of`; a `!` behind the word stays."""
    spell = word_of(allowed, synonyms)

    def spell_state(value: str) -> str:
        bare = value.strip()
        return f"{spell(bare.rstrip('! '))}!" if bare.endswith("!") else spell(bare)

    return spell_state


def reference(value: str) -> str:
    """An id without its dress; anything else as it is written, so that it can be quoted: a file's name, say."""
    bare = bare_reference(value)
    return parse_id(bare) or (bare and link_target(value).lstrip("@#").strip())


def handle(value: str) -> str:
    """Somebody's handle, without `@`."""
    return bare_reference(value).lower()


def seat(value: str) -> str:
    """A voter's seat: `@alice` keeps its sign."""
    return value.strip().lower()


def truth(value: str) -> str:
    """`true` or `false`, however people put it."""
    synonyms = {"yes": "true", "on": "true", "y": "true", "no": "false", "off": "false", "n": "false"}
    return canonical(value, ("true", "false"), synonyms) or value.strip()


def moment(value: str) -> str:
    """A moment to the second, UTC."""
    read = parse_created(value)
    return format_created(read) if read else value.strip()


def deadline(value: str) -> str:
    """A date, or a moment where it is none."""
    read = parse_deadline(value)
    return format_deadline(read) if read else value.strip()


def one_line(value: str) -> str:
    """Words with single blanks between them."""
    return " ".join(value.split())


COMMON_SPELLING: Final[Mapping[str, Spelling]] = {
    "id": reference,
    "title": one_line,
    "created": moment,
    "priority": word_of((word.value for word in Priority), PRIORITY_SYNONYMS),
    "role": word_of(word.value for word in Role),
    "assignee": handle,
    "parent": reference,
    "depends_on": reference,
    "epic": reference,
    "issue": reference,
    "subject": reference,
    "stage": one_line,
    "deadline": deadline,
    "voters": seat,
    "paused": truth,
    "from": handle,
    "to": handle,
}


def mention(somebody: str | None, people: Collection[str]) -> str | None:
    """How a file names a handle: people with `@`, agents without."""
    return f"@{somebody}" if somebody in people else somebody


def read_facts(front: FrontMatter, form: FactForm) -> Mapping[str, Value]:
    """What *front* says, key by key, in canonical spelling; keys that hold nothing hold None.

    Keys that cannot be read are left out: `unreadable` names them, so that they are not taken for cleared.
    """
    known = front.keys.facts.get(form)
    if known is None:
        readable = ((key, entry.value) for key, entry in front.entries.items() if entry.is_readable)
        known = front.keys.facts[form] = {key: spelled(key, value, form) for key, value in readable}
    return known


def unreadable(front: FrontMatter) -> frozenset[str]:
    """The known keys that stand in *front* and cannot be read: what they last said stays in force."""
    return frozenset(key for key, entry in front.entries.items() if not entry.is_readable)


def spelled(key: str, value: Value, form: FactForm) -> Value:
    """*value* of *key* in canonical spelling."""
    spell = form.spelling.get(key, one_line)
    if isinstance(value, tuple):
        words = (spell(word) for word in value if word.strip())
        return tuple(dict.fromkeys(words)) or None
    return spell(value) if value is not None and value.strip() else None


def put_right(canvas: str, wanted: Mapping[str, Value], form: FactForm, notes: Iterable[Annotation]) -> str:
    """*canvas* with a front matter that says *wanted* and carries the *notes* on its keys."""
    front = read_front_matter(canvas, form.schema)
    facts = read_facts(front, form)
    noted = {key: note for key, note in key_notes(notes).items() if key not in front.unknown}
    changes: dict[str, Value | Removed] = {}
    said: dict[str, str | None] = {key: None for key, entry in front.entries.items() if entry.note}
    for key, value in wanted.items():
        entry = front.entries.get(key)
        if value == (facts.get(key) if entry is None or entry.is_readable else entry.value):
            continue  # what the line says is what it is to say, as mostly
        if entry is not None and entry.value == value:
            continue
        meant = spelled(key, value, form)
        if entry is None:
            if meant not in {None, form.defaults.get(key)} and key not in form.not_added:
                changes[key] = value
        elif entry.is_readable and not _same(key, spelled(key, entry.value, form), meant):
            refused = (
                () if key == "voters" else _refused_in(key, entry, noted.get(key) or entry.note, meant, form)
            )
            whole = (*_words(value), *refused) if refused and meant is not None else value
            if refused and (
                meant is None or _same(key, spelled(key, whole, form), spelled(key, entry.value, form))
            ):
                said.pop(key, None)  # what was refused stays with its note, whoever remembers the refusal
                continue
            # A line that is answered stays to hold the answer, though it says nothing any more.
            emptied = None if key in noted else REMOVED
            changes[key] = emptied if meant is None else whole
    said.update(noted)
    return edit_front_matter(canvas, changes, order=form.order, notes=said, rev=False)


def _refused_in(key: str, entry: Entry, note: str | None, meant: Value, form: FactForm) -> tuple[str, ...]:
    """What of the line was refused and has nothing to give way to: a single value does where there is a fact."""
    if meant is not None and not isinstance(meant, tuple):
        return ()
    words = entry.value if isinstance(entry.value, tuple) else (entry.value or "",)
    spell = form.spelling.get(key, one_line)
    return tuple(word for word in words if stays((word, spell(word)), note))


def _same(key: str, one: Value, other: Value) -> bool:
    if key in UNORDERED:
        return {word.lstrip("@") for word in _words(one)} == {word.lstrip("@") for word in _words(other)}
    return one == other


def _words(value: Value) -> Collection[str]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def body_at(text: str, form: FactForm) -> int:
    """The offset at which the body of *text* begins."""
    return read_front_matter(text, form.schema).layout.body_at


def finish(canvas: str, result: str, form: FactForm, notes: Iterable[Annotation]) -> str:
    """*result* with its *notes* in the body; stamped with a new `rev` if it is not *canvas*."""
    front = read_front_matter(result, form.schema)
    placed = [_anchored(note, front) for note in notes if not _is_at_unknown_key(note, front)]
    noted = annotate(result, front.layout.body_at, placed)
    return canvas if noted == canvas else stamp_rev(noted)


def _is_at_unknown_key(note: Annotation, front: FrontMatter) -> bool:
    """Whether *note* is about a key that is the user's own: it is listed, and nothing is written there."""
    return isinstance(note.anchor, KeyAnchor) and note.anchor.key in front.unknown


def _anchored(note: Annotation, front: FrontMatter) -> Annotation:
    """*note* where its key stands; below the front matter where the key has no line."""
    if isinstance(note.anchor, KeyAnchor) and note.anchor.key not in front.entries:
        return Annotation(anchor=TopAnchor(), message=note.message)
    return note


def composed(wanted: Mapping[str, Value], body: str, form: FactForm) -> str:
    """The text of a new file, without its `rev`."""
    given = {
        key: value
        for key, value in wanted.items()
        if spelled(key, value, form) not in {None, form.defaults.get(key)} and key not in form.not_added
    }
    prose = body.strip("\n")
    # A body may begin with a line of dashes, or with front matter of somebody's own: below ours that is text.
    head = new_text(given, "", form.order)
    return f"{head}\n{prose}\n" if prose else head
