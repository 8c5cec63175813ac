"""The body of a document three ways, part by part: sections by their headings, turns and activity by who said what when.

A part that only one side changed is that side's, byte for byte. Which kind of document it is, its id says.
"""

from collections.abc import Sequence
from datetime import datetime
from difflib import SequenceMatcher
from functools import partial
from typing import Final

from dispatchd.documents.activity import entries_in, find_activity, free_lines
from dispatchd.documents.epic_document import person_part as epic_part
from dispatchd.documents.markdown_outline import BlockKind, heading_text, outline
from dispatchd.documents.thread_sections import read_parts
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.clash_rules import boxes, daemon_gives_way, decided, items, united
from dispatchd.reconcile.line_merge import Clash, Dress, Lines, Piece, Rule, merge_lines, undressed
from dispatchd.reconcile.link_lines import links

Sides = tuple[Lines, Lines, Lines]
_PLAIN_RULES: Final[tuple[Rule, ...]] = (decided, boxes, items)
_EPIC_RULES: Final[tuple[Rule, ...]] = (decided, boxes, daemon_gives_way(epic_part), links, items)


def merge_bodies(kind: str, base: str, one: str, other: str) -> tuple[list[Piece], Dress]:
    """The pieces of the merged body of a document whose id begins with *kind*; none is told from others by ''."""
    sides, dress = undressed(base, one, other)
    if dress.newline is None or not kind:
        return merge_lines(*sides), dress
    if kind == "t":
        return _merge_thread(sides), dress
    if kind == "i":
        return _merge_issue(sides), dress
    return merge_sections(sides, _EPIC_RULES if kind == "e" else _PLAIN_RULES), dress


# -- sections --------------------------------------------------------------------------------------------------------


def merge_sections(sides: Sides, rules: Sequence[Rule]) -> list[Piece]:
    """Section by section, where both sides have the same headings in the same order."""
    if sides[2] in sides[:2] or sides[0] == sides[1]:
        return merge_lines(*sides)
    pieces: list[Piece] = []
    for base, one, other in _by_headings(sides):
        pieces.extend(merge_lines(base, one, other, rules))
    return pieces


def _by_headings(sides: Sides) -> list[Sides]:
    """The three bodies cut before each heading that both sides have."""
    heads = [_headings(lines) for lines in sides]
    keys = [tuple(side) for side in heads]
    shared = _in_order(keys[1], keys[2])
    held = set(_in_order(shared, keys[0]))
    anchors = [key for key in shared if key in held or key not in heads[0]]
    cuts: list[list[int]] = [[0], [0], [0]]
    for key in anchors:
        for side in (1, 2):
            cuts[side].append(heads[side][key])
        later = (heads[0][each] for each in anchors[anchors.index(key) :] if each in held)
        cuts[0].append(next(later, len(sides[0])))
    for side in range(3):
        cuts[side].append(len(sides[side]))
    parts = [
        [lines[cut[at] : cut[at + 1]] for at in range(len(cut) - 1)]
        for lines, cut in zip(sides, cuts, strict=True)
    ]
    return list(zip(*parts, strict=True))


Heading = tuple[int, str, int]


def _headings(lines: Lines) -> dict[Heading, int]:
    """The headings with their lines; the how-manieth of its name counts."""
    found: dict[Heading, int] = {}
    for block in outline("".join(lines), 0).blocks:
        if block.kind is BlockKind.HEADING:
            words = heading_text(block).casefold()
            number = sum(1 for level, text, _ in found if (level, text) == (block.level, words))
            found[block.level, words, number] = block.first
    return found


def _in_order(one: Sequence[Heading], other: Sequence[Heading]) -> list[Heading]:
    matches = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return [key for match in matches for key in one[match.a : match.a + match.size]]


# -- what was said, in the order of time -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A turn or an entry: `key` tells it from others."""

    key: str
    at: datetime
    lines: Lines


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A part of a body in which one thing is told after the other, and the lines around and between."""

    above: Lines = ()
    whole: Lines = ()
    told: tuple[Told, ...] = ()
    free: Lines = ()
    below: Lines = ()


def _merge_issue(sides: Sides) -> list[Piece]:
    return _merge_records([_activity_of(lines) for lines in sides], between=())


def _activity_of(lines: Lines) -> Record:
    shape = outline("".join(lines), 0)
    section = find_activity(shape)
    if section is None:
        return Record(above=lines)
    entries = entries_in(shape, section)
    free = free_lines(shape, section, entries)
    return Record(
        above=lines[: section.heading.first],
        whole=lines[section.heading.first : section.end],
        told=tuple(
            Told(key=each.words, at=each.at, lines=_stripped(lines[each.first : each.end]))
            for each in entries
        ),
        free=_stripped(tuple(lines[index] for index in free)),
        below=lines[section.end :],
    )


def _merge_thread(sides: Sides) -> list[Piece]:
    records = [_turns_of(lines) for lines in sides]
    said = [{turn.key for turn in record.told} for record in records]
    if not said[0] <= said[1] & said[2]:  # somebody wrote into a turn: then its lines are lines like others
        return merge_sections(sides, _PLAIN_RULES)
    return _merge_records(records, between=("\n",))


def _turns_of(lines: Lines) -> Record:
    parts = read_parts(outline("".join(lines), 0), None)
    first = parts.turns[0].first if parts.turns else parts.start
    told = (
        Told(key=f"{turn.name}: {turn.text}", at=turn.at, lines=_stripped(lines[turn.first : turn.end]))
        for turn in parts.turns
    )
    return Record(
        above=lines[:first], whole=lines[first : parts.start], told=tuple(told), below=lines[parts.start :]
    )


def _stripped(lines: Lines) -> Lines:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    first = next((at for at in range(end) if lines[at].strip()), end)
    return lines[first:end]


def _merge_records(records: Sequence[Record], between: Lines) -> list[Piece]:
    base, one, other = records
    above = merge_sections((base.above, one.above, other.above), _PLAIN_RULES)
    below = merge_sections((base.below, one.below, other.below), _PLAIN_RULES)
    if other.whole in (base.whole, one.whole):
        middle: list[Piece] = [one.whole]
    elif base.whole == one.whole:
        middle = [other.whole]
    else:
        middle = _merge_told(base, one, other, between)
    apart = partial(_apart_from, middle)
    return [*above, *apart(above), *middle, *(_apart_from(below, middle) if below else ()), *below]


def _apart_from(next_one: Sequence[Piece], pieces: Sequence[Piece]) -> tuple[Lines, ...]:
    """A blank line, where what follows *pieces* would else stand directly below them."""
    last = next((piece for piece in reversed(pieces) if piece), None)
    first = next((piece for piece in next_one if piece), None)
    if not isinstance(last, tuple) or not isinstance(first, tuple):
        return ()
    return (("\n",),) if last[-1].strip() and first[0].strip() else ()


def _merge_told(base: Record, one: Record, other: Record, between: Lines) -> list[Piece]:
    known = {told.key: told for side in (base, other, one) for told in side.told}
    keys = united(*([told.key for told in side.told] for side in (base, one, other)))
    clashes = _contradicted(base, one, other)
    losers = {told.key for _, _, told in clashes}
    pieces: list[Piece] = []
    for key in sorted((key for key in keys if key not in losers), key=lambda key: known[key].at):
        clash = next((each for each in clashes if each[1].key == key), None)
        if pieces:
            pieces.append(between)
        pieces.append(_as_clash(*clash) if clash else known[key].lines)
    heading = _heading_of(one) or _heading_of(other)
    free = merge_lines(base.free, one.free, other.free, (*_PLAIN_RULES, _both))
    tail = [("\n",), *free] if any(free) else []
    return [heading, *pieces, *tail]


def _heading_of(record: Record) -> Lines:
    is_heading = bool(record.whole) and record.whole[0].lstrip().startswith("#")
    return (record.whole[0], "\n") if is_heading else ()


def _contradicted(base: Record, one: Record, other: Record) -> list[tuple[Told, Told, Told]]:
    """What was told of the same moment, and both sides have changed to something else."""
    here, there = ({told.key for told in side.told} for side in (one, other))
    known = {told.key for told in base.told}
    found: list[tuple[Told, Told, Told]] = []
    for told in base.told:
        if told.key in here | there:
            continue
        mine = next((each for each in one.told if each.at == told.at and each.key not in known | there), None)
        theirs = next(
            (each for each in other.told if each.at == told.at and each.key not in known | here), None
        )
        if mine is not None and theirs is not None:
            found.append((told, mine, theirs))
    return found


def _as_clash(before: Told, here: Told, there: Told) -> Clash:
    return Clash(base=before.lines, one=here.lines, other=there.lines)


def _both(clash: Clash) -> Sequence[Piece] | None:
    """What both wrote below what was told is no contradiction."""
    if any(line.strip() for line in clash.base):
        return None
    head = next(
        (at for at, (a, b) in enumerate(zip(clash.one, clash.other, strict=False)) if a != b),
        min(len(clash.one), len(clash.other)),
    )
    rest = clash.other[head:]
    return [clash.one, *((("\n",),) if clash.one and rest else ()), rest]
