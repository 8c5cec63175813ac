"""`dataclass` as in the standard library, with a fifth of what it costs there to make a class.

There are some six hundred such classes here, and the standard library compiles six functions for each of them: half of
what it takes to start a daemon, and a third of a command (Python 3.11; docs/performance.md has the numbers). Here its own
`dataclass` finds the fields, `__init__` alone is compiled, when the first value is made, and the other methods are shared
or closures. What else there is (`fields`, `asdict`, matching, copies) works as ever, and to a type checker this
is the original.
"""

import dataclasses
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

__all__ = ["dataclass", "replace"]

_VALUE: Final = {"frozen": True, "slots": True}
_RECORD: Final = {"slots": True}
_MADE_NEW: Final = frozenset({"__dict__", "__weakref__"})
_FROM_FACTORY: Final = object()
"""Stands in the place of an argument that was not given and whose default a factory makes."""


if TYPE_CHECKING:
    from dataclasses import dataclass, replace
else:

    def dataclass(cls: type | None = None, /, **options: bool) -> Any:
        """The decorator. What has no slots, or does not compare by its fields, is made by the standard library."""
        if cls is None:
            return lambda made: dataclass(made, **options)
        asked = {name: value for name, value in options.items() if name != "kw_only"}
        if asked in (_VALUE, _RECORD):
            return _class_with_slots(cls, by_name=options.get("kw_only", False), is_frozen="frozen" in asked)
        return dataclasses.dataclass(**options)(cls)

    def replace(value: Any, /, **changes: Any) -> Any:
        """One like *value* but for its *changes*; the standard library looks at each field by itself, each time."""
        names, values = _arguments_of(value.__class__)
        return value.__class__(**(dict(zip(names, values(value), strict=True)) | changes))


@cache
def _arguments_of(cls: type) -> tuple[tuple[str, ...], Callable[[object], tuple[Any, ...]]]:
    """What a value of *cls* is made of, and what gives that of one."""
    names = tuple(field.name for field in dataclasses.fields(cls) if field.init)
    if len(names) > 1:
        return names, attrgetter(*names)
    return names, lambda value: tuple(getattr(value, name) for name in names)


def _class_with_slots(cls: type, *, by_name: bool, is_frozen: bool) -> type:
    if cls.__doc__ is None:
        cls.__doc__ = (
            cls.__name__
        )  # else a signature is worked out for it, which takes longer than all the rest
    found = dataclasses.fields(dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=by_name)(cls))
    names = {field.name for field in found}
    inherited = {slot for base in cls.__mro__[1:-1] for slot in base.__dict__.get("__slots__", ())}
    init = _InitWhenNeeded(found, "_set_{}(self, {})" if is_frozen else "self.{} = {}")
    methods = {
        "__init__": init,
        "__repr__": _told,
        **_comparing(found),
        **(_FROZEN if is_frozen else _MUTABLE),
    }
    own = {name: value for name, value in cls.__dict__.items() if name not in names | _MADE_NEW}
    if is_frozen and own.get("__hash__", _VALUE) is None:
        del own["__hash__"]  # set by Python where a class compares in a way of its own
    slots = tuple(field.name for field in found if field.name not in inherited)
    made = type(cls)(cls.__name__, cls.__bases__, {**methods, **own, "__slots__": slots})
    made.__qualname__ = cls.__qualname__
    return made


class _InitWhenNeeded:
    """Stands for `__init__` until anybody looks it up, and then has it compiled and put into its place.

    A command makes values of a fifth of the classes that it loads.
    """

    __slots__ = ("_found", "_owner", "_setting")
    _owner: Any

    def __init__(self, found: tuple[dataclasses.Field[Any], ...], setting: str) -> None:
        self._found = found
        self._setting = setting

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner = owner

    def __get__(self, value: object, _: type | None = None) -> Any:
        # Two threads may come here at once: each makes the same function, and one of them stays.
        init = self._owner.__init__ = _init_of(self._owner, self._found, self._setting)
        return init if value is None else init.__get__(value)


def _init_of(cls: type, found: tuple[dataclasses.Field[Any], ...], setting: str) -> Any:
    """The one method that is compiled: it is called most, and has an argument for each field."""
    # The slots' own setters: `object.__setattr__` would look each of them up by its name, for every value that is made.
    known: dict[str, object] = {f"_set_{field.name}": getattr(cls, field.name).__set__ for field in found}
    known["_made"] = _FROM_FACTORY
    by_place: list[str] = []
    by_name: list[str] = []
    lines: list[str] = []
    for field in (each for each in found if each.init):
        name, value = field.name, field.name
        argument = name
        if field.default is not dataclasses.MISSING:
            known[f"_of_{name}"] = field.default
            argument = f"{name}=_of_{name}"
        elif field.default_factory is not dataclasses.MISSING:
            known[f"_of_{name}"] = field.default_factory
            argument, value = f"{name}=_made", f"_of_{name}() if {name} is _made else {name}"
        (by_name if field.kw_only else by_place).append(argument)
        lines.append(" " + setting.format(name, value))
    if hasattr(cls, "__post_init__"):
        lines.append(" self.__post_init__()")
    arguments = ", ".join(["self", *by_place, *(["*", *by_name] if by_name else [])])
    exec("\n".join([f"def __init__({arguments}):", *(lines or [" pass"])]), known)  # noqa: S102 -- names of fields alone
    init: Any = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    init.__module__ = cls.__module__
    return init


def _comparing(found: tuple[dataclasses.Field[Any], ...]) -> dict[str, Any]:
    names = [field.name for field in found if field.compare]
    values = attrgetter(*names) if names else lambda _: ()

    def equals(self: object, other: object) -> Any:
        return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

    def hashed(self: object) -> int:
        return hash(values(self))

    return {"__eq__": equals, "__hash__": hashed}


def _told(self: Any) -> str:
    shown = (
        f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr
    )
    return f"{self.__class__.__qualname__}({', '.join(shown)})"


def _refuse_to_set(self: object, name: str, value: object) -> None:  # noqa: ARG001 -- as every class has it
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: object, name: str) -> None:  # noqa: ARG001 -- as every class has it
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)


_MUTABLE: Final[dict[str, Any]] = {"__hash__": None}
_FROZEN: Final[dict[str, Any]] = {
    "__setattr__": _refuse_to_set,
    "__delattr__": _refuse_to_delete,
    "__getstate__": _state,
    "__setstate__": _set_state,
}
