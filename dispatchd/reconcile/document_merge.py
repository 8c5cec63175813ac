"""Two versions of a document against the one both come from, for git: fields three ways, sets by union, prose by lines.

Without a workspace to ask, nothing is decided here: a fact that only one side changed is taken, a set gets the adds
and removes of both, and only a real contradiction leaves markers, on the lines it is about. Between clones there are
no markers: the side that is named wins, and what the other had stands in the history and is told by home.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from merge3 import Merge3

from dispatchd.documents.activity import HEADING
from dispatchd.documents.epic_document import person_part as epic_part
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


class Winner(StrEnum):
    """Whose word holds where both sides contradict each other."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedDocument:
    """`conflicts` counts the places that contradict each other: left with markers, or given to the winner."""

    text: str
    conflicts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contradictions:
    """What becomes of lines that both sides changed: the winner's, or markers.

    *said* is what of some lines is a person's: a side that changed none of it gives way.
    """

    marker_size: int
    winner: Winner | None = None
    said: Callable[[str], str] | None = None


def merge_documents(
    base: str, ours: str, theirs: str, marker_size: int = 7, winner: Winner | None = None
) -> MergedDocument:
    """Merge *theirs* into *ours*. What cannot be read as a document is merged as text.

    With a *winner*, its side stands where both contradict each other; with none, markers do.
    """
    if theirs in (ours, base):
        return MergedDocument(text=ours, conflicts=0)
    if ours == base:
        return MergedDocument(text=theirs, conflicts=0)
    how = _Contradictions(marker_size=marker_size, winner=winner)
    sides = [read_front_matter(text, _ALL_KEYS) for text in (base, ours, theirs)]
    if any(side.parked for side in sides) or not all(side.entries for side in sides[1:]):
        return _by_lines(base, ours, theirs, how)
    is_epic = str(sides[1].value("id") or "").startswith("e-")
    said = replace(how, said=epic_part if is_epic else None)
    body = _by_lines(sides[0].body, sides[1].body, sides[2].body, said)
    head, contests = _merged_heads(sides, how)
    conflicts = body.conflicts + contests
    is_whole = winner is not None or not conflicts
    text = head + body.text
    return MergedDocument(text=stamp_rev(text) if is_whole else text, conflicts=conflicts)


def _merged_heads(sides: Sequence[FrontMatter], how: _Contradictions) -> tuple[str, int]:
    """The merged front matter, and in how many places of it both sides contradict each other."""
    base, ours, theirs = sides
    canvas, other = (theirs, ours) if how.winner is Winner.THEIRS else (ours, theirs)
    merged = merge_heads(base, canvas, other, keeps_both=True)
    facts, contradicted = _merged_facts(base, ours, theirs)
    if how.winner is not None:
        facts.update({key: canvas.value(key) for key in contradicted})
        return _with_facts(merged.text, facts), len(merged.contests) + len(contradicted)
    head = _with_facts(merged.text, facts)
    contests = {**{met.key: met for met in merged.contests}, **_contests(contradicted, sides)}
    marked = _with_markers(head, contests.values(), how.marker_size) if contests else head
    return marked, len(contests)


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


def _by_lines(base: str, ours: str, theirs: str, how: _Contradictions) -> MergedDocument:
    texts = [text.splitlines(keepends=True) for text in (base, ours, theirs)]
    merge = Merge3(texts[0], texts[1], texts[2])
    lines: list[str] = []
    conflicts = 0
    for group in merge.merge_groups():
        if group[0] != "conflict":
            lines.extend(group[1])
            continue
        if not "".join(group[1]).strip() and _is_activity(lines):
            lines.extend(_both(_ended(group[2]), _ended(group[3])))
            continue
        agreed = _agreed(*group[1:], how.said) if how.said is not None else None
        if agreed is not None:
            lines.extend(agreed)
            continue
        conflicts += 1
        if how.winner is not None:
            lines.extend(_ended(group[2 if how.winner is Winner.OURS else 3]))
            continue
        lines.append("<" * how.marker_size + " ours\n")
        lines.extend(_ended(group[2]))
        lines.append("=" * how.marker_size + "\n")
        lines.extend(_ended(group[3]))
        lines.append(">" * how.marker_size + " theirs\n")
    return MergedDocument(text="".join(lines), conflicts=conflicts)


def _agreed(
    base: Sequence[str], ours: Sequence[str], theirs: Sequence[str], said: Callable[[str], str]
) -> Sequence[str] | None:
    """The side that stands where the other changed only what the daemon writes; None where both are people's."""
    before, here, there = (said("".join(side)) for side in (base, ours, theirs))
    if there in (before, here):
        return _ended(ours)
    return _ended(theirs) if here == before else None


def _is_activity(above: Sequence[str]) -> bool:
    """Whether what follows *above* stands in the list of what has happened: there two additions are no contradiction."""
    headings = (line for line in reversed(above) if line.startswith(("# ", "## ")))
    return next(headings, "").strip().casefold() == f"## {HEADING}".casefold()


def _both(ours: Sequence[str], theirs: Sequence[str]) -> list[str]:
    """Our lines, then theirs, but for what both begin with."""
    same = next((at for at, (one, other) in enumerate(zip(ours, theirs, strict=False)) if one != other), None)
    rest = theirs[min(len(ours), len(theirs)) if same is None else same :]
    apart = ["\n"] if ours and rest and ours[-1].strip() and rest[0].strip() else []
    return [*ours, *apart, *rest]


def _ended(lines: Sequence[str]) -> list[str]:
    return [line if line.endswith("\n") else line + "\n" for line in lines]
