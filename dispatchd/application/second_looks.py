"""New files that name what is not there yet: they wait for it as long as it may come, and no longer.

What a file names may be another new file that is taken after it. Whether it came is found out by trying again.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from dispatchd.domain.identifiers import DocumentPath


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierLook:
    """What was so when a file was last tried: how many entities there were, and which id it says it has."""

    population: int
    written: str | None


@dataclass(slots=True)
class SecondLooks:
    """Kept across units of work; longest waiting first."""

    _looks: dict[DocumentPath, EarlierLook] = field(default_factory=dict)
    _by_id: dict[str, DocumentPath] = field(default_factory=dict)

    def turns(self) -> Mapping[DocumentPath, int]:
        """In which order to try: what has not been looked at comes before what waits."""
        return defaultdict(int, {path: turn for turn, path in enumerate(self._looks, start=1)})

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

    def may_come(self, named: Collection[str], earlier: EarlierLook | None, population: int) -> bool:
        """Whether one of *named* may still be adopted: others wait that say they are it, and something moves."""
        if earlier is None:
            return True
        return earlier.population != population and not self._by_id.keys().isdisjoint(named)
