"""What is no contradiction although both sides changed the same lines: boxes, items of a list, lines of the daemon's.

Each rule says what the lines become, in pieces, or nothing. Where a piece is still a clash, it is that one line.
"""

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Final, TypeVar

from dispatchd.documents.stamps import read_stamp
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.line_merge import Clash, Lines, Piece, Rule

_ITEM: Final = re.compile(r"(?P<lead>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)(?P<text>.*)")
_BOX: Final = re.compile(r"(?P<lead>[ \t]*[-*+][ \t]+)\[[ \t]*(?P<mark>[xX]?)[ \t]*\][ \t]+(?P<text>\S.*)")
Token = TypeVar("Token", bound=Hashable)


def united(base: Sequence[Token], one: Sequence[Token], other: Sequence[Token]) -> list[Token]:
    """The adds and removes of both: what the other side added stands behind what it stood behind there."""
    gone = {token for token in base if token not in one or token not in other}
    result = list(dict.fromkeys(token for token in one if token not in gone))
    before: Token | None = None
    for token in dict.fromkeys(other):
        if token not in result and token not in gone and token not in base:
            at = result.index(before) + 1 if before in result else (0 if before is None else len(result))
            while (
                before is not None
                and at < len(result)
                and result[at] in one
                and result[at] not in (*base, *other)
            ):
                at += 1  # what the first side added at the same place comes first
            result.insert(at, token)
        if token in result:
            before = token
    return result


def daemon_gives_way(said: Callable[[str], str]) -> Rule:
    """A rule for lines of which *said* is what people wrote: a side that changed none of that gives way."""

    def rule(clash: Clash) -> Sequence[Piece] | None:
        before, here, there = (said("".join(side)) for side in clash.sides)
        if here == there:
            return [max(clash.one, clash.other, key=_decided)]
        if there == before:
            return [clash.one]
        return [clash.other] if here == before else None

    return rule


def _decided(lines: Lines) -> tuple[int, int]:
    """How much of *lines* is a decision that was written down."""
    stamps = sum(1 for line in lines if read_stamp(line.rstrip()) is not None)
    return stamps, -sum(1 for line in lines if _BOX.match(line))


# -- boxes -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Box:
    """A box with the lines below it that belong to it."""

    lead: str
    ticked: bool
    text: str
    below: Lines = ()


def decided(clash: Clash) -> Sequence[Piece] | None:
    """One side says what has been decided, the other has only ticked: a tick is its commit's, and decides nothing here."""
    base, one, other = (_boxes(side) for side in clash.sides)
    if not base or one is None or other is None:
        return None
    words = [(box.text, box.below) for box in base]
    for stamped, ticked, lines in ((one, other, clash.one), (other, one, clash.other)):
        is_decided = any(read_stamp(box.text) is not None for box in stamped if box not in base)
        if is_decided and [(box.text, box.below) for box in ticked] == words:
            return [lines]
    return None


def boxes(clash: Clash) -> Sequence[Piece] | None:
    """Nothing but boxes: each for itself, its mark and its words apart."""
    sides = [_boxes(side) for side in clash.sides]
    if any(side is None for side in sides):
        return None
    known = tuple(box.text for box in sides[0] or ())
    base, one, other = ({_key(box, known): box for box in side or ()} for side in sides)
    changed = {
        key
        for key in base
        if (key not in one and other.get(key) != base[key])
        or (key not in other and one.get(key) != base[key])
    }
    if changed & (one.keys() | other.keys()):
        return None  # one side took away what the other changed
    pieces = [
        piece
        for key in united(tuple(base), tuple(one), tuple(other))
        for piece in _one_box(key, base, one, other)
    ]
    blank = ("\n",) if any(side and not side[-1].strip() for side in clash.sides[1:]) else ()
    return [*pieces, blank]


def _boxes(lines: Lines) -> list[_Box] | None:
    found: list[_Box] = []
    for line in lines:
        box = _BOX.match(line)
        if box is not None:
            found.append(_Box(lead=box["lead"], ticked=bool(box["mark"]), text=box["text"].rstrip()))
        elif line.strip() and found and line[0] in " \t":
            last = found.pop()
            found.append(_Box(lead=last.lead, ticked=last.ticked, text=last.text, below=(*last.below, line)))
        elif line.strip():
            return None
    return found


def _key(box: _Box, known: Sequence[str]) -> str:
    """What tells a box from others: its label, as the base has it, without the reason behind it."""
    if read_stamp(box.text) is not None:
        return box.text
    for text in known:
        label = text.partition(":")[0].rstrip()
        if box.text == text or box.text.rstrip(": ") == label or box.text.startswith(f"{label}:"):
            return label
    return box.text


def _one_box(
    key: str, base: Mapping[str, _Box], one: Mapping[str, _Box], other: Mapping[str, _Box]
) -> Sequence[Piece]:
    before, here, there = (side.get(key) for side in (base, one, other))
    if here is None or there is None or here == there:
        only = here or there
        return [_lines_of(only)] if only is not None else []
    if before is None:
        before = _Box(lead=here.lead, ticked=False, text=key)
    ticked = there.ticked if here.ticked == before.ticked else here.ticked
    says = [(box.text, box.below) for box in (before, here, there)]
    if says[1] in (says[0], says[2]) or says[2] == says[0]:
        text, below = says[2] if says[1] == says[0] else says[1]
        return [_lines_of(_Box(lead=here.lead, ticked=ticked, text=text, below=below))]
    return [Clash(base=_lines_of(before), one=_lines_of(here), other=_lines_of(there))]


def _lines_of(box: _Box) -> Lines:
    return (f"{box.lead}[{'x' if box.ticked else ' '}] {box.text}\n", *box.below)


# -- items of a list -------------------------------------------------------------------------------------------------


def items(clash: Clash) -> Sequence[Piece] | None:
    """Nothing but items of a list, and none that both sides changed: the adds and removes of both."""
    sides = [_items(side) for side in clash.sides]
    if any(side is None for side in sides) or not (sides[1] and sides[2]):
        return None
    base, one, other = (tuple(side or ()) for side in sides)
    if any(item not in one and item not in other for item in base):
        return None
    merged = united(base, one, other)
    before, behind = _blanks(clash.one or clash.other)
    written = {item: lines for side in (clash.other, clash.one) for item, lines in _written(side).items()}
    number = _first_number(clash)
    lines: list[str] = []
    for item in merged:
        first, *below = written[item]
        found = _ITEM.match(first)
        if number is not None and found is not None and found["lead"][0].isdigit():
            first = f"{number}{found['lead'][-1]}{found['gap']}{found['text']}\n"
            number += 1
        lines.extend((first, *below))
    return [(*before, *lines, *behind)]


def _items(lines: Lines) -> list[Lines] | None:
    """Each item as its text with the lines below it, its number left out; None where other lines stand there."""
    written = _written(lines)
    if sum(len(each) for each in written.values()) != sum(1 for line in lines if line.strip()):
        return None
    return list(written)


def _written(lines: Lines) -> dict[Lines, Lines]:
    blocks: list[list[str]] = []
    for line in lines:
        if _ITEM.match(line):
            blocks.append([line])
        elif line.strip() and blocks and line[0] in " \t":
            blocks[-1].append(line)
        elif line.strip():
            return {}
    return {_without_number(block): tuple(block) for block in blocks}


def _without_number(block: Sequence[str]) -> Lines:
    found = _ITEM.match(block[0])
    return ((found["text"].rstrip() if found else block[0]), *block[1:])


def _first_number(clash: Clash) -> int | None:
    numbers = [
        int(found["lead"][:-1])
        for side in clash.sides
        for line in side
        if (found := _ITEM.match(line)) and found["lead"][0].isdigit()
    ]
    return min(numbers, default=None)


def _blanks(lines: Lines) -> tuple[Lines, Lines]:
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    last = next((at for at, line in enumerate(reversed(lines)) if line.strip()), 0)
    return lines[:first], lines[len(lines) - last :] if last else ()
