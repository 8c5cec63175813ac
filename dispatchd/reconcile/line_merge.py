"""Lines three ways: what one side alone changed is taken, and what both changed is asked of the rules, or a clash.

A clash is as small as can be: lines that both sides have in common stand outside it. Who wins, and how a clash is
shown, is left to the callers. The two sides are equals: swapped, they give the same lines, and the same clashes
swapped.
"""

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import Final

from merge3 import Merge3

from dispatchd.documents.text_lines import split_lines
from dispatchd.domain.dataclass import dataclass

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """Lines that both sides changed, to different ones."""

    base: Lines
    one: Lines
    other: Lines

    @property
    def sides(self) -> tuple[Lines, Lines, Lines]:
        return self.base, self.one, self.other


Piece = Lines | Clash
Rule = Callable[[Clash], Sequence[Piece] | None]
"""What becomes of a clash, in pieces; None where the rule has nothing to say."""


def merge_lines(base: Lines, one: Lines, other: Lines, rules: Sequence[Rule] = ()) -> list[Piece]:
    """The lines of all three as one."""
    if other in (base, one):
        return [one]
    if one == base:
        return [other]
    pieces: list[Piece] = []
    for group in Merge3(base, one, other).merge_groups():
        if group[0] != "conflict":
            pieces.append(tuple(group[1]))
            continue
        pieces.extend(
            _settled(Clash(base=tuple(group[1]), one=tuple(group[2]), other=tuple(group[3])), rules)
        )
    return pieces


def _settled(clash: Clash, rules: Sequence[Rule]) -> Sequence[Piece]:
    for rule in (*rules, _line_by_line, _side_by_side, _one_says_more):
        pieces = rule(clash)
        if pieces is not None:
            return pieces
    return tuple(_trimmed(clash))


def _line_by_line(clash: Clash) -> Sequence[Piece] | None:
    """Neighbouring lines that are as many as before: each for itself."""
    base, one, other = clash.sides
    if not len(base) == len(one) == len(other):
        return None
    pieces: list[Piece] = []
    for before, here, there in zip(base, one, other, strict=True):
        if here not in (before, there) and there != before:
            return None
        pieces.append((there if here == before else here,))
    return pieces


def _side_by_side(clash: Clash) -> Sequence[Piece] | None:
    """Changes that touch and do not overlap: both."""
    changes = sorted({*_changes(clash.base, clash.one), *_changes(clash.base, clash.other)})
    lines: list[str] = []
    done = 0
    starts = [first for first, _, _ in changes]
    for (first, end, new), later in zip(changes, (*starts[1:], len(clash.base) + 1), strict=True):
        if later < end or (later == first and new):
            return None
        lines.extend((*clash.base[done:first], *new))
        done = end
    return [(*lines, *clash.base[done:])]


def _changes(before: Lines, after: Lines) -> Iterator[tuple[int, int, Lines]]:
    for kind, first, end, at, to in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield first, end, after[at:to]


def _one_says_more(clash: Clash) -> Sequence[Piece] | None:
    """Both say the same, and one goes on, or keeps what the other took away."""
    head, rest, tail = _common(clash)
    if rest.one and rest.other:
        return None
    more = rest.one or rest.other
    fresh = [line for line in more if line.strip() and line not in clash.base]
    if fresh and any(line in clash.base for line in more if line.strip()):
        return None
    if not head and not tail and clash.base:
        return None  # one side took away what the other changed
    return [head, more if fresh else (), tail]


def _trimmed(clash: Clash) -> Iterator[Piece]:
    head, rest, tail = _common(clash)
    yield from (head, rest, tail) if head or tail else (clash,)


def _common(clash: Clash) -> tuple[Lines, Clash, Lines]:
    """The lines that both sides begin and end with, and what stands between."""
    one, other = clash.one, clash.other
    most = min(len(one), len(other))
    first = next((at for at in range(most) if one[at] != other[at]), most)
    most -= first
    last = next((at for at in range(most) if one[-1 - at] != other[-1 - at]), most)
    rest = Clash(base=clash.base, one=one[first : len(one) - last], other=other[first : len(other) - last])
    return one[:first], rest, one[len(one) - last :]


_BREAKS: Final = ("\r\n", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Dress:
    """How the merged text ends its lines: one way throughout where each side has one, and whether the last has one."""

    newline: str | None
    ended: bool

    def put_on(self, text: str) -> str:
        """*text*, whose lines end with line feeds where `newline` is set, in this dress."""
        if self.newline == "\r\n":
            text = text.replace("\n", "\r\n")
        if self.ended or not text:
            return text
        return text[: -len("\r\n")] if text.endswith("\r\n") else text.removesuffix("\n")


def undressed(base: str, one: str, other: str) -> tuple[tuple[Lines, Lines, Lines], Dress]:
    """The lines of three texts, so that line ends alone make no difference; and the dress they should have."""
    texts = (base, one, other)
    ways = [_way(text) for text in texts]
    ended = [text.endswith("\n") or not text for text in texts]
    last = ended[2] if ended[1] == ended[0] else ended[1]
    if None in ways[1:] or (base and ways[0] is None):
        lines = [tuple(_ended(split_lines(text))) for text in texts]
        return (lines[0], lines[1], lines[2]), Dress(newline=None, ended=last)
    style = ways[2] if base and ways[1] == ways[0] else ways[1]
    plain = [tuple(_ended(split_lines(text.replace("\r\n", "\n")))) for text in texts]
    return (plain[0], plain[1], plain[2]), Dress(newline=style, ended=last)


def _way(text: str) -> str | None:
    """How all lines of *text* end; None where some end otherwise than others."""
    pairs, feeds = text.count("\r\n"), text.count("\n")
    if "\r" in text.replace("\r\n", ""):
        return None
    return _BREAKS[0] if pairs and pairs == feeds else _BREAKS[1] if not pairs else None


def _ended(lines: Sequence[str]) -> Iterator[str]:
    return (line if line.endswith("\n") else line + "\n" for line in lines)
