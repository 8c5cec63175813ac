"""Lists in which both sides changed something: no item contradicts another, so all of them stand.

An item and the lines below it are one thing here, told from others by its words or by where its link leads. One that
both sides have written otherwise gets what either put to it; only prose between items is still a clash.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dispatchd.documents.epic_lists import MAKE
from dispatchd.documents.list_marks import split_marks
from dispatchd.documents.text_lines import split_lines
from dispatchd.reconcile.clash_rules import united
from dispatchd.reconcile.line_merge import Clash, Lines, Piece
from dispatchd.reconcile.link_lines import joined_line

_ITEM: Final = re.compile(
    r"(?P<lead>[-*+]|\d{1,9}[.)])(?P<gap>[ \t]+)(?P<box>\[[ \txX]*\][ \t]+)?(?P<text>\S.*)"
)
_FENCE: Final = re.compile(r" {0,3}(?:```|~~~)")
_TARGET: Final = re.compile(r"\[[^\]]*\]\((?P<target>[^)]*)\)")


def grouped(lines: Lines) -> Lines:
    """*lines* with each item of a list in one piece with the lines that belong to it."""
    found: list[str] = []
    blank: list[str] = []
    in_item = in_code = False
    for line in lines:
        is_fence = _FENCE.match(line) is not None
        if not line.strip():
            blank.append(line)
            continue
        if in_item and line[0] in " \t":
            found[-1] += "".join((*blank, line))
        else:
            found.extend((*blank, line))
            in_item = not in_code and _ITEM.match(line) is not None
        in_code = in_code != is_fence
        blank = []
    return (*found, *blank)


def listed(clash: Clash) -> Sequence[Piece] | None:
    """A clash of grouped lines with items in it: the items of both, and what stands between them as before.

    The box that makes issues of a list is put in again wherever it belongs.
    """
    sides = [_without_offers(side) for side in clash.sides]
    base, one, other = (_items(side) for side in sides)
    if not one and not other and sides == list(clash.sides):
        return None
    kept = [key for key, line in base.items() if one.get(key, line) == other.get(key, line) == line]
    texts = {
        key: _united(base.get(key), one[key], other.get(key)) if key in one else other[key]
        for key in united(kept, tuple(one), tuple(other))
    }
    prose = [tuple(line for line in side if _key(line) is None) for side in sides]
    said = ["".join(side).split() for side in prose]
    if said[1] in (said[0], said[2]) or said[2] == said[0]:
        return [_numbered(_in_order(sides[2] if said[1] == said[0] != said[2] else sides[1], texts))]
    contested = Clash(base=prose[0], one=_bare(prose[1]), other=_bare(prose[2]))
    return [contested, ("\n",), _numbered(tuple(texts.values())), ("\n",)]


def _in_order(canvas: Lines, texts: Mapping[str, str]) -> list[str]:
    """*canvas*, one side's lines, with the items *texts* where it has items."""
    lines: list[str] = []
    left = dict(texts)
    last = max((at for at, line in enumerate(canvas) if _key(line) is not None), default=-1)
    for at, line in enumerate(canvas):
        key = _key(line)
        if key is None:
            lines.append(line)
        elif at == last:
            lines.extend(left.values())
            left = {}
        elif key in left:
            until = list(left).index(key) + 1
            lines.extend([left.pop(each) for each in list(left)[:until]])
    return [*lines, *left.values()]


def _without_offers(lines: Lines) -> Lines:
    kept: list[str] = []
    for line in lines:
        if not _is_offer(line):
            kept.append(line)
        elif kept and not kept[-1].strip():
            kept.pop()
    return tuple(kept)


def _is_offer(line: str) -> bool:
    found = _ITEM.match(line)
    return found is not None and found["box"] is not None and MAKE.match(found["text"]) is not None


def _items(lines: Lines) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        key = _key(line)
        if key is not None:
            found.setdefault(key, line)
    return found


def _key(line: str) -> str | None:
    """What tells an item from others; None for what is none."""
    found = _ITEM.match(line)
    if found is None:
        return None
    link = _TARGET.search(found["text"])
    words = link["target"] if link else split_marks(found["text"].partition(":")[0])[0]
    return f"{'box' if found['box'] else ''}:{' '.join(words.split()).casefold()}"


def _united(base: str | None, one: str, other: str | None) -> str:
    """An item as *one* side has it, with the marks and lines that the *other* alone put to it."""
    if other is None or other in (base, one):
        return one
    if one == base:
        return other
    first, *below = split_lines(one)
    their_first, *their_below = split_lines(other)
    had = set(split_lines(base)) if base else set()
    lines = [line for line in their_below if line.strip() and line not in had and line not in below]
    found = _ITEM.match(first)
    their_found = _ITEM.match(their_first)
    if found is None or their_found is None or found["box"]:
        return one
    link = joined_line(split_lines(base)[0] if base else "", first, their_first)
    if link is not None:
        return link + "".join((*below, *lines))
    taken = set(found["text"].split())
    kinds = {word[0] for word in taken if word[0] in "@!"}
    known = set(base.split()) if base else set()
    words = their_found["text"].split()
    title = set(split_marks(their_found["text"])[0].split())
    marks = [
        word
        for word in words
        if word[0] in "@!#" and word not in taken | known | title and word[0] not in kinds
    ]
    return " ".join((first.rstrip("\r\n"), *marks)) + "\n" + "".join((*below, *lines))


def _numbered(lines: Sequence[str]) -> Lines:
    """*lines*, the numbers of a list that would stand twice counted on."""
    numbered: list[str] = []
    number: int | None = None
    for line in lines:
        found = _ITEM.match(line)
        if found is None or not found["lead"][0].isdigit():
            number = number if not line.strip() else None
            numbered.append(line)
            continue
        here = int(found["lead"][:-1])
        if number is None or here > number:
            number = here
            numbered.append(line)
            continue
        number += 1
        numbered.append(f"{number}{found['lead'][-1]}{line[found.end('lead') :]}")
    return tuple(numbered)


def _bare(lines: Lines) -> Lines:
    """*lines* without blank ones at either end."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return lines[filled[0] : filled[-1] + 1] if filled else ()
