"""Which keys of a front matter are known, how each is written, and who owns it.

The tables themselves stand with the documents they describe; here is only their form.
"""

from collections.abc import Iterable, Iterator
from dataclasses import field
from enum import StrEnum
from functools import lru_cache
from typing import Final

from dispatchd.domain.dataclass import dataclass

Value = str | tuple[str, ...] | None
"""What a known key holds; None where the key stands there with nothing behind it."""

WHOLE_LINE_KEYS: Final = frozenset({"title"})
"""Keys whose value is the whole rest of the line, `#` and `:` included."""


class Shape(StrEnum):
    """How the value of a key is written."""

    TEXT_LINE = "text line"
    SCALAR = "scalar"
    LIST = "list"


class Owner(StrEnum):
    """Whose word counts for a key."""

    SHARED = "shared"
    DAEMON = "daemon"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """One known key."""

    name: str
    shape: Shape
    owner: Owner = Owner.SHARED


@lru_cache(maxsize=4096)
def canonical_key(written: str) -> str:
    """*written* as known keys are spelled: `Depends on` and `depends-on` are `depends_on`."""
    return "_".join(written.lower().replace("-", " ").replace("_", " ").split())


@dataclass(frozen=True, slots=True, eq=False)
class KeySchema:
    """The known keys of one kind of document; each is a constant, and the same only as itself."""

    keys: tuple[KnownKey, ...]
    by_name: dict[str, KnownKey] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {key.name: key for key in self.keys})

    @classmethod
    def of(
        cls,
        *,
        text: Iterable[str] = (),
        scalar: Iterable[str] = (),
        lists: Iterable[str] = (),
        daemon: Iterable[str] = (),
    ) -> "KeySchema":
        """A schema from names by shape; *daemon* names those of them that are the daemon's own."""
        shapes = ((Shape.TEXT_LINE, text), (Shape.SCALAR, scalar), (Shape.LIST, lists))
        owned = frozenset(daemon)
        return cls(
            tuple(
                KnownKey(name=name, shape=shape, owner=Owner.DAEMON if name in owned else Owner.SHARED)
                for shape, names in shapes
                for name in names
            )
        )

    def find(self, written: str) -> KnownKey | None:
        """The known key that *written* spells, case, dashes and spaces forgiven."""
        return self.by_name.get(written) or self.by_name.get(canonical_key(written))

    def __iter__(self) -> Iterator[KnownKey]:
        return iter(self.keys)

    def __contains__(self, name: str) -> bool:
        return name in self.by_name
