"""What an item of WAITING.md is about, as a mark on the page: a tick counts only for what its page showed.

The mark of an item changes with everything that its answer would cover, and with each round of asking; not with what
others answered meanwhile. A page carries the marks of its items (`shows`), so that a buffer says itself what its person
had before them, however old it is.
"""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final

from dispatchd.application.kinds.gate_rounds import CHANGED as GATE_CHANGED
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.application.waiting_offers import known_entity, stage_called
from dispatchd.documents.fence import decode
from dispatchd.documents.proposal_document import person_part
from dispatchd.documents.waiting_page import PageItem
from dispatchd.domain.epic import Epic, Stage, StageState
from dispatchd.domain.proposal import Proposal, ProposalStatus
from dispatchd.domain.thread import GateAct, Thread, ThreadStatus
from dispatchd.reconcile.intents import Intent
from dispatchd.reconcile.waiting_intents import stale

CHANGED: Final = "read it and tick it again: what this is about has changed since the page was read"
_DIGITS: Final = 16
"""Enough that nobody finds a second text with the mark of the first."""


def marks_of(work: UnitOfWork, items: Sequence[PageItem]) -> tuple[str, ...]:
    """The marks of *items* as they are now, each once."""
    found = (_mark(work, each, item.qualifier) for item in items if not item.is_gone for each in item.ids)
    return tuple(dict.fromkeys(mark for mark in found if mark))


def as_shown(
    work: UnitOfWork, shows: Sequence[str], written: str, item: PageItem, intents: Sequence[Intent]
) -> tuple[Intent, ...]:
    """*intents*, asked of *written* in *item*; refused where the page, which *shows* those marks, showed it otherwise."""
    mark = _mark(work, written, item.qualifier)
    if not intents or not mark or mark in shows:
        return tuple(intents)
    return stale(intents, GATE_CHANGED if isinstance(known_entity(work, written), Epic) else CHANGED)


def _mark(work: UnitOfWork, written: str, qualifier: str) -> str:
    """The mark of what waits by that id; nothing for what no longer waits: the rules answer that."""
    parts: tuple[object, ...] = ()
    match known_entity(work, written):
        case Thread(status=ThreadStatus.OPEN) as thread:
            parts = tuple(_of_thread(work, thread))
        case Epic() as epic:
            stage = stage_called(epic, qualifier)
            parts = _of_gate(epic, stage) if stage and stage.state is StageState.AWAITING_GATE else ()
        case Proposal(status=ProposalStatus.OPEN) as proposal:
            parts = _of_proposal(work, proposal)
        case _:
            pass
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:_DIGITS] if parts else ""


def _of_thread(work: UnitOfWork, thread: Thread) -> Iterator[object]:
    yield from (thread.id, thread.title, str(thread.kind), thread.issue, thread.subject, thread.options)
    yield from ((turn.by.handle, turn.at.isoformat(), turn.text) for turn in thread.turns)
    yield thread.act
    if isinstance(thread.act, GateAct):
        epic = work.entity(thread.act.epic)
        stage = epic.stage(thread.act.stage) if isinstance(epic, Epic) else None
        yield _of_gate(epic, stage) if isinstance(epic, Epic) and stage else ()


def _of_gate(epic: Epic, stage: Stage) -> tuple[object, ...]:
    since = stage.since.isoformat() if stage.since else ""
    return (epic.id, epic.title, stage.name, stage.plan.gate, stage.plan.substance, since)


def _of_proposal(work: UnitOfWork, proposal: Proposal) -> tuple[object, ...]:
    record = work.documents.of(proposal.id)
    text = decode(work.blobs.get(record.current)) if record is not None and record.current is not None else ""
    said = person_part(text) if isinstance(text, str) else ""
    return (proposal.id, proposal.title, str(proposal.threshold), proposal.actions, said)
