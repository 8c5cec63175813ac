"""Parts of a document brought into a number of characters: the least important is cut first, and says so."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatchd.domain.dataclass import dataclass

LEAST_LEFT: Final = 200
"""A part of which less would be left goes whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """`weight` 0 is never cut; the larger it is, the earlier. `whole` says where all of it stands."""

    text: str
    weight: int = 0
    whole: str = ""


def fitted(parts: Sequence[Part], most: int) -> str:
    """*parts* in their order, in at most *most* characters as far as their weights allow."""
    standing = [replace(part, text=part.text.strip()) for part in parts if part.text.strip()]
    over = sum(len(part.text) + 2 for part in standing) - most
    order = sorted(range(len(standing)), key=lambda place: (standing[place].weight, place), reverse=True)
    for place in order:
        if over <= 0 or not standing[place].weight:
            break
        before = standing[place]
        standing[place] = _cut(before, over)
        over -= len(before.text) - len(standing[place].text)
    return "\n\n".join(part.text for part in standing) + "\n"


def _cut(part: Part, over: int) -> Part:
    """*part*, shorter by *over* characters if that leaves enough of it; its first line, a heading, stays."""
    heading = part.text.partition("\n")[0]
    note = f"(Cut here for want of room. All of it: {part.whole})"
    keep = len(part.text) - over - len(note) - 2
    if keep < max(LEAST_LEFT, len(heading)):
        return replace(part, text=f"{heading}\n\n{note}")
    kept = part.text[:keep]
    upto = kept.rfind("\n")
    return replace(part, text=f"{kept[: upto if upto > len(heading) else keep].rstrip()}\n\n{note}")
