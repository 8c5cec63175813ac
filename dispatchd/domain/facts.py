"""Reading and setting a fact of an entity by its key: the bridge between the text of events and typed fields."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from enum import Enum
from typing import Any, Final

from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.fact_keys import deadline_text
from dispatchd.domain.identifiers import EntityId
from dispatchd.domain.issue import Issue, Priority, Role
from dispatchd.domain.moments import deadline_of
from dispatchd.domain.proposal import Proposal, Threshold

_FIELD: Final = {"from": "sender"}
_TYPED: Final[Mapping[tuple[type[Entity], str], Callable[[str], object]]] = {
    (Issue, "priority"): Priority,
    (Issue, "role"): Role,
    (Issue, "parent"): EntityId,
    (Issue, "epic"): EntityId,
    (Proposal, "threshold"): Threshold,
    (Proposal, "deadline"): deadline_of,
    (Proposal, "decision"): EntityId,
    (Agent, "paused"): lambda text: text == "true",
}


def value_of(entity: Entity, key: str) -> str | None:
    """The value of *key* as a file spells it; None where there is none."""
    value = getattr(entity, _FIELD.get(key, key))
    match value:
        case None:
            return None
        case Enum():
            return str(value.value)
        case bool():
            return "true" if value else "false"
        case datetime():
            return deadline_text(value)
        case _:
            return str(value)


def members_of(entity: Entity, key: str) -> tuple[str, ...]:
    """The members of the set *key*, in the order they are written."""
    return tuple(str(member) for member in getattr(entity, key))


def with_value(entity: Entity, key: str, value: str | None) -> Entity:
    """*entity* with another value of *key*."""
    read = _TYPED.get((type(entity), key), str)
    changed: dict[str, Any] = {_FIELD.get(key, key): None if value is None else read(value)}
    return replace(entity, **changed)


def with_members(entity: Entity, key: str, members: tuple[str, ...]) -> Entity:
    """*entity* with other members of the set *key*."""
    changed: dict[str, Any] = {key: members}
    return replace(entity, **changed)
