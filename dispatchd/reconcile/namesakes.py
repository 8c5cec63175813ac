"""Two files of one name, made apart from each other: whether they are one document, and what the second is called."""

import re
from collections.abc import Collection, Iterator
from itertools import count
from typing import Final

from dispatchd.domain.identifiers import DocumentPath

_ID: Final = re.compile(r"^id:[ \t]*[\"']?([a-z]-[0-9a-z]+)", re.IGNORECASE | re.MULTILINE)


def id_in(text: str) -> str | None:
    """The id that *text* says it has."""
    found = _ID.search(text)
    return found[1].lower() if found else None


def are_two(one: str, other: str) -> bool:
    """Whether these are texts of two documents: other ids, or words in both that the other has not."""
    ids = id_in(one), id_in(other)
    if None not in ids:
        return ids[0] != ids[1]
    words = [{line.strip() for line in text.splitlines() if line.strip()} for text in (one, other)]
    return not (words[0] <= words[1] or words[1] <= words[0])


def next_free(path: DocumentPath, taken: Collection[DocumentPath]) -> DocumentPath:
    """*path* with the first number behind its name that makes it one nobody has."""
    return next(each for each in numbered(path) if each not in taken)


def numbered(path: DocumentPath) -> Iterator[DocumentPath]:
    """*path* with a number behind its name: two, and so on."""
    stem, dot, ending = path.rpartition(".")
    return (DocumentPath(f"{stem}-{number}{dot}{ending}") for number in count(2))
