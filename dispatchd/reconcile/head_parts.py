"""A front matter cut into what can be merged apart: each key with its lines, and each line that is no key's.

The daemon's own notes are no part of anything: they are written again from what is known.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from dispatchd.documents.front_matter import FrontMatter
from dispatchd.documents.key_rewrite import without_note
from dispatchd.documents.key_schema import canonical_key
from dispatchd.documents.notes import note_on_own_line
from dispatchd.domain.dataclass import dataclass

PartKey = tuple[str, int]
"""A key in canonical spelling, and the how-manieth of its name it is; no name for a loose line."""

REV: Final[PartKey] = ("rev", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The lines of one key, without notes and line ends, or one loose line; and where they stand."""

    key: PartKey = ("", 0)
    lines: tuple[str, ...]
    above: int
    """The first line of the notes directly above, or `first`."""
    first: int
    last: int
    is_fact: bool = False
    """Whether it is a known key that can be read, whose value is merged as a field."""


def parts_of(front: FrontMatter) -> list[Part]:
    """The parts of *front*, top to bottom."""
    layout = front.layout
    if layout.opening is None or layout.closing is None:
        return []
    parts: list[Part] = []
    seen: dict[str, int] = {}
    at = layout.opening + 1
    for written, first, last, _ in layout.keys:
        above = first
        while above > at and note_on_own_line(layout.lines[above - 1]) is not None:
            above -= 1
        parts.extend(_loose(front, at, above))
        name = canonical_key(written) or written
        number = seen.get(name, 0)
        seen[name] = number + 1
        lines = layout.lines[first : last + 1]
        is_known = written not in front.unknown
        entry = front.entries.get(name) if is_known else None
        bare = without_note(lines, name) if is_known else lines
        parts.append(
            Part(
                key=(name, number),
                lines=tuple(line.rstrip("\r\n") for line in bare),
                above=above,
                first=first,
                last=last,
                is_fact=entry is not None and entry.is_readable and number == 0,
            )
        )
        at = last + 1
    return [*parts, *_loose(front, at, layout.closing)]


def _loose(front: FrontMatter, start: int, stop: int) -> Iterable[Part]:
    for at in range(start, stop):
        line = front.layout.lines[at]
        if note_on_own_line(line) is None:
            yield Part(lines=(line.rstrip("\r\n"),), above=at, first=at, last=at)


def keyed(parts: Iterable[Part]) -> Mapping[PartKey, Part]:
    """The keys among *parts*, in their order."""
    return {part.key: part for part in parts if part.key[0]}
