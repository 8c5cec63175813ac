"""Who and what is meant by what was typed: ids and their prefixes, paths, other systems' numbers, people and agents.

Everything is answered from the unit of work. A look through all entities happens only where the id was not typed
whole.
"""

from collections.abc import Iterable
from typing import Final, TypeVar

from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.tree_paths import FOLDER_OF
from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Entity
from dispatchd.domain.decision import Decision
from dispatchd.domain.epic import Epic
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import ID_LETTERS, DocumentPath, EntityId, EntityKind, parse_id
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread
from dispatchd.domain.wording import nothing_called

Found = Entity | Decision
F = TypeVar("F", Epic, Issue, Proposal, Thread)
TREE: Final = ".dispatch/"
_MOST_NAMED: Final = 4
_WITH_ARTICLE: Final = {
    EntityKind.ISSUE: "an issue",
    EntityKind.EPIC: "an epic",
    EntityKind.PROPOSAL: "a proposal",
    EntityKind.THREAD: "a thread",
    EntityKind.DECISION: "a decision",
    EntityKind.FEEDBACK: "a feedback item",
    EntityKind.AGENT: "an agent",
}
SEARCHED: Final = (EntityKind.ISSUE, EntityKind.EPIC, EntityKind.PROPOSAL, EntityKind.THREAD)


def entity_named(
    work: UnitOfWork, typed: str, kinds: tuple[EntityKind, ...] = SEARCHED, noun: str = ""
) -> Found:
    """The entity of one of *kinds* that *typed* names. Raises Rejected, saying what would have been found.

    *noun* is the kind that was spoken of, where the command says one though it takes others too.
    """
    exact = _by_id(work, typed) or _by_path(work, typed)
    if exact is not None:
        return _of_kind(exact, kinds)
    candidates = _candidates(work, typed, kinds)
    if len(candidates) == 1:
        return candidates[0]
    if not candidates:
        raise Rejected(_nothing_called(typed, (EntityKind(noun),) if noun in kinds else kinds))
    raise Rejected(_several_called(typed, candidates))


def issue_named(work: UnitOfWork, typed: str) -> Issue:
    """The issue that *typed* names."""
    return _the(work, typed, EntityKind.ISSUE, Issue)


def issue_if_named(work: UnitOfWork, typed: str) -> Issue | None:
    """The issue that *typed* names, or None. Raises Rejected where it could be several."""
    exact = _by_id(work, typed) or _by_path(work, typed)
    candidates = [exact] if exact is not None else _candidates(work, typed, (EntityKind.ISSUE,))
    if len(candidates) > 1:
        raise Rejected(_several_called(typed, candidates))
    return next((each for each in candidates if isinstance(each, Issue)), None)


def epic_named(work: UnitOfWork, typed: str) -> Epic:
    """The epic that *typed* names."""
    return _the(work, typed, EntityKind.EPIC, Epic)


def proposal_named(work: UnitOfWork, typed: str) -> Proposal:
    """The proposal that *typed* names."""
    return _the(work, typed, EntityKind.PROPOSAL, Proposal)


def thread_named(work: UnitOfWork, typed: str) -> Thread:
    """The thread that *typed* names."""
    return _the(work, typed, EntityKind.THREAD, Thread)


def id_of(entity: Found) -> EntityId:
    """What the log calls *entity*: its id, an agent's name."""
    return EntityId(entity.name) if isinstance(entity, Agent) else entity.id


def kind_of_entity(entity: Found) -> EntityKind:
    """The kind of *entity*."""
    return EntityKind.AGENT if isinstance(entity, Agent) else ID_LETTERS[entity.id[0]]


def title_of(entity: Found) -> str:
    """What people call *entity*."""
    return entity.name if isinstance(entity, Agent) else entity.title


def handle_of(typed: str) -> str:
    """A person's or agent's handle as it is kept: no `@`, lower case."""
    return typed.strip().removeprefix("@").lower()


def is_known_name(work: UnitOfWork, handle: str) -> bool:
    """Whether a person or an agent is called *handle*."""
    return handle in work.rules.people or work.agent(handle) is not None


def _by_id(work: UnitOfWork, typed: str) -> Found | None:
    spelled = parse_id(typed)
    if spelled is not None:
        return work.entity(spelled)
    elsewhere = work.id_of_source(typed.strip())
    return work.entity(elsewhere) if elsewhere is not None else work.agent(handle_of(typed))


def _by_path(work: UnitOfWork, typed: str) -> Found | None:
    if not typed.endswith(".md"):
        return None
    inside = typed.partition(TREE)[2] or typed.removeprefix("./")
    record = work.documents.at(DocumentPath(inside))
    return None if record is None else work.entity(record.subject)


def _the(work: UnitOfWork, typed: str, kind: EntityKind, of: type[F]) -> F:
    found = entity_named(work, typed, (kind,))
    if isinstance(found, of):
        return found
    raise Rejected(_nothing_called(typed, (kind,)))


def _of_kind(found: Found, kinds: tuple[EntityKind, ...]) -> Found:
    kind = kind_of_entity(found)
    if kind in kinds:
        return found
    wanted = " or ".join(_WITH_ARTICLE[each] for each in kinds)
    raise Rejected(f'{id_of(found)} is {_WITH_ARTICLE[kind]} ("{title_of(found)}"); this takes {wanted}')


def _candidates(work: UnitOfWork, typed: str, kinds: Iterable[EntityKind]) -> list[Found]:
    """Those whose name elsewhere *typed* is; else those whose id begins with it, its letter and dash left out or not;
    else those whose title or file it names.
    """
    bare = typed.strip().strip("[]`").lower()
    if not bare:
        return []
    if bare.startswith("#"):
        return [each for each in _all(work, kinds) if _number_elsewhere(each) == bare.removeprefix("#")]
    everything = _all(work, kinds)
    return (
        [each for each in everything if _is_called_elsewhere(each, bare)]
        or [
            each
            for each in everything
            if id_of(each).startswith(bare) or id_of(each).partition("-")[2].startswith(bare)
        ]
        or _called(work, typed.strip(), everything)
    )


def _called(work: UnitOfWork, typed: str, everything: Iterable[Found]) -> list[Found]:
    """Those whose title, or whose file's name, is *typed*."""
    called = {id_of(each): each for each in everything if title_of(each).casefold() == typed.casefold()}
    kinds = {kind_of_entity(each) for each in everything} & FOLDER_OF.keys()
    files = [_by_path(work, f"{FOLDER_OF[kind]}/{typed}.md") for kind in kinds]
    called |= {id_of(each): each for each in files if each is not None}
    return list(called.values())


def _all(work: UnitOfWork, kinds: Iterable[EntityKind]) -> list[Found]:
    return [each for kind in kinds for each in work.entities(kind)]


def _is_called_elsewhere(entity: Found, typed: str) -> bool:
    """Whether *typed* is the whole name that *entity* has in another system, with or without that system's."""
    source = str(getattr(entity, "source", None) or "").lower()
    return bool(source) and typed in {source, source.partition(":")[2]}


def _number_elsewhere(entity: Found) -> str | None:
    source = getattr(entity, "source", None)
    return None if source is None else str(source).rpartition("#")[2].rpartition(":")[2].lower()


def _nothing_called(typed: str, kinds: tuple[EntityKind, ...]) -> str:
    letter, dash, _ = typed.strip().lower().partition("-")
    if dash and ID_LETTERS.get(letter) in kinds:
        kinds = (ID_LETTERS[letter],)
    if len(kinds) > 1:
        return (
            f'nothing here is called "{typed}"; see dispatchd status, or the lists of issues, epics and so on'
        )
    return nothing_called(typed, _WITH_ARTICLE[kinds[0]].partition(" ")[2])


def _several_called(typed: str, candidates: list[Found]) -> str:
    named = ", ".join(f"{id_of(each)} ({title_of(each)})" for each in candidates[:_MOST_NAMED])
    more = len(candidates) - _MOST_NAMED
    rest = f" or {more} more" if more > 0 else ""
    return f'"{typed}" could be {named}{rest}; type more of the id'
