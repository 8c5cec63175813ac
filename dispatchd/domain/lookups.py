"""Finding what a command is about: the entity as it stands, or a refusal that says where to look."""

from typing import Final, TypeVar

from dispatchd.domain.agent import Agent
from dispatchd.domain.board import Board, Entity
from dispatchd.domain.epic import Epic, Stage
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.thread import Thread
from dispatchd.domain.wording import quoted

_LISTED_BY: Final = {
    EntityKind.ISSUE: "dispatchd issue list",
    EntityKind.EPIC: "dispatchd epic list",
    EntityKind.PROPOSAL: "dispatchd proposal list",
    EntityKind.THREAD: "dispatchd inbox list",
    EntityKind.AGENT: "dispatchd agent list",
}


def find(board: Board, entity_id: EntityId) -> Entity | None:
    """The entity with this id, removed ones too; decisions and feedback are records and not found here."""
    match kind_of(entity_id):
        case EntityKind.ISSUE:
            return board.issue(entity_id)
        case EntityKind.EPIC:
            return board.epic(entity_id)
        case EntityKind.PROPOSAL:
            return board.proposal(entity_id)
        case EntityKind.THREAD:
            return board.thread(entity_id)
        case EntityKind.AGENT:
            return board.agent(entity_id)
        case EntityKind.DECISION | EntityKind.FEEDBACK:
            return None


_Found = TypeVar("_Found", Issue, Epic, Proposal, Thread, Agent)


def _standing(found: _Found | None, entity_id: EntityId) -> _Found:
    if found is None:
        listing = _LISTED_BY.get(kind_of(entity_id), "dispatchd status")
        raise Rejected(
            f'see "{listing}" for what there is; nothing is called {entity_id}.', subject=entity_id
        )
    if found.removed:
        raise Rejected(
            f'bring it back with "dispatchd restore {entity_id}"; it was deleted.', subject=entity_id
        )
    return found


def standing_issue(board: Board, issue_id: EntityId) -> Issue:
    """The issue, or a refusal if there is none or its file was deleted."""
    return _standing(board.issue(issue_id), issue_id)


def standing_epic(board: Board, epic_id: EntityId) -> Epic:
    """The epic, or a refusal."""
    return _standing(board.epic(epic_id), epic_id)


def standing_proposal(board: Board, proposal_id: EntityId) -> Proposal:
    """The proposal, or a refusal."""
    return _standing(board.proposal(proposal_id), proposal_id)


def standing_thread(board: Board, thread_id: EntityId) -> Thread:
    """The thread, or a refusal."""
    return _standing(board.thread(thread_id), thread_id)


def standing_agent(board: Board, name: str) -> Agent:
    """The agent, or a refusal."""
    return _standing(board.agent(name), EntityId(name))


def standing_stage(epic: Epic, name: str) -> Stage:
    """The stage of *epic* called *name*, or a refusal that names its stages."""
    stage = epic.stage(name)
    if stage is None:
        known = quoted((each.name for each in epic.stages), "and") if epic.stages else "none"
        raise Rejected(
            f'the stages of {epic.id} are {known}; "{name}" is none of them.', subject=epic.id, key="stage"
        )
    return stage
