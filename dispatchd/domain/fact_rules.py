"""Setting facts: whether a value may be what it is to be, and what setting it means where it means more.

How values are spelled stands in `fact_keys`; the machine behind `status` in the rules of each kind.
"""

from collections.abc import Callable, Mapping
from typing import Final

from dispatchd.domain.actors import Actor, ActorKind
from dispatchd.domain.agent import Agent
from dispatchd.domain.agent_rules import check_arguments
from dispatchd.domain.agent_run import RunOutcome
from dispatchd.domain.authority import ELECTORATE, require_human
from dispatchd.domain.board import Board, Entity
from dispatchd.domain.command import ChangeSet, Circumstance, DismissThread, MoveIssue, SetFact
from dispatchd.domain.epic import Epic
from dispatchd.domain.epic_rules import decide_epic_status
from dispatchd.domain.errors import Rejected
from dispatchd.domain.event import Event, FactSet, IssueMoved, SetChanged
from dispatchd.domain.fact_keys import KEYS, FactKey, nearest, spelling, words_for
from dispatchd.domain.facts import members_of, value_of
from dispatchd.domain.identifiers import EntityId, EntityKind, kind_of
from dispatchd.domain.issue import Issue, IssueStatus
from dispatchd.domain.issue_rules import decide_move
from dispatchd.domain.lookups import (
    standing_agent,
    standing_epic,
    standing_issue,
    standing_proposal,
    standing_thread,
)
from dispatchd.domain.proposal import Proposal
from dispatchd.domain.proposal_rules import check_electorate_change, decide_proposal_status
from dispatchd.domain.references import (
    check_dependency,
    check_epic,
    check_parent,
    known_assignee,
    known_stage,
)
from dispatchd.domain.run_event import stop_of
from dispatchd.domain.seat_names import seats_named
from dispatchd.domain.thread import Thread, ThreadStatus
from dispatchd.domain.thread_rules import decide_dismiss
from dispatchd.domain.wording import listed, one_of

_STANDING: Final[Mapping[EntityKind, Callable[[Board, EntityId], Entity]]] = {
    EntityKind.ISSUE: standing_issue,
    EntityKind.EPIC: standing_epic,
    EntityKind.PROPOSAL: standing_proposal,
    EntityKind.THREAD: standing_thread,
    EntityKind.AGENT: standing_agent,
}
_FORMS: Final = {
    "assignee": "a name like ash",
    "deadline": "a date like 2026-11-28",
    "depends_on": "an id like i-7k2m",
    "epic": "an id like e-3fq9",
    "parent": "an id like i-7k2m",
}


def decide_fact(board: Board, command: SetFact, circumstance: Circumstance) -> tuple[Event, ...]:
    """Set or clear one fact; a status goes to the machine of its kind."""
    entity, fact = _fact(board, command.subject, command.key, circumstance)
    if fact.is_set:
        raise Rejected(f'add and take one at a time; "{command.key}" holds several.', key=command.key)
    value = _value(board, entity, command, fact)
    if command.key == "status" and value is not None:
        return _decide_status(board, entity, value, circumstance)
    before = value_of(entity, command.key)
    if isinstance(entity, Issue):
        value = _issue_value(board, entity, command.key, value, circumstance)
    if value == before:
        return ()
    if isinstance(entity, Proposal) and command.key in ELECTORATE:
        check_electorate_change(entity, command.key, circumstance.actor)
    if entity_kind(entity) is EntityKind.AGENT:
        require_human(
            circumstance.actor, "what an agent's card says", subject=command.subject, key=command.key
        )
        if command.key == "arguments" and value is not None:
            check_arguments(command.subject, value)
    change = FactSet(subject=command.subject, key=command.key, before=before, after=value)
    return (change, *_along(board, entity, change))


def decide_set(board: Board, command: ChangeSet, circumstance: Circumstance) -> tuple[Event, ...]:
    """Add to and take from a set, keeping the order people wrote."""
    entity, fact = _fact(board, command.subject, command.key, circumstance)
    if not fact.is_set:
        raise Rejected(f'set it; "{command.key}" holds one value.', subject=command.subject, key=command.key)
    before = members_of(entity, command.key)
    gone = {_same(spelling(entity_kind(entity), command.key, each) or each) for each in command.remove}
    after = [each for each in before if _same(each) not in gone]
    present = {_same(each) for each in after}
    if isinstance(entity, Proposal) and command.key == "voters":
        seats_named(board, entity, filter(str.strip, command.add))  # all that are nobody, in one refusal
    for each in command.add:
        member = _member(board, entity, command.key, each)
        if _same(member) not in present:
            present.add(_same(member))
            after.append(member)
    if tuple(after) == before:
        return ()
    if isinstance(entity, Proposal):
        _check_voters(entity, command, tuple(after), circumstance)
    return (SetChanged(subject=command.subject, key=command.key, before=before, after=tuple(after)),)


def check_fact(board: Board, subject: EntityId, key: str, value: str) -> str:
    """The canonical spelling of a value that could be set on *subject*, or a refusal: what an action may plan."""
    kind = kind_of(subject)
    if kind not in _STANDING:
        raise Rejected(f"{subject} is a record; nothing of it is set.", subject=subject, key=key)
    entity = _STANDING[kind](board, subject)
    fact = KEYS[kind].get(key)
    if fact is None or fact.daemons or fact.is_set:
        settable = [name for name, each in KEYS[kind].items() if not each.daemons and not each.is_set]
        raise Rejected(f'{listed(settable)} can be set; "{key}" cannot.', subject=subject, key=key)
    return _value(board, entity, SetFact(subject=subject, key=key, value=value), fact) or ""


def entity_kind(entity: Entity) -> EntityKind:
    """The kind of an entity; an agent is known by its name."""
    return EntityKind.AGENT if isinstance(entity, Agent) else kind_of(entity.id)


def _fact(board: Board, subject: EntityId, key: str, circumstance: Circumstance) -> tuple[Entity, FactKey]:
    kind = kind_of(subject)
    if kind not in _STANDING:
        raise Rejected(
            f"nothing needs to be done; {subject} is a record that the daemon keeps.", subject=subject
        )
    entity = _STANDING[kind](board, subject)
    fact = KEYS[kind].get(key)
    if fact is None:
        known = listed((name for name, each in KEYS[kind].items() if not each.daemons), "and")
        raise Rejected(f'{known} are the facts of this {kind}; "{key}" is none.', subject=subject, key=key)
    if fact.daemons and circumstance.actor.kind is not ActorKind.DAEMON:
        raise Rejected(f'put back; "{key}" is the daemon\'s to write.', subject=subject, key=key)
    return entity, fact


def _value(board: Board, entity: Entity, command: SetFact, fact: FactKey) -> str | None:
    """The value in its canonical spelling, None for cleared, or a refusal that says what would do."""
    kind = kind_of(command.subject)
    kept = value_of(entity, command.key)
    if command.value is None or not command.value.strip():
        if not fact.can_clear:
            raise Rejected(
                f'kept "{kept}"; this {kind} needs a {command.key}.', subject=command.subject, key=command.key
            )
        return fact.otherwise
    if fact.daemons:
        return command.value
    value = spelling(kind, command.key, command.value, board.rules.types)
    if value is None:
        raise Rejected(
            refusal_for_value(kind, command.key, command.value, kept, board.rules.types),
            subject=command.subject,
            key=command.key,
        )
    return value


def refusal_for_value(
    kind: EntityKind, key: str, wanted: str, kept: str | None, types: tuple[str, ...]
) -> str:
    """What is written beside a value that is not in the vocabulary."""
    lead = f'kept "{kept}"; ' if kept else ""
    words = words_for(kind, key, types)
    if not words:
        form = _FORMS.get(key, "some text")
        return f'{lead}write {form}; "{wanted.strip()}" is none.'
    meant = nearest(wanted, words)
    if meant:
        return f'{lead}did you mean {meant}? "{wanted.strip()}" is no {key}.'
    return f'{lead}{one_of(words)}; "{wanted.strip()}" is no {key}.'


def _decide_status(board: Board, entity: Entity, value: str, circumstance: Circumstance) -> tuple[Event, ...]:
    forced, word = value.endswith("!"), value.rstrip("!")
    match entity:
        case Issue():
            move = MoveIssue(issue=entity.id, to=IssueStatus(word), forced=forced)
            return decide_move(board, move, circumstance)
        case Epic():
            return decide_epic_status(entity, value, circumstance)
        case Proposal():
            return decide_proposal_status(entity, word, circumstance)
        case Thread():
            return _thread_status(board, entity, word, circumstance)
        case _:
            return ()


def _thread_status(board: Board, thread: Thread, word: str, circumstance: Circumstance) -> tuple[Event, ...]:
    if word == thread.status:
        return ()
    if word == ThreadStatus.DISMISSED:
        return decide_dismiss(board, DismissThread(thread=thread.id), circumstance)
    raise Rejected(
        f'kept "{thread.status}"; an answer makes it "answered": tick a box or write one and tick Send.',
        subject=thread.id,
        key="status",
    )


def _issue_value(
    board: Board, issue: Issue, key: str, value: str | None, circumstance: Circumstance
) -> str | None:
    if key == "assignee":
        _check_not_worked_on(board, issue, value, circumstance.actor)
        return known_assignee(board, issue.id, value) if value else None
    if key in {"epic", "stage"} and value_of(issue, key) is not None:
        require_human(circumstance.actor, "moving an issue out of its stage", subject=issue.id, key=key)
    if value is None:
        return None
    match key:
        case "parent":
            check_parent(board, issue.id, EntityId(value))
        case "epic":
            check_epic(board, issue.id, EntityId(value))
        case "stage":
            return known_stage(board, issue, value)
    return value


def _check_not_worked_on(board: Board, issue: Issue, value: str | None, actor: Actor) -> None:
    """People take work away from an agent, which is then stopped; nobody else does."""
    if actor.kind is ActorKind.HUMAN or not board.is_worked_on(issue.id):
        return
    if (value or "").casefold() != (issue.assignee or "").casefold():
        worker = issue.assignee or "an agent"
        raise Rejected(
            f'kept "{worker}"; somebody else can have it when {worker} has stopped working on it.',
            subject=issue.id,
            key="assignee",
        )


def _along(board: Board, entity: Entity, change: FactSet) -> tuple[Event, ...]:
    """What the same person does with the same stroke: an assignee assigns, none gives back, another epic clears."""
    if not isinstance(entity, Issue):
        return ()
    if change.key == "assignee":
        stopped = stop_of(board.live_run(entity.id), RunOutcome.CANCELLED)
        if stopped:
            return stopped
        if change.after and entity.status is IssueStatus.QUEUED:
            return (IssueMoved(issue=entity.id, before=entity.status, after=IssueStatus.ASSIGNED),)
        if change.after is None and entity.status is IssueStatus.ASSIGNED:
            return (IssueMoved(issue=entity.id, before=entity.status, after=IssueStatus.QUEUED),)
    if change.key == "epic" and entity.stage:
        epic = board.epic(EntityId(change.after)) if change.after else None
        if epic is None or epic.stage(entity.stage) is None:
            return (FactSet(subject=entity.id, key="stage", before=entity.stage, after=None),)
    return ()


def _same(member: str) -> str:
    """A member as it is compared: letter case forgiven, and the @ that people are written with."""
    return member.strip().casefold().removeprefix("@")


def _member(board: Board, entity: Entity, key: str, text: str) -> str:
    """One member as it is spelled, or a refusal where it may not be one."""
    kind = entity_kind(entity)
    member = spelling(kind, key, text)
    if member is None:
        # A voter who is not known may not be left out: the others would decide without them.
        alone = None if key == "voters" else text
        raise Rejected(
            refusal_for_value(kind, key, text, None, ()), subject=_id(entity), key=key, member=alone
        )
    if key == "depends_on" and isinstance(entity, Issue) and EntityId(member) not in entity.depends_on:
        check_dependency(board, entity.id, EntityId(member))
    if key == "voters" and isinstance(entity, Proposal):
        return seats_named(board, entity, (member,))[0]
    return member


def _id(entity: Entity) -> EntityId:
    return EntityId(entity.name) if isinstance(entity, Agent) else entity.id


def _check_voters(
    proposal: Proposal, command: ChangeSet, after: tuple[str, ...], circumstance: Circumstance
) -> None:
    if command.key != "voters":
        return
    check_electorate_change(proposal, "voters", circumstance.actor)
    if not after:
        raise Rejected(
            f"kept {listed(proposal.voters, 'and')}; somebody has to vote.", subject=proposal.id, key="voters"
        )
