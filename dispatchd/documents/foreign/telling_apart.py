"""Items that share an id: the oldest keeps it, each other one gets a mark behind it that its own beginning makes.

The same content twice is one item. The mark depends on nothing but the item, so that a second import finds it again,
and an id that was given anew over there does not pass for what is here already.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from dispatchd.documents.foreign.item import ForeignItem, Haul, LeftOut

_LAST: Final = datetime.max.replace(tzinfo=UTC)


def _anyone(_item: ForeignItem) -> bool:
    return True


def tell_apart(haul: Haul, is_meant: Callable[[ForeignItem], bool] = _anyone) -> None:
    """Give every item of *haul* a source of its own, and say where that was needed.

    A reference to an id that several have means the one of them that *is_meant*, where that is clear.
    """
    by_source: defaultdict[str, list[ForeignItem]] = defaultdict(list)
    for item in haul.items:
        by_source[item.source].append(item)
    told: dict[int, ForeignItem | None] = {}
    meant: dict[str, str] = {}
    for source, items in by_source.items():
        if len(items) > 1:
            apart = _told_apart(items, haul)
            told.update(apart)
            preferred = [each for each in apart.values() if each is not None and is_meant(each)]
            if len(preferred) == 1:
                meant[source] = preferred[0].source
    if told:
        standing = (told.get(id(item), item) for item in haul.items)
        haul.items[:] = [_referring(item, meant) for item in standing if item is not None]


def _told_apart(items: Sequence[ForeignItem], haul: Haul) -> dict[int, ForeignItem | None]:
    # Those of one age stay in the order in which they were read: the sort is stable.
    first, *others = sorted(items, key=lambda item: item.created or _LAST)
    told: dict[int, ForeignItem | None] = {id(first): first}
    kept, marks = [first], {""}
    for item in others:
        same = next((each for each in kept if _content(each) == _content(item)), None)
        if same is not None:
            twin = f"{same.path}:{same.line}"
            why = "it says the same as another"
            haul.left_out.append(
                LeftOut(path=item.path, line=item.line, why=why, detail=twin, source=item.source)
            )
            told[id(item)] = None
            continue
        mark = next((each for each in _marks(item) if each not in marks), "")
        marks.add(mark)
        kept.append(item)
        renamed = replace(item, source=f"{item.source}~{mark}")
        told[id(item)] = renamed
        detail = f"{item.source} is {first.path}:{first.line}; this one is {renamed.source}"
        haul.remark(renamed, "its id is used twice; the oldest keeps it", detail)
    return told


def _content(item: ForeignItem) -> ForeignItem:
    return replace(item, path="", line=0, source="")


def _marks(item: ForeignItem) -> Sequence[str]:
    """Marks to choose from: a title may be changed over there, the moment it was made is not."""
    made = item.created.isoformat() if item.created else ""
    return [_digest(each) for each in (made or item.title, made + item.title, made + item.title + item.body)]


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:6]


def _referring(item: ForeignItem, meant: Mapping[str, str]) -> ForeignItem:
    if item.parent not in meant and not any(each in meant for each in item.depends_on):
        return item
    parent = meant.get(item.parent, item.parent)
    return replace(item, parent=parent, depends_on=tuple(meant.get(each, each) for each in item.depends_on))
