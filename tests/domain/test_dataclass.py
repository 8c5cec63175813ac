"""Our value classes are those of the standard library; only making them is another matter."""

import copy
import dataclasses
import inspect
import pickle
import re
import threading
from collections.abc import Callable
from dataclasses import FrozenInstanceError, asdict, field, fields
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from dispatchd.domain.dataclass import dataclass, replace

T = TypeVar("T")
Decorator = Callable[..., Any]
BOTH = pytest.mark.parametrize("decorator", [dataclass, dataclasses.dataclass], ids=["ours", "theirs"])


def shapes(decorator: Decorator) -> dict[str, Any]:
    """The shapes that classes have, made by *decorator*."""

    @decorator(frozen=True, slots=True, kw_only=True)
    class Point:
        KINDS: ClassVar[tuple[str, ...]] = ("point",)
        x: int
        y: int = 0
        tags: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False)
        secret: str = field(default="s", repr=False)

        @property
        def total(self) -> int:
            return self.x + self.y

    @decorator(frozen=True, slots=True, kw_only=True)
    class Deep(Point):
        z: int = 3
        doubled: int = field(init=False, default=0)

        def __post_init__(self) -> None:
            if self.z < 0:
                raise ValueError(self.z)
            object.__setattr__(self, "doubled", 2 * self.z)

    @decorator(frozen=True, slots=True)
    class Placed:
        name: str
        size: int = 1

    return {kind.__name__: kind for kind in (Point, Deep, Placed)} | odd_shapes(decorator)


def odd_shapes(decorator: Decorator) -> dict[str, Any]:
    """Those that few classes have."""

    @decorator(frozen=True, slots=True, kw_only=True)
    class Box(Generic[T]):
        """Holds something."""

        held: T

    @decorator(frozen=True, slots=True, kw_only=True)
    class Nothing:
        pass

    @decorator(frozen=True, slots=True, kw_only=True)
    class Alike:  # noqa: PLW1641 -- that it has no hash of its own is what is tried
        name: str

        def __eq__(self, other: object) -> bool:
            return True

        def __repr__(self) -> str:
            return "alike"

    return {kind.__name__: kind for kind in (Box, Nothing, Alike)} | changing_shapes(decorator)


def changing_shapes(decorator: Decorator) -> dict[str, Any]:
    """Those whose values change."""

    @decorator(slots=True)
    class Counted:
        name: str
        count: int = 0
        seen: list[str] = field(default_factory=list)

        def __post_init__(self) -> None:
            self.name = self.name.upper()

    @decorator(slots=True, kw_only=True)
    class More(Counted):
        most: int = 9

        def __init__(self, *, most: int) -> None:
            Counted.__init__(self, "more", most)  # type: ignore[call-arg]
            self.most = most

    return {"Counted": Counted, "More": More}


def made(decorator: Decorator) -> dict[str, Any]:
    kinds = shapes(decorator)
    return {
        "point": kinds["Point"](x=1),
        "same": kinds["Point"](x=1, note="not compared"),
        "other": kinds["Point"](x=1, y=2, tags=["a"]),
        "deep": kinds["Deep"](x=1, z=4),
        "placed": kinds["Placed"]("a"),
        "by name": kinds["Placed"](size=2, name="a"),
        "box": kinds["Box"](held=(1, 2)),
        "nothing": kinds["Nothing"](),
        "alike": kinds["Alike"](name="a"),
        "counted": kinds["Counted"]("a", 2),
        "counted so too": kinds["Counted"](count=2, name="A"),
        "more": kinds["More"](most=2),
    }


def told(found: dict[str, Any]) -> dict[str, Any]:
    """All that can be seen of the values, but which decorator made their classes."""
    return {
        name: (
            re.sub(r"\w*shapes\.<locals>\.", "", repr(value)),
            [(each.name, each.init, each.compare, each.kw_only) for each in fields(value)],
            asdict(value),
            type(value).__doc__ if name == "box" else None,
            type(value).__match_args__,
            type(value).__slots__,
            hasattr(value, "__dict__"),
            [other for other in found if found[other] == value],
        )
        for name, value in found.items()
    }


def test_they_look_and_compare_alike() -> None:
    assert told(made(dataclass)) == told(made(dataclasses.dataclass))


@BOTH
def test_equal_ones_have_one_hash_and_what_cannot_be_hashed_says_so(decorator: Decorator) -> None:
    kinds = shapes(decorator)
    assert hash(kinds["Placed"]("a")) == hash(kinds["Placed"](name="a"))
    assert hash(kinds["Placed"]("a")) != hash(kinds["Placed"]("b"))
    assert {kinds["Nothing"](), kinds["Nothing"]()} == {kinds["Nothing"]()}
    for value in (kinds["Point"](x=1), kinds["Box"](held=[])):
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


@BOTH
def test_they_are_frozen_and_take_nothing_new(decorator: Decorator) -> None:
    point = shapes(decorator)["Point"](x=1)
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'x'"):
        point.x = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'x'"):
        del point.x
    with pytest.raises((FrozenInstanceError, TypeError, AttributeError)):
        point.new = 1
    assert (point.x, point.total, point.KINDS) == (1, 1, ("point",))


@BOTH
def test_what_is_missing_or_unknown_is_refused(decorator: Decorator) -> None:
    kinds = shapes(decorator)
    for wrong in ({}, {"x": 1, "w": 2}):
        with pytest.raises(TypeError, match="__init__"):
            kinds["Point"](**wrong)
    with pytest.raises(TypeError, match="positional"):
        kinds["Point"](1)
    with pytest.raises(ValueError, match="-1"):
        kinds["Deep"](x=1, z=-1)


REPLACES = pytest.mark.parametrize("replaced", [replace, dataclasses.replace], ids=["ours", "theirs"])


@BOTH
@REPLACES
def test_one_is_replaced_by_one_with_the_changes_alone(
    decorator: Decorator, replaced: Callable[..., Any]
) -> None:
    kinds = shapes(decorator)
    for value, changes in ((kinds["Point"](x=1, note="n"), {"y": 2}), (kinds["Box"](held=1), {"held": 2})):
        changed = replaced(value, **changes)
        assert asdict(changed) == asdict(value) | changes
        assert replaced(value) == value
        with pytest.raises(TypeError):
            replaced(value, another=1)


@BOTH
@REPLACES
def test_a_replaced_one_is_checked_and_made_anew(decorator: Decorator, replaced: Callable[..., Any]) -> None:
    deep = shapes(decorator)["Deep"](x=1, z=4)
    changed = replaced(deep, z=5)
    assert (changed.x, changed.z, changed.doubled, changed.tags) == (1, 5, 10, [])
    with pytest.raises(ValueError, match="-1"):
        replaced(deep, z=-1)
    assert deep.z == 4


@BOTH
def test_each_has_its_own_from_a_factory(decorator: Decorator) -> None:
    kind = shapes(decorator)["Point"]
    assert kind(x=1).tags is not kind(x=1).tags


@BOTH
def test_copies_are_equal(decorator: Decorator) -> None:
    value = shapes(decorator)["Point"](x=1, tags=["a"])
    assert copy.copy(value) == value
    deep = copy.deepcopy(value)
    assert (deep == value, deep.tags is value.tags) == (True, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One that a pickle can name."""

    name: str


def test_one_is_pickled() -> None:
    assert pickle.loads(pickle.dumps(Kept(name="a"))) == Kept(name="a")  # noqa: S301 -- our own


@BOTH
def test_those_that_change_have_no_hash(decorator: Decorator) -> None:
    value = shapes(decorator)["Counted"]("a")
    value.count += 1
    assert (value.count, value == shapes(decorator)["Counted"]("a")) == (1, False)
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)
    with pytest.raises(AttributeError):
        value.new = 1


def test_how_they_are_made_is_told_before_one_was_made() -> None:
    ours, theirs = shapes(dataclass), shapes(dataclasses.dataclass)
    for name in ours:
        asked = [list(inspect.signature(kind).parameters) for kind in (ours[name], theirs[name])]
        assert asked[0] == asked[1], name
    assert ours["Deep"].__init__.__qualname__.endswith("Deep.__init__")


def test_threads_that_make_the_first_value_together_make_alike_ones() -> None:
    for _ in range(20):
        kind = shapes(dataclass)["Deep"]
        made_by_all: list[Any] = []
        gate = threading.Barrier(4)

        def make(kind: Any = kind, found: list[Any] = made_by_all, gate: threading.Barrier = gate) -> None:
            gate.wait()
            found.append(kind(x=1, z=4))

        threads = [threading.Thread(target=make) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert made_by_all == [kind(x=1, z=4)] * 4
