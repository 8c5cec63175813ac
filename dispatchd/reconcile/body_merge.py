"""Prose by lines, three ways: what a person saved, what the database has, and the text both come from.

Where both changed the same lines the person's lines stand, and the other side's are returned so that the caller can
show them. Lines that are the daemon's own are no contradiction: they are rendered again anyway.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from merge3 import Merge3


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Lines that both sides changed: the person's stand in the merged text, *ours* do not."""

    base: str
    ours: str
    theirs: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedText:
    text: str
    overlaps: tuple[Overlap, ...] = ()


Substance = Callable[[str], str]
"""What of some lines is a person's: the daemon's own lines and boxes left out."""


def merge_body(base: str, ours: str, theirs: str, substance: Substance = str) -> MergedText:
    """Merge *theirs* (the save) with *ours* (the database's text) against *base*.

    A contradiction in which one side changed only the daemon's own lines goes to the other side.
    """
    if ours in (base, theirs):
        return MergedText(text=theirs)
    if theirs == base:
        return MergedText(text=ours)
    lines = [_lines(text) for text in (base, ours, theirs)]
    merged: list[str] = []
    overlaps: list[Overlap] = []
    for region in Merge3(lines[0], lines[1], lines[2]).merge_regions():
        chosen, overlap = _resolve(region, lines, substance)
        merged.extend(chosen)
        if overlap is not None:
            overlaps.append(overlap)
    return MergedText(text=_rejoin(merged), overlaps=tuple(overlaps))


def _lines(text: str) -> list[str]:
    """The lines of *text* with their ends; only a line feed ends a line, as everywhere in the tree."""
    parts = text.split("\n")
    ended = [part + "\n" for part in parts[:-1]]
    return [*ended, parts[-1]] if parts[-1] else ended


def _rejoin(lines: Sequence[str]) -> str:
    """The lines as one text; a last line without an end that is no longer last gets one."""
    whole = [line if line.endswith("\n") else line + "\n" for line in lines[:-1]]
    return "".join([*whole, *lines[-1:]])


def _resolve(
    region: tuple[str | int, ...], lines: Sequence[list[str]], substance: Substance
) -> tuple[list[str], Overlap | None]:
    kind, *places = region
    at = [int(place) for place in places]
    base, ours, theirs = lines
    if kind == "unchanged":
        return base[at[0] : at[1]], None
    if kind == "a":
        return ours[at[0] : at[1]], None
    if kind in {"b", "same"}:
        source = theirs if kind == "b" else ours
        return source[at[0] : at[1]], None
    return _choose(base[at[0] : at[1]], ours[at[2] : at[3]], theirs[at[4] : at[5]], substance)


def _choose(
    base: list[str], ours: list[str], theirs: list[str], substance: Substance
) -> tuple[list[str], Overlap | None]:
    texts = ["".join(part) for part in (base, ours, theirs)]
    said = [substance(text) for text in texts]
    if said[0] == said[2]:
        return ours, None
    if said[0] == said[1] or said[1] == said[2]:
        return theirs, None
    return theirs, Overlap(base=texts[0], ours=texts[1], theirs=texts[2])
