"""Two versions of a document against the one both come from, for git: fields three ways, sets by union, prose by lines.

Without a workspace to ask, nothing is decided here: a fact that only one side changed is taken, a set gets the adds
and removes of both, and only a real contradiction leaves markers, on the lines it is about. Between clones there are
no markers: the side that is named wins, and what the other had stands in the history and is told by home. Which side
is whose makes no difference but to markers and winners, so that two clones that merge each other's come to the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

from dispatchd.documents.digest import revision
from dispatchd.documents.facts import unreadable
from dispatchd.documents.front_matter import FrontMatter, read_front_matter
from dispatchd.documents.front_matter_edit import edit_front_matter, stamp_rev
from dispatchd.documents.key_schema import KeySchema, Shape, Value
from dispatchd.documents.text_lines import BOM
from dispatchd.documents.tree_paths import PUBLISHED
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.body_parts import merge_bodies
from dispatchd.reconcile.clash_rules import united
from dispatchd.reconcile.front_matter_merge import HeadContest, merge_heads
from dispatchd.reconcile.head_parts import REV, PartKey, keyed, parts_of
from dispatchd.reconcile.line_merge import Clash, Dress, Piece, merge_lines, undressed
from dispatchd.reconcile.one_vote import with_one_vote_each
from dispatchd.reconcile.settings_merge import merge_settings

ALL_KEYS: Final = KeySchema.of(
    text=("title",),
    scalar=(
        "id", "type", "status", "priority", "role", "assignee", "parent", "epic", "stage", "workflow", "phase",
        "branch", "pr", "source", "threshold", "deadline", "kind", "from", "to", "issue", "subject", "name", "engine",
        "model", "arguments", "paused", "created", "rev",
    ),
    lists=("labels", "depends_on", "voters"),
)  # fmt: skip
KEY_ORDER: Final = tuple(key.name for key in ALL_KEYS)


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
    """What becomes of lines that both sides changed: the first side's, or markers. `is_theirs`: that side is theirs."""

    marker_size: int
    marks: bool
    is_theirs: bool

    def marked(self, one: Iterable[str], other: Iterable[str], newline: str = "\n") -> list[str]:
        """Both texts with markers around, ours first."""
        mine, theirs = (other, one) if self.is_theirs else (one, other)
        return [
            "<" * self.marker_size + " ours" + newline,
            *mine,
            "=" * self.marker_size + newline,
            *theirs,
            ">" * self.marker_size + " theirs" + newline,
        ]


def merge_documents(
    base: str, ours: str, theirs: str, marker_size: int = 7, winner: Winner | None = None, path: str = ""
) -> MergedDocument:
    """Merge *theirs* into *ours*. What cannot be read as a document is merged as text.

    With a *winner*, its side stands where both contradict each other; with none, markers do. What kind of file it is
    is seen from the text, and for settings and published pages from its *path*.
    """
    if theirs in (ours, base):
        return MergedDocument(text=ours, conflicts=0)
    if ours == base:
        return MergedDocument(text=theirs, conflicts=0)
    is_theirs = winner is Winner.THEIRS or (winner is None and theirs < ours)
    one, other = (theirs, ours) if is_theirs else (ours, theirs)
    how = _Contradictions(marker_size=marker_size, marks=winner is None, is_theirs=is_theirs)
    if path in PUBLISHED:
        return MergedDocument(text=_page_of_home(one, other), conflicts=0)
    if path.endswith(".toml"):
        return _joined(*merge_settings(base, one, other), how)
    sides = [read_front_matter(text, ALL_KEYS) for text in (base, one, other)]
    if any(side.parked for side in sides) or not all(side.entries for side in sides[1:]):
        lines, dress = undressed(base, one, other)
        return _joined(merge_lines(*lines), dress, how)
    kind = str(sides[1].value("id") or "").partition("-")[0]
    body = _joined(*merge_bodies(kind, sides[0].body, sides[1].body, sides[2].body), how)
    head, contests = _merged_heads(sides, how)
    conflicts = body.conflicts + contests
    text = head + body.text
    if kind == "p" and not (how.marks and body.conflicts):  # between marks stands what each side wrote
        text = with_one_vote_each(text, one, other, has_winner=winner is not None)
    return MergedDocument(text=text if how.marks and conflicts else stamp_rev(text), conflicts=conflicts)


def _page_of_home(one: str, other: str) -> str:
    """Of two versions of a page that home writes, the one nobody has written in since."""
    return other if _is_as_written(other) and not _is_as_written(one) else one


def _is_as_written(page: str) -> bool:
    text, _, rev = page.rpartition("<!-- rev: ")
    return bool(text) and rev.split(" ")[0] == revision(text.rstrip("\n").encode())


def _joined(pieces: Sequence[Piece], dress: Dress, how: _Contradictions) -> MergedDocument:
    lines: list[str] = []
    conflicts = 0
    for piece in pieces:
        if not isinstance(piece, Clash):
            lines.extend(piece)
            continue
        conflicts += 1
        lines.extend(how.marked(piece.one, piece.other) if how.marks else piece.one)
    return MergedDocument(text=dress.put_on("".join(lines)), conflicts=conflicts)


def _merged_heads(sides: Sequence[FrontMatter], how: _Contradictions) -> tuple[str, int]:
    """The merged front matter, and in how many places of it both sides contradict each other."""
    base, one, other = sides
    merged = merge_heads(base, one, other, keeps_both=True)
    facts, contradicted = _merged_facts(base, one, other)
    if not how.marks:
        facts.update({key: one.value(key) for key in contradicted})
        return _with_facts(merged.text, facts), len(merged.contests) + len(contradicted)
    head = _with_facts(merged.text, facts)
    contests = {**{met.key: met for met in merged.contests}, **_contests(contradicted, sides)}
    return (_with_markers(head, contests.values(), how) if contests else head), len(contests)


def _merged_facts(
    base: FrontMatter, one: FrontMatter, other: FrontMatter
) -> tuple[dict[str, Value], tuple[str, ...]]:
    """What the merged front matter says, and the keys in which the two sides contradict each other.

    A key that cannot be read on a side is merged by its lines alone.
    """
    facts: dict[str, Value] = {}
    contradicted: list[str] = []
    sides = (base, one, other)
    for key in ALL_KEYS:
        if key.name == "rev" or any(key.name in unreadable(side) for side in sides):
            continue
        before, here, there = (side.value(key.name) for side in sides)
        if key.shape is Shape.LIST:
            facts[key.name] = tuple(united(_members(before), _members(here), _members(there))) or None
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


def _with_facts(head: str, facts: Mapping[str, Value]) -> str:
    """*head* saying *facts*; a key that is there and says nothing says None."""
    front = read_front_matter(head, ALL_KEYS)
    changes = {key: value for key, value in facts.items() if _members(front.value(key)) != _members(value)}
    return edit_front_matter(head, changes, order=KEY_ORDER, rev=False)


def _contests(keys: Iterable[str], sides: Sequence[FrontMatter]) -> dict[PartKey, HeadContest]:
    parts = [keyed(parts_of(side)) for side in sides]
    found: dict[PartKey, HeadContest] = {}
    for name in keys:
        key = (name, 0)
        said = ["".join(f"{line}\n" for line in side[key].lines) if key in side else "" for side in parts]
        found[key] = HeadContest(key=key, base=said[0], canvas=said[1], other=said[2])
    return found


def _with_markers(head: str, contests: Iterable[HeadContest], how: _Contradictions) -> str:
    """*head* with both sides' lines at each key that they contradict each other about."""
    front = read_front_matter(head, ALL_KEYS)
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
        spans.append((first, stop, how.marked(mine, theirs, layout.newline)))
    for first, stop, block in sorted(spans, key=lambda span: span[:2], reverse=True):
        lines[first:stop] = block
    return (BOM if layout.bom else "") + "".join(lines)
