"""Which words of a line a note refuses, so that they may stay where no earlier fact can be put back instead.

What a person wrote and the rules cannot use (somebody who is not here, an id that is nowhere, the issue itself, what
would close a circle) stays on its line with the note, and counts for nothing. The note names it: in quotation marks,
as what nothing is *called*, as what to *leave out*, or as what *is this issue itself*.
"""

import re
from collections.abc import Iterable
from typing import Final

_KEPT: Final = re.compile(r'(?:^|(?<=; ))kept "[^"]*"')
_NAMED: Final = re.compile(
    r'"([^"]+)"|\bcalled ([^\s;]+?)\.?(?=[;\s]|$)|\bleave ([^\s;]+) out\b|([^\s;]+) is this \w+ itself\b'
)


def refused_words(note: str | None) -> frozenset[str]:
    """What *note* refuses, letter case and the sign before people left out."""
    if not note:
        return frozenset()
    named = (next(filter(None, found.groups())) for found in _NAMED.finditer(_KEPT.sub("", note)))
    return frozenset(_folded(word) for words in named for word in words.split(", "))


def stays(words: Iterable[str], note: str | None) -> tuple[str, ...]:
    """Those of *words* that *note* refuses."""
    refused = refused_words(note)
    return tuple(word for word in words if _folded(word) in refused)


def _folded(word: str) -> str:
    return word.strip().casefold().removeprefix("@")
