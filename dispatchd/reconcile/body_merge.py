"""Prose by lines, three ways: what a person saved, what the database has, and the text both come from.

Where both changed the same lines the person's lines stand, and the other side's are returned so that the caller can
show them. Lines that are the daemon's own are no contradiction: they are rendered again anyway.
"""

from collections.abc import Callable, Sequence
from functools import partial

from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.clash_rules import boxes, items
from dispatchd.reconcile.line_merge import Clash, Lines, Piece, Rule, merge_lines
from dispatchd.reconcile.list_clash import grouped, listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Lines that both sides changed: the person's stand in the merged text, *ours* do not.

    They stand at *line*, counted from one, and the nearest line with words above them is *above*.
    """

    base: str
    ours: str
    theirs: str
    line: int = 0
    above: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedText:
    text: str
    overlaps: tuple[Overlap, ...] = ()


Substance = Callable[[str], str]
"""What of some lines is a person's: the daemon's own lines and boxes left out."""


def merge_body(
    base: str, ours: str, theirs: str, substance: Substance = str, *, keeps_items: bool = False
) -> MergedText:
    """Merge *theirs* (the save) with *ours* (the database's text) against *base*.

    A contradiction in which one side changed only the daemon's own lines goes to the other side; items that both put
    into a list stand there one below the other. With *keeps_items* no item contradicts another at all.
    """
    if ours in (base, theirs):
        return MergedText(text=theirs)
    if theirs == base:
        return MergedText(text=ours)
    lines = [_lines(text) for text in (base, theirs, ours)]
    rules: tuple[Rule, ...] = (partial(_daemons_line, substance), boxes, items)
    if keeps_items:
        lines, rules = [grouped(side) for side in lines], (listed,)
    merged: list[str] = []
    overlaps: list[Overlap] = []
    for piece in merge_lines(lines[0], lines[1], lines[2], rules):
        if not isinstance(piece, Clash):
            merged.extend(piece)
            continue
        base_text, their_text, our_text = ("".join(side) for side in piece.sides)
        so_far = "".join(merged)
        above = next((line for line in reversed(so_far.splitlines()) if line.strip()), "")
        line = so_far.count("\n") + 1
        overlaps.append(Overlap(base=base_text, ours=our_text, theirs=their_text, line=line, above=above))
        merged.extend(piece.one)
    return MergedText(text=_rejoin(merged), overlaps=tuple(overlaps))


def _daemons_line(substance: Substance, clash: Clash) -> Sequence[Piece] | None:
    before, here, there = (substance("".join(side)) for side in clash.sides)
    if before == here:
        return [clash.other]
    return [clash.one] if there in (before, here) else None


def _lines(text: str) -> Lines:
    """The lines of *text* with their ends; only a line feed ends a line, as everywhere in the tree."""
    parts = text.split("\n")
    ended = [part + "\n" for part in parts[:-1]]
    return (*ended, parts[-1]) if parts[-1] else tuple(ended)


def _rejoin(lines: Sequence[str]) -> str:
    """The lines as one text; a last line without an end that is no longer last gets one."""
    whole = [line if line.endswith("\n") else line + "\n" for line in lines[:-1]]
    return "".join([*whole, *lines[-1:]])
