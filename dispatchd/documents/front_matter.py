"""The facts of a document: its known keys read by line, its user's own keys read as YAML.

Reading never fails. A key that cannot be read is a problem of that key and keeps what it last held; a file
whose front matter cannot be found or followed is *parked*. Which values are valid, and what a change of one
means, is decided by those who know the kind of document.
"""

import re
from collections.abc import Mapping
from dataclasses import field, replace
from functools import lru_cache
from typing import Final, NamedTuple

from dispatchd.documents.fence import MOST_READINGS, Layout, lay_out, lay_out_head
from dispatchd.documents.key_lines import KeyLines
from dispatchd.documents.key_schema import KeySchema, KnownKey, Owner, Shape, Value
from dispatchd.documents.known_values import read_value
from dispatchd.documents.notes import MARK, note_on_own_line
from dispatchd.documents.plain_values import PlainData
from dispatchd.documents.problems import DocumentProblem
from dispatchd.documents.scalars import NULLS, note_of, split_comment
from dispatchd.documents.text_lines import BLANKS, BOM
from dispatchd.documents.unknown_values import NOT_PLAIN, read_unknown, short_scalar
from dispatchd.domain.dataclass import dataclass

__all__ = [
    "Entry",
    "FrontMatter",
    "KeySchema",
    "KnownKey",
    "Owner",
    "PlainData",
    "Shape",
    "Value",
    "forget_readings",
    "read_front_matter",
]

_LIST: Final = Shape.LIST
_NOT_PLAIN: Final = frozenset("'\"[{|>~nN")
"""First characters of a value that may be more than it looks."""

_FLAT_LIST: Final = re.compile(r"\[([^\[\]{}'\"#\t]*+)\]")


MOST_LINES: Final = 25_000
MOST_KEY_LINES: Final = 2_000


class Entry(NamedTuple):
    """One known key as it stands in the file. A tuple, for speed: one is made for every key of every file."""

    key: str
    """In its canonical spelling."""
    first: int
    last: int
    """Indexes of its lines in `Layout.lines`, both inclusive."""
    value: Value
    raw: str
    """What is written, without comments."""
    note: str | None = None
    """What the daemon's note at this key says."""
    is_readable: bool = True
    """False where a problem names this key: what it last held stays in force, whatever `value` says."""
    is_doubled: bool = False
    """True where the key stands here more than once; this is the first of them, and not readable."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What the keys of a front matter hold: one value for all texts that have the same lines above their body."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    unknown: Mapping[str, PlainData] = field(default_factory=dict)
    problems: tuple[DocumentProblem, ...] = ()
    facts: dict[object, Mapping[str, Value]] = field(default_factory=dict, compare=False)
    """What `facts.read_facts` has made of the entries, by the form in which they were read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontMatter:
    """What a text says above its body."""

    layout: Layout
    keys: Keys = field(default_factory=Keys)
    body: str
    """The text below the fence; the whole text, without a BOM, where there is no front matter."""
    parked: DocumentProblem | None = None
    """Why nothing here may be believed or rewritten; also the only one of `problems`."""

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The known keys, by their canonical names."""
        return self.keys.entries

    @property
    def unknown(self) -> Mapping[str, PlainData]:
        """The user's own keys; one that is not YAML holds its text as written."""
        return self.keys.unknown

    @property
    def problems(self) -> tuple[DocumentProblem, ...]:
        """What is wrong with them."""
        return self.keys.problems if self.parked is None else (self.parked,)

    def value(self, key: str) -> Value:
        """What *key* holds; None where it is absent, empty or not readable."""
        entry = self.keys.entries.get(key)
        return entry.value if entry and entry.is_readable else None


# One text is read several times while it is taken in and rendered, and what it says cannot change. Of a burst all texts
# are read before the first is taken, and for each the one that it began as: as many are kept, until `forget_readings`.
@lru_cache(maxsize=MOST_READINGS)
def read_front_matter(text: str, known: KeySchema) -> FrontMatter:
    """The front matter of *text*; a text without one has no entries and is all body."""
    layout = lay_out(text)
    if isinstance(layout, DocumentProblem):
        return FrontMatter(layout=Layout(bom=text[:1] == BOM), body=text.removeprefix(BOM), parked=layout)
    body = text[layout.body_at :]
    endless = _too_many_lines(text, layout)
    if endless is not None:
        return FrontMatter(layout=layout, body=body, parked=endless)
    return FrontMatter(layout=layout, keys=_read_keys(layout, known), body=body)


# A layout is the same object for all texts with one head (`fence.lay_out_head`): its keys are read once for all of them.
@lru_cache(maxsize=2048)
def _read_keys(layout: Layout, known: KeySchema) -> Keys:
    reader = _Reader(layout, known, has_notes=any(MARK in line for line in layout.lines))
    reader.read_all()
    return Keys(reader.entries, reader.unknown, tuple(reader.problems))


def _too_many_lines(text: str, layout: Layout) -> DocumentProblem | None:
    """Why a text is not read further: every line of it costs time, and whoever sends a file must not take all of it."""
    body = text.count("\n", layout.body_at)
    if len(layout.lines) > MOST_KEY_LINES:
        what = f"The front matter has {len(layout.lines)} lines, and at most {MOST_KEY_LINES} are read"
        return DocumentProblem(line=1, what=what, hint="Move what is no key of this file below it")
    if body > MOST_LINES:
        what = f"There are {body} lines below the front matter, and at most {MOST_LINES} are read"
        hint = "Move what was pasted here into a file of its own and link to it"
        return DocumentProblem(line=len(layout.lines) + 1, what=what, hint=hint)
    return None


def forget_readings() -> None:
    """Let go of the texts read so far, where nobody will soon ask for them again."""
    for kept in (read_front_matter, _read_keys, lay_out, lay_out_head):
        kept.cache_clear()


class _Reader:
    """Collects what the keys of one front matter hold."""

    __slots__ = ("_has_notes", "_known", "_layout", "_lines", "entries", "problems", "unknown")

    def __init__(self, layout: Layout, known: KeySchema, *, has_notes: bool) -> None:
        self._layout = layout
        self._lines = layout.lines
        self._known = known
        self._has_notes = has_notes
        self.entries: dict[str, Entry] = {}
        self.unknown: dict[str, PlainData] = {}
        self.problems: list[DocumentProblem] = []

    def read_all(self) -> None:
        """Reads every key. What most lines are, one plain value, is dealt with here and nowhere else, for speed."""
        entries, by_name = self.entries, self._known.by_name
        for key in self._layout.keys:
            written, first, last, rest = key
            schema = by_name.get(written) or self._known.find(written)
            if schema is None:
                value = short_scalar(rest) if first == last else NOT_PLAIN
                if value is NOT_PLAIN or written in self.unknown:
                    self._read_unknown(key)
                else:
                    self.unknown[written] = value
                continue
            name, shape = schema.name, schema.shape
            if name in entries:
                self._read_twin(name, first)
            elif first != last or not rest or "#" in rest:
                self._read_known(schema, key)
            elif shape is not _LIST and rest[0] not in _NOT_PLAIN:
                entries[name] = Entry(name, first, last, rest, rest)
            elif shape is _LIST and (flat := _FLAT_LIST.fullmatch(rest)):
                words = [word.strip(" ") for word in flat[1].split(",")]
                items = tuple([word for word in words if word and word not in NULLS])
                entries[name] = Entry(name, first, last, items, rest)
            else:
                self._read_known(schema, key)

    def _read_known(self, schema: KnownKey, key: KeyLines) -> None:
        _, first, last, rest = key
        value = read_value(self._lines, key, schema.shape)
        readable = not isinstance(value, DocumentProblem)
        if isinstance(value, DocumentProblem):
            self.problems.append(replace(value, key=schema.name))
            value = None
        raw, tail = split_comment(rest, whole_line=schema.shape is Shape.TEXT_LINE)
        if first != last:
            raw = "".join([raw, "\n", *self._lines[first + 1 : last + 1]]).strip(BLANKS)
        note = self._note(key, tail) if self._has_notes else None
        self.entries[schema.name] = Entry(schema.name, first, last, value, raw, note, readable)

    def _note(self, key: KeyLines, tail: str) -> str | None:
        """The notes at a key: above it, behind its value, and on its items."""
        _, first, last, _ = key
        above = note_on_own_line(self._lines[first - 1])
        inner = (
            note_of(line)
            for line in self._lines[first + 1 : last + 1]
            if line.lstrip(BLANKS)[:1] in ("-", "#")
        )
        notes = [note for note in (above, note_of(tail), *inner) if note]
        return "; ".join(notes) or None

    def _read_twin(self, name: str, first: int) -> None:
        earlier = self.entries[name]
        self.entries[name] = earlier._replace(is_readable=False, is_doubled=True)
        self.problems.append(
            DocumentProblem(
                line=first + 1,
                what=f"“{name}” stands on line {earlier.first + 1} and on line {first + 1}",
                hint="Keep one of them",
                key=name,
            )
        )

    def _read_unknown(self, key: KeyLines) -> None:
        written, first, last, _ = key
        value = read_unknown(self._lines, key)
        if written in self.unknown:
            value = DocumentProblem(
                line=first + 1, what=f"“{written}” stands above already", hint="Keep one of them"
            )
        if isinstance(value, DocumentProblem):
            self.problems.append(replace(value, key=written))
            _, _, value = "".join(self._lines[first : last + 1]).strip(BLANKS).partition(":")
            value = value.strip(BLANKS)
        self.unknown[written] = value
