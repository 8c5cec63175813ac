"""What an agent says, as it can be kept: JSON can spell half characters and numbers that no file and no row can hold."""

from dataclasses import fields, replace
from typing import Any, Final, TypeVar, cast

from dispatchd.domain.agent_run import Spent

T = TypeVar("T")
MOST: Final = 1 << 53
"""Of tokens, or of millionths of a dollar, in one run."""


def keepable(event: T) -> T:
    """*event* with whole characters, and with counts that are counts."""
    made = cast("Any", event)
    changed: dict[str, Any] = {}
    for each in fields(made):
        value = getattr(made, each.name)
        kept = _kept(value)
        if kept is not value and kept != value:
            changed[each.name] = kept
    return cast("T", replace(made, **changed)) if changed else event


def _kept(value: Any) -> Any:
    match value:
        case str():
            return type(value)(value.encode("utf-8", "replace").decode()) if not value.isascii() else value
        case tuple():
            return tuple(_kept(each) for each in value)
        case Spent():
            counts: dict[str, Any] = {each.name: _count(getattr(value, each.name)) for each in fields(value)}
            return replace(value, **counts)
        case _:
            return value


def _count(value: int | None) -> int | None:
    return None if value is None else max(0, min(value, MOST))
