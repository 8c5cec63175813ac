"""In which order foreign items are taken in, and in which portions: what others refer to comes before them.

A circle of dependencies (or of parents) loses the edge that closes it, and says so. Where dependencies and parents
make a circle only together, as when a whole waits for its parts, an edge is drawn later, once both ends stand.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from dispatchd.documents.foreign.item import ForeignItem, KeptFact, Remark
from dispatchd.documents.foreign.kept_section import fitting
from dispatchd.domain.dataclass import dataclass

MOST_ITEMS: Final = 500
MOST_BYTES: Final = 1_200_000
"""Bytes of text in one portion, but for a circle that cannot be parted; a request has at most 4 MiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterEdge:
    """A reference to be drawn once `target` stands: `subject` has been opened without it."""

    subject: str
    key: str
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """Items to take in within one transaction, and the edges to draw after them.

    `coming` are sources these refer to that come in the same import, and so stand by then.
    """

    items: tuple[ForeignItem, ...]
    later: tuple[LaterEdge, ...] = ()
    coming: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportOrder:
    portions: tuple[Portion, ...]
    remarks: tuple[Remark, ...]


def order_items(items: Sequence[ForeignItem]) -> ImportOrder:
    """*items* in portions, what is referred to first."""
    remarks: list[Remark] = []
    by_source = {item.source: _fitting(item, remarks) for item in items}
    _cut_circles(by_source, "depends_on", remarks)
    _cut_circles(by_source, "parent", remarks)
    order, later = _ordered(by_source)
    for edge in later:
        by_source[edge.subject] = _without(by_source[edge.subject], edge.key, edge.target)
    return ImportOrder(
        portions=tuple(_portions([by_source[each] for each in order], later)), remarks=tuple(remarks)
    )


def _fitting(item: ForeignItem, remarks: list[Remark]) -> ForeignItem:
    """*item* with no more text than a file can hold."""
    fits, missing = fitting(item)
    if missing:
        what = "it is too long for a file; its end is left out"
        detail = f"{missing:,} characters"
        remarks.append(Remark(path=item.path, line=item.line, what=what, detail=detail, source=item.source))
    return fits


def _targets(item: ForeignItem, key: str) -> tuple[str, ...]:
    if key == "depends_on":
        return item.depends_on
    return (item.parent,) if item.parent else ()


def _without(item: ForeignItem, key: str, target: str) -> ForeignItem:
    if key == "depends_on":
        return replace(item, depends_on=tuple(each for each in item.depends_on if each != target))
    return replace(item, parent="")


def _cut_circles(by_source: dict[str, ForeignItem], key: str, remarks: list[Remark]) -> None:
    """Take the closing edge out of every circle that *key* makes."""

    def onward(source: str) -> Iterable[str]:
        return (each for each in _targets(by_source[source], key) if each in by_source)

    for source, target, circle in list(_back_edges(by_source, onward)):
        item, shown = by_source[source], " → ".join(circle)
        word = "depends on" if key == "depends_on" else "part of"
        left = KeptFact(key=word, text=f"{_short(target)} (left out: it closes a circle, {shown})")
        by_source[source] = replace(_without(item, key, target), kept=(*item.kept, left))
        verb = "waits for" if key == "depends_on" else "is part of"
        what = f"what it {verb} closes a circle; that edge is left out"
        remarks.append(Remark(path=item.path, line=item.line, what=what, detail=shown, source=source))


def _circle(path: Sequence[str], target: str) -> tuple[str, ...]:
    """The way from *target* along *path* back to it; of a long one, both ends."""
    begins = path.index(target)
    if len(path) - begins > 6:
        return (*path[begins : begins + 3], "…", *path[-2:], target)
    return (*path[begins:], target)


def _short(source: str) -> str:
    return source.partition(":")[2] or source


def _back_edges(
    nodes: Mapping[str, ForeignItem], onward: Callable[[str], Iterable[str]]
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Edges that lead back into the path on which they were found, with the circle they close."""
    done: set[str] = set()
    for root in nodes:
        if root in done:
            continue
        path, on_path, open_ends = [root], {root}, [iter(tuple(onward(root)))]
        while path:
            target = next(open_ends[-1], None)
            if target is None:
                open_ends.pop()
                last = path.pop()
                on_path.discard(last)
                done.add(last)
            elif target in on_path:
                yield path[-1], target, _circle(path, target)
            elif target not in done:
                path.append(target)
                on_path.add(target)
                open_ends.append(iter(tuple(onward(target))))


def _ordered(by_source: Mapping[str, ForeignItem]) -> tuple[list[str], list[LaterEdge]]:
    """What is referred to before what refers to it; edges that still lead in a circle are drawn later."""

    def onward(source: str) -> Iterator[tuple[str, str]]:
        item = by_source[source]
        for key, targets in (
            ("epic", (item.epic,)),
            ("parent", (item.parent,)),
            ("depends_on", item.depends_on),
        ):
            yield from ((key, each) for each in targets if each in by_source)

    order: list[str] = []
    later: list[LaterEdge] = []
    begun: set[str] = set()
    finished: set[str] = set()
    for root in by_source:
        waiting = [(root, onward(root))] if root not in begun else []
        begun.add(root)
        while waiting:
            source, edges = waiting[-1]
            key, target = next(edges, ("", ""))
            if not target:
                waiting.pop()
                finished.add(source)
                order.append(source)
            elif target not in begun:
                begun.add(target)
                waiting.append((target, onward(target)))
            elif target not in finished:
                later.append(LaterEdge(subject=source, key=key, target=target))
    return order, later


def _portions(items: Sequence[ForeignItem], later: Sequence[LaterEdge]) -> Iterator[Portion]:
    """*items* cut where no edge is still to be drawn across, unless a portion would grow too large for a request."""
    by_target: defaultdict[str, list[LaterEdge]] = defaultdict(list)
    known = {item.source for item in items}
    open_edges = 0
    for edge in later:
        by_target[edge.target].append(edge)
    beginning = {edge.subject: 0 for edge in later}
    for edge in later:
        beginning[edge.subject] += 1
    taken: list[ForeignItem] = []
    edges: list[LaterEdge] = []
    size = 0
    for item in items:
        weight = _weight(item)
        is_full = len(taken) >= MOST_ITEMS or size + weight > MOST_BYTES
        if taken and is_full and (not open_edges or size + weight > 2 * MOST_BYTES):
            yield _portion(taken, edges, known)
            taken, edges, size = [], [], 0
        taken.append(item)
        size += weight
        open_edges += beginning.get(item.source, 0) - len(by_target.get(item.source, ()))
        edges.extend(by_target.get(item.source, ()))
    if taken:
        yield _portion(taken, edges, known)


def _portion(items: Sequence[ForeignItem], later: Sequence[LaterEdge], known: Collection[str]) -> Portion:
    referred = {each for item in items for each in (item.parent, item.epic, *item.depends_on)}
    return Portion(items=tuple(items), later=tuple(later), coming=tuple(sorted(referred.intersection(known))))


def _weight(item: ForeignItem) -> int:
    """About how many bytes *item* has in a request."""
    said = [item.title, item.body, *item.depends_on, *item.depends_on, *item.labels]
    said.extend(comment.text for comment in item.comments)
    said.extend(fact.text for fact in item.kept)
    return 500 + sum(len(text) if text.isascii() else len(text.encode()) for text in said)
