"""New files that name what is not there yet: they wait for it as long as it may come, and no longer.

What a file names may be another new file that is taken after it. Whether it came is found out by trying again.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Mapping
from dataclasses import field

from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.identifiers import DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLook:
    """What was so when a file was last tried: how many entities there were, which id it says it has, and which was not
    there.
    """

    population: int
    written: str | None
    missed: str | None = None


@dataclass(slots=True)
class SecondLooks:
    """Kept across units of work; longest waiting first."""

    _looks: dict[DocumentPath, EarlierLook] = field(default_factory=dict)
    _by_id: dict[str, DocumentPath] = field(default_factory=dict)

    def turns(self) -> Mapping[DocumentPath, int]:
        """In which order to try: what has not been looked at comes before what waits, and that in the order in which
        one waits for another. So a portion of a long chain is one that hangs together, and is taken whole.
        """
        waiting: dict[str | None, list[DocumentPath]] = defaultdict(list)
        for path, look in self._looks.items():
            waiting[look.missed].append(path)
        known = self._by_id.keys() | self._looks.keys()  # a file is missed by its id, or by its place
        free = deque(path for path, look in self._looks.items() if look.missed not in known)
        order: dict[DocumentPath, int] = defaultdict(int)
        while free:
            path = free.popleft()
            order[path] = len(order) + 1
            written = self._looks[path].written
            free.extend(waiting.pop(written, ()) if written is not None else ())
            free.extend(waiting.pop(path, ()))
        for path in self._looks:  # what is left waits for each other
            if path not in order:
                order[path] = len(order) + 1
        return order

    def begin(self, path: DocumentPath) -> EarlierLook | None:
        """The file at *path* is tried now, and waits no more; what was so the last time."""
        look = self._looks.pop(path, None)
        if look is not None and look.written is not None:
            self._by_id.pop(look.written, None)
        return look

    def wait(self, path: DocumentPath, look: EarlierLook) -> None:
        """The file at *path* is to be tried again, after all others."""
        self._looks[path] = look
        if look.written is not None:
            self._by_id[look.written] = path

    def may_come_to(
        self, places: Collection[DocumentPath], earlier: EarlierLook | None, population: int
    ) -> bool:
        """The same of files that are named by their places: others wait that stand there, and something moves."""
        if earlier is None or not places:
            return bool(places)
        return earlier.population != population and not self._looks.keys().isdisjoint(places)

    def may_come(self, named: Collection[str], earlier: EarlierLook | None, population: int) -> bool:
        """Whether one of *named* may still be adopted: others wait that say they are it, and something moves."""
        if earlier is None:
            return True
        return earlier.population != population and not self._by_id.keys().isdisjoint(named)
