"""Two versions of a document against the one both come from, for git: fields three ways, sets by union, prose by lines.

Without a workspace to ask, nothing is decided here: a fact that only one side changed is taken, a set gets the adds
and removes of both, and only a real contradiction leaves markers, on the lines it is about.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from merge3 import Merge3

from dispatchd.documents.facts import unreadable
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.front_matter_edit import edit_front_matter, stamp_rev
from dispatchd.documents.key_schema import KeySchema, Shape, Value
from dispatchd.documents.text_lines import BOM
from dispatchd.reconcile.front_matter_merge import HeadContest, merge_heads
from dispatchd.reconcile.head_parts import REV, PartKey, keyed, parts_of

_ALL_KEYS: Final = KeySchema.of(
    text=("title",),
    scalar=(
        "id", "type", "status", "priority", "role", "assignee", "parent", "epic", "stage", "branch", "pr",
        "source", "threshold", "deadline", "kind", "from", "to", "issue", "subject", "name", "engine", "paused",
        "created", "rev",
    ),
    lists=("labels", "depends_on", "voters"),
)  # fmt: skip
_ORDER: Final = tuple(key.name for key in _ALL_KEYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDocument:
    """`conflicts` counts the places left with markers."""

    text: str
    conflicts: int


def merge_documents(base: str, ours: str, theirs: str, marker_size: int = 7) -> MergedDocument:
    """Merge *theirs* into *ours*. What cannot be read as a document is merged as text."""
    if theirs in (ours, base):
        return MergedDocument(text=ours, conflicts=0)
    if ours == base:
        return MergedDocument(text=theirs, conflicts=0)
    sides = [read_front_matter(text, _ALL_KEYS) for text in (base, ours, theirs)]
    if any(side.parked for side in sides) or not all(side.entries for side in sides[1:]):
        return _by_lines(base, ours, theirs, marker_size)
    base_head, our_head, their_head = sides
    merged = merge_heads(base_head, our_head, their_head, keeps_both=True)
    facts, contradicted = _merged_facts(*sides)
    head = _with_facts(merged.text, facts)
    contests = {**{met.key: met for met in merged.contests}, **_contests(contradicted, sides)}
    body = _by_lines(base_head.body, our_head.body, their_head.body, marker_size)
    conflicts = body.conflicts + len(contests)
    if not conflicts:
        return MergedDocument(text=stamp_rev(head + body.text), conflicts=0)
    marked = _with_markers(head, contests.values(), marker_size) if contests else head
    return MergedDocument(text=marked + body.text, conflicts=conflicts)


def _merged_facts(
    base: FrontMatter, ours: FrontMatter, theirs: FrontMatter
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """What the merged front matter says, and the keys in which the two sides contradict each other.

    A key that cannot be read on a side is merged by its lines alone.
    """
    facts: dict[str, Value] = {}
    contradicted: list[str] = []
    sides = (base, ours, theirs)
    for key in _ALL_KEYS:
        if key.name == "rev" or any(key.name in unreadable(side) for side in sides):
            continue
        before, here, there = (side.value(key.name) for side in sides)
        if key.shape is Shape.LIST:
            facts[key.name] = _merged_set(_members(before), _members(here), _members(there)) or None
        elif here in (before, there):
            facts[key.name] = there
        elif there == before:
            facts[key.name] = here
        else:
            contradicted.append(key.name)
    return facts, tuple(contradicted)


def _members(value: Value) -> tuple[str, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def _merged_set(before: tuple[str, ...], here: tuple[str, ...], there: tuple[str, ...]) -> tuple[str, ...]:
    """The adds and removes of both, in our order with theirs behind."""
    gone = {item for item in before if item not in here or item not in there}
    return tuple(dict.fromkeys(item for item in (*here, *there) if item not in gone))


def _with_facts(head: str, facts: Mapping[str, Value]) -> str:
    """*head* saying *facts*; a key that is there and says nothing says None."""
    front = read_front_matter(head, _ALL_KEYS)
    changes = {key: value for key, value in facts.items() if _members(front.value(key)) != _members(value)}
    return edit_front_matter(head, changes, order=_ORDER, rev=False)


def _contests(keys: Iterable[str], sides: Sequence[FrontMatter]) -> dict[PartKey, HeadContest]:
    parts = [keyed(parts_of(side)) for side in sides]
    found: dict[PartKey, HeadContest] = {}
    for name in keys:
        key = (name, 0)
        said = ["".join(f"{line}\n" for line in side[key].lines) if key in side else "" for side in parts]
        found[key] = HeadContest(key=key, base=said[0], canvas=said[1], other=said[2])
    return found


def _with_markers(head: str, contests: Iterable[HeadContest], marker_size: int) -> str:
    """*head* with both sides' lines at each key that they contradict each other about."""
    front = read_front_matter(head, _ALL_KEYS)
    layout, places = front.layout, keyed(parts_of(front))
    lines = list(layout.lines)
    rev = places.get(REV)
    last = rev.first if rev is not None else len(lines) - 1
    spans: list[tuple[int, int, list[str]]] = []
    for met in contests:
        part = places.get(met.key)
        first, stop = (part.first, part.last + 1) if part else (last, last)
        mine = lines[first:stop]
        theirs = [line.rstrip("\n") + layout.newline for line in met.other.splitlines(keepends=True)]
        spans.append((first, stop, _marked(mine, theirs, marker_size, layout.newline)))
    for first, stop, block in sorted(spans, key=lambda span: span[:2], reverse=True):
        lines[first:stop] = block
    return (BOM if layout.bom else "") + "".join(lines)


def _marked(mine: Sequence[str], theirs: Sequence[str], marker_size: int, newline: str) -> list[str]:
    return [
        "<" * marker_size + " ours" + newline,
        *mine,
        "=" * marker_size + newline,
        *theirs,
        ">" * marker_size + " theirs" + newline,
    ]


def _by_lines(base: str, ours: str, theirs: str, marker_size: int) -> MergedDocument:
    texts = [text.splitlines(keepends=True) for text in (base, ours, theirs)]
    merge = Merge3(texts[0], texts[1], texts[2])
    lines: list[str] = []
    conflicts = 0
    for group in merge.merge_groups():
        if group[0] != "conflict":
            lines.extend(group[1])
            continue
        conflicts += 1
        lines.extend(_marked(_ended(group[2]), _ended(group[3]), marker_size, "\n"))
    return MergedDocument(text="".join(lines), conflicts=conflicts)


def _ended(lines: Sequence[str]) -> list[str]:
    return [line if line.endswith("\n") else line + "\n" for line in lines]
