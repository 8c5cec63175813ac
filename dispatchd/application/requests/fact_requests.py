"""`set`: which facts of an entity are to change, from words like `priority=high` and `labels+=auth`.

Words are forgiven here as they are in a file; ids and people are looked up. Whether the change is allowed is left to
the rules.
"""

import re
from typing import Final

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.requests.lookup import entity_named, epic_named, handle_of, id_of, issue_named
from dispatchd.application.requests.request import Request
from dispatchd.documents.key_schema import canonical_key
from dispatchd.documents.vocabulary import bare_reference
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.command import ChangeSet, Command, MoveIssue, SetFact
from dispatchd.domain.dataclass import dataclass
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.errors import Rejected
from dispatchd.domain.fact_keys import KEYS, nearest, spelling, words_for
from dispatchd.domain.facts import members_of
from dispatchd.domain.identifiers import EntityId, EntityKind
from dispatchd.domain.issue import Issue, IssueStatus, Role
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.wording import listed, one_of
from dispatchd.reconcile.issue_intents import late_keys

_CHANGE: Final = re.compile(r"(?P<key>[\w -]+?)\s*(?P<operator>\+=|-=|=)(?P<value>.*)", re.DOTALL)
_KIND: Final = {
    Issue: EntityKind.ISSUE,
    Epic: EntityKind.EPIC,
    Proposal: EntityKind.PROPOSAL,
    Agent: EntityKind.AGENT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """One `key=value`, `key+=value` or `key-=value` as typed."""

    key: str
    operator: str
    value: str


def plan_set(work: UnitOfWork, request: Request) -> tuple[Command, ...]:
    """The commands of one `set`: facts in the order typed, a status and an assignee as a saved file has them."""
    entity = entity_named(work, request.text("id"), tuple(_KIND.values()), request.text("noun"))
    if isinstance(entity, Decision):
        raise Rejected(f"{entity.id} is a decision, and decisions are written once")
    changes = [_read(typed, _KIND[type(entity)]) for typed in request.texts("changes")]
    if not changes:
        raise Rejected(f"say what to set: dispatchd issue set {id_of(entity)} priority=high")
    if isinstance(entity, Issue):
        changes = _in_order(changes)
    return tuple(command for change in changes for command in _commands(work, entity, change))


def _in_order(changes: list[_Change]) -> list[_Change]:
    """The assignee before a status that needs somebody, but after one that queues."""
    wanted = next((change.value for change in reversed(changes) if change.key == "status"), "")
    places = {key: place for place, key in enumerate(late_keys(wanted), 1)}
    return sorted(changes, key=lambda change: places.get(change.key, 0))


def _read(typed: str, kind: EntityKind) -> _Change:
    match = _CHANGE.fullmatch(typed.strip())
    if match is None:
        raise Rejected(f'write key=value, or labels+=one and labels-=other for lists; "{typed}" is neither')
    key = canonical_key(match["key"])
    fact = KEYS[kind].get(key)
    if fact is None or fact.daemons:
        allowed = tuple(name for name, each in KEYS[kind].items() if not each.daemons)
        near = nearest(key, allowed)
        raise Rejected(f"{near or listed(allowed)} can be set; {match['key']} cannot", key=key)
    if match["operator"] != "=" and not fact.is_set:
        raise Rejected(f"write {key}={match['value']}; {key} holds one value", key=key)
    return _Change(key=key, operator=match["operator"], value=match["value"].strip())


def _commands(work: UnitOfWork, entity: Entity, change: _Change) -> tuple[Command, ...]:
    subject, kind = id_of(entity), _KIND[type(entity)]
    if KEYS[kind][change.key].is_set:
        return _set_change(work, entity, change)
    if isinstance(entity, Issue) and change.key == "status" and change.value:
        return (move_to(subject, change.value),)
    value = fact_value(work, kind, change.key, change.value) if change.value else None
    return (SetFact(subject=subject, key=change.key, value=value),)


def _set_change(work: UnitOfWork, entity: Entity, change: _Change) -> tuple[Command, ...]:
    parts = (part.strip() for part in change.value.strip("[]").split(","))
    named = tuple(_member(work, change.key, part) for part in parts if part)
    before = members_of(entity, change.key)
    add = named if change.operator != "-=" else ()
    remove = named if change.operator == "-=" else ()
    if change.operator == "=":
        remove = tuple(member for member in before if member not in named)
    add = tuple(member for member in dict.fromkeys(add) if member not in before)
    if not add and not remove:
        return ()
    return (ChangeSet(subject=id_of(entity), key=change.key, add=add, remove=remove),)


def _member(work: UnitOfWork, key: str, typed: str) -> str:
    match key:
        case "depends_on":
            return issue_named(work, typed).id
        case "voters":
            return seat(work, typed)
        case _:
            return typed.removeprefix("#")


def move_to(subject: EntityId, typed: str) -> MoveIssue:
    """The move of an issue to the state that *typed* means; `!` at its end forces it."""
    spelled = spelling(EntityKind.ISSUE, "status", typed)
    if spelled is None:
        raise _not_a_word("status", typed, words_for(EntityKind.ISSUE, "status"))
    status = IssueStatus(spelled.removesuffix("!"))
    return MoveIssue(issue=subject, to=status, forced=spelled.endswith("!"))


def fact_value(work: UnitOfWork, kind: EntityKind, key: str, typed: str) -> str:
    """*typed* as the fact *key* is kept: the vocabulary's word, a whole id, a known handle. Raises Rejected."""
    match key:
        case "epic":
            return epic_named(work, bare_reference(typed)).id
        case "parent":
            return issue_named(work, bare_reference(typed)).id
    spelled = spelling(kind, key, typed, work.rules.types)
    if spelled is None:
        raise _not_a_word(key, typed, words_for(kind, key, work.rules.types))
    return spelled


def seat(work: UnitOfWork, typed: str) -> str:
    """A voter as the list of voters writes it: people with `@`, agents and roles without. Raises Rejected."""
    bare = handle_of(typed)
    if bare in work.rules.people:
        return f"@{bare}"
    agents = [agent.name for agent in work.agents()]
    if not typed.strip().startswith("@") and (bare in agents or bare in tuple(Role)):
        return bare
    known = [*(f"@{name}" for name in work.rules.people), *agents]
    raise Rejected(f'voters here: {", ".join([*known, *Role])}; there is no "{typed}"', key="voters")


def _not_a_word(key: str, typed: str, allowed: tuple[str, ...]) -> Rejected:
    if not allowed:
        return Rejected(f'"{typed}" cannot be read as a {key}', key=key)
    near = nearest(typed, allowed)
    instead = f"did you mean {near}?" if near else f"{one_of(allowed)};"
    return Rejected(f'{instead} "{typed}" is no {key}', key=key)
