"""A link's line in an epic's list three ways: number, strokes, title and the words behind it, each for itself.

Words that both sides wrote there do not contradict each other: a line has room for both.
"""

import re
from collections.abc import Sequence
from dataclasses import field, replace
from typing import Final, TypeVar

from dispatchd.documents.epic_lists import LinkText, read_link
from dispatchd.domain.dataclass import dataclass
from dispatchd.reconcile.line_merge import Clash, Lines, Piece

_LINE: Final = re.compile(r"(?P<lead>(?:[-*+]|\d{1,9}[.)])[ \t]+)(?P<words>(?:~~)?\[.*?)[ \t]*(?:\r?\n)?")
_BARE: Final = re.compile(r"\[(?:\\.|[^\]\\])*\]\([^)]*\)")
Part = TypeVar("Part")


@dataclass(frozen=True, slots=True, kw_only=True)
class _LinkLine:
    lead: str = ""
    link: LinkText = field(default_factory=LinkText)

    @property
    def strokes(self) -> tuple[str, str, str]:
        return self.link.open, self.link.mid, self.link.close


def links(clash: Clash) -> Sequence[Piece] | None:
    """As many lines as before, and of what both changed nothing but links: each line for itself."""
    base, one, other = clash.sides
    if not len(base) == len(one) == len(other):
        return None
    joined: list[str] = []
    for before, here, there in zip(base, one, other, strict=True):
        line = there if here == before else here
        if here not in (before, there) and there != before:
            line = joined_line(before, here, there) or ""
        if not line:
            return None
        joined.append(line)
    lines: Lines = tuple(joined)
    return [lines]


def joined_line(base: str, one: str, other: str) -> str | None:
    """The line as both sides want it; None where it is no link's, or where they call it by two names."""
    here, there = _read(one), _read(other)
    if here is None or there is None or here.link.target != there.link.target:
        return None
    before = _read(base) or _LinkLine()
    if _is_contradicted(before.link.text, here.link.text, there.link.text):
        return None
    opening, mid, close = _chosen(before.strokes, here.strokes, there.strokes)
    text = _chosen(before.link.text, here.link.text, there.link.text)
    href = f"<{here.link.target}>" if set(here.link.target) & set(" ()") else here.link.target
    state = max(here.link.state, there.link.state)  # put right by whoever knows the issue
    words = both_words(before.link.rest, here.link.rest, there.link.rest)
    lead = _chosen(before.lead, here.lead, there.lead)
    return f"{lead}{opening}[{text}]({href}){mid}{state}{close}{words}\n"


def both_words(base: str, one: str, other: str) -> str:
    """What stands behind a link, as both sides have it: what either wrote stands, whoever merges with whom."""
    if not _is_contradicted(base, one, other):
        return _chosen(base, one, other)
    first, second = sorted((one, other), key=lambda words: (words.split(), words))
    if _says(first, second):
        return first
    if _says(second, first):
        return second
    begun = base.split()
    if begun and all(words.split()[: len(begun)] == begun for words in (one, other)):
        second = " ".join(second.split()[len(begun) :])
    return f"{first.rstrip()} {second.strip()}"


def _says(words: str, others: str) -> bool:
    """Whether *others* stand in *words*, one behind the other."""
    return f" {' '.join(others.split())} " in f" {' '.join(words.split())} "


def _is_contradicted(base: str, one: str, other: str) -> bool:
    return one not in (base, other) and other != base


def _chosen(base: Part, one: Part, other: Part) -> Part:
    return other if one == base else one


def _read(line: str) -> _LinkLine | None:
    found = _LINE.fullmatch(line)
    if found is None:
        return None
    link = read_link(found["words"])
    if link is None and (bare := _BARE.match(found["words"])) is not None:
        link = read_link(bare[0])  # with words directly behind it, which make a sentence of it
        link = replace(link, rest=found["words"][bare.end() :]) if link is not None else None
    return _LinkLine(lead=found["lead"], link=link) if link is not None else None
