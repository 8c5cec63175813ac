"""Two units of work that the tests of the store use."""

from collections.abc import Callable

from dispatchd.application.ports.unit_of_work import UnitOfWork

SOON = 20


def put(value: str, key: str = "k") -> Callable[[UnitOfWork], None]:
    return lambda unit: unit.set_note(key, value)


def note(unit: UnitOfWork) -> str | None:
    return unit.note("k")
