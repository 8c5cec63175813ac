"""Lists in which both sides changed something: no item contradicts another, so all of them stand.

An item and the lines below it are one thing here, told from others by its words or by where its link leads. One that
both sides have written otherwise gets what either put to it; only prose between items is still a clash.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from dispatchd.documents.list_marks import split_marks
from dispatchd.documents.text_lines import split_lines
from dispatchd.reconcile.line_merge import Clash, Lines, Piece

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
    """A clash of grouped lines with items in it: the items of both, and what stands between them as before."""
    sides = [_items(side) for side in clash.sides]
    base, one, other = sides
    if not one and not other:
        return None
    prose = [tuple(line for line in side if _key(line) is None) for side in clash.sides]
    said = ["".join(side).split() for side in prose]
    merged = {key: _united(base.get(key), line, other.get(key)) for key, line in one.items()}
    fresh = [key for key, line in other.items() if key not in one and base.get(key) != line]
    if said[1] in (said[0], said[2]) or said[2] == said[0]:
        canvas = clash.other if said[1] == said[0] != said[2] else clash.one
        return _in_order(canvas, merged, [other[key] for key in fresh], is_ones=canvas is clash.one)
    rest = [_united(base.get(key), other[key], None) for key in fresh]
    return [
        Clash(base=prose[0], one=_bare(prose[1]), other=_bare(prose[2])),
        ("\n",),
        _numbered([*merged.values(), *rest]),
        ("\n",),
    ]


def _in_order(
    canvas: Lines, merged: Mapping[str, str], fresh: Sequence[str], *, is_ones: bool
) -> Sequence[Piece]:
    """*canvas*, one side's lines, with *merged* in the place of its items, and *fresh* ones behind the last."""
    lines: list[str] = []
    last = 0
    left = dict(merged)
    for line in canvas:
        key = _key(line)
        if key is None:
            lines.append(line)
            continue
        kept = left.pop(key, None) if key in merged else (None if is_ones else line)
        if kept is not None and kept not in lines:
            lines.append(kept)
        last = len(lines)
    behind = [line for line in (*left.values(), *fresh) if line not in lines]
    return [_numbered([*lines[:last], *behind, *lines[last:]])]


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
    found = _ITEM.match(first)
    their_found = _ITEM.match(their_first)
    if found is None or their_found is None or found["box"]:
        return one
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
    lines = [line for line in their_below if line.strip() and line not in had and line not in below]
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
