r"""Changes a few files in the list that git keeps of a folder, without reading the rest of it.

Such a list (a tree object) is entry after entry, `<mode> <name>\0<id>`, in the order of the names, a folder's name
with a slash behind it. Pure bytes; where the list comes from and what becomes of the new one is large_folders'.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

FILE_MODE: Final = b"100644"
_FOLDER: Final = b"40000"
_WINDOW: Final = 1 << 16
"""Bytes between two places that are looked at to find an entry; a name is shorter by far."""


def patched(listing: bytes, files: Mapping[bytes, bytes | None], id_size: int) -> bytes:
    """*listing* with each of *files* set to its id, raw bytes, or taken away (None).

    A folder of that name gives way to the file, and goes with it. Ids have *id_size* bytes. Raises ValueError where *listing* is none.
    """
    entry = _entry_pattern(id_size)
    starts = _starts(listing, entry, id_size)
    edits = [edit for name, new in files.items() for edit in _edits(listing, starts, entry, name, new)]
    edits.sort()
    whole = memoryview(listing)
    parts: list[bytes | memoryview] = []
    place = 0
    for start, end, new in edits:
        parts += (whole[place:start], new)
        place = end
    return b"".join((*parts, whole[place:]))


@lru_cache(maxsize=2)
def _entry_pattern(id_size: int) -> re.Pattern[bytes]:
    return re.compile(rb"([0-7]+) ([^\0]+)\0.{%d}" % id_size, re.DOTALL)


@lru_cache(maxsize=2)
def _entries_pattern(id_size: int) -> re.Pattern[bytes]:
    return re.compile(rb"(?:[^\0]+\0.{%d})*" % id_size, re.DOTALL)


def _starts(listing: bytes, entry: re.Pattern[bytes], id_size: int) -> list[tuple[bytes, int]]:
    """Some entries, no more than a window apart, by key and place: where an entry begins shows only from the start."""
    entries = _entries_pattern(id_size)
    found: list[tuple[bytes, int]] = []
    place = 0
    while place < len(listing):
        first = entry.match(listing, place)
        found_end = entries.match(listing, place, place + _WINDOW)
        if first is None or found_end is None or found_end.end() == place:
            raise ValueError(f"what stands at byte {place} is no entry of a folder")
        found.append((_key(first), place))
        place = found_end.end()
    return found


def _edits(
    listing: bytes,
    starts: list[tuple[bytes, int]],
    entry: re.Pattern[bytes],
    name: bytes,
    new: bytes | None,
) -> list[tuple[int, int, bytes]]:
    """What to replace by what: first and last byte, and the new ones."""
    line = b"" if new is None else b"%b %b\0%b" % (FILE_MODE, name, new)
    file_at = _span(listing, starts, entry, name)
    folder_at = _span(listing, starts, entry, name + b"/")
    return [(*file_at, line), (*folder_at, b"")]


def _span(
    listing: bytes, starts: list[tuple[bytes, int]], entry: re.Pattern[bytes], key: bytes
) -> tuple[int, int]:
    """Where the entry of *key* stands; where it is to stand, an empty span, if there is none."""
    near = bisect_right(starts, key, key=lambda start: start[0]) - 1
    place = starts[near][1] if near >= 0 else 0
    while (found := entry.match(listing, place)) is not None:
        standing = _key(found)
        if standing == key:
            return found.span()
        if standing > key:
            break
        place = found.end()
    return place, place


def _key(entry: re.Match[bytes]) -> bytes:
    """What entries are sorted by."""
    mode, name = entry.groups()
    # Some old programs wrote the mode of a folder with a zero before it.
    return name + b"/" if mode.lstrip(b"0") == _FOLDER else name
