"""Marks in the line of a wanted issue: `@role`, `!priority`, `#label`, before or behind its title.

A mark in the middle of a sentence is a word of it. Whether a role or a person of that name is known is left to the
rules.
"""

import re
from typing import Final

from dispatchd.domain.dataclass import dataclass

_MARK: Final = re.compile(
    r"@(?P<who>\w[\w.-]*\w|\w)|!(?P<priority>[^\W\d_]\w*)|#(?P<label>[^\W\d_][\w/:.-]*)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What is written with `@`, `!` and `#`, as written and in order."""

    who: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


NO_MARKS: Final = Marks()


def split_marks(text: str) -> tuple[str, Marks]:
    """*text* as its title and its marks; where nothing but marks stands there, all of it is the title."""
    words = text.split()
    first, end = 0, len(words)
    while first < end and _MARK.fullmatch(words[first]):
        first += 1
    while end > first and _MARK.fullmatch(words[end - 1]):
        end -= 1
    if first == end:
        return " ".join(words), NO_MARKS
    found = [match for word in (*words[:first], *words[end:]) if (match := _MARK.fullmatch(word))]
    marks = Marks(
        who=tuple(match["who"] for match in found if match["who"]),
        priorities=tuple(match["priority"] for match in found if match["priority"]),
        labels=tuple(dict.fromkeys(match["label"] for match in found if match["label"])),
    )
    return " ".join(words[first:end]), marks
