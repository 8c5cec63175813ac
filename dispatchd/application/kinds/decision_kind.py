"""Decisions: written by the daemon, and followed by what was done of them. What a person adds below stays; what was decided is put back."""

import posixpath
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dispatchd.application.document_kinds import Adoption, DocumentKind, Edit, Reading
from dispatchd.application.ports.unit_of_work import UnitOfWork
from dispatchd.documents.annotations import Annotation
from dispatchd.documents.decision_document import (
    SCHEMA,
    compose_decision,
    decision_facts,
    fact_values,
    parse_decision,
    person_part,
    render_decision,
)
from dispatchd.domain.command import Command
from dispatchd.domain.decision import Decision
from dispatchd.domain.errors import Rejected
from dispatchd.domain.identifiers import EntityKind
from dispatchd.domain.proposal import ProposalStatus
from dispatchd.domain.what_followed import followed
from dispatchd.reconcile.intents import Intent, Refusal


def _read(text: str) -> Reading:
    document = parse_decision(text)
    return Reading(
        text=text,
        document=document,
        front=document.front,
        facts=decision_facts(document),
        problems=document.problems,
    )


def _adopt(_adoption: Adoption) -> tuple[Command, tuple[Refusal, ...]]:
    raise Rejected(
        "this is no decision: dispatchd writes those itself, when a vote or a gate is decided. "
        "A question to vote on goes into proposals/."
    )


def _without_fact(command: Command, _refused: Rejected) -> Command:
    return command


def _intents(_edit: Edit) -> tuple[Intent, ...]:
    return ()


def _render(decision: Decision, canvas: str, notes: Sequence[Annotation], work: UnitOfWork) -> str:
    return render_decision(_as_it_went(decision, work), canvas, notes, turned_by=_turned_by(decision, work))


def _compose(decision: Decision, work: UnitOfWork, _body: str) -> str:
    return compose_decision(_as_it_went(decision, work), turned_by=_turned_by(decision, work))


def _as_it_went(decision: Decision, work: UnitOfWork) -> Decision:
    return replace(decision, consequences=followed(decision, work.proposal(decision.subject)))


def _turned_by(decision: Decision, work: UnitOfWork) -> str | None:
    """The path, from this file, of the veto that turned what *decision* says."""
    proposal = work.proposal(decision.subject)
    if proposal is None or proposal.status is not ProposalStatus.VETOED:
        return None
    later = proposal.decision
    if later is None or later == decision.id or decision.outcome != ProposalStatus.PASSED:
        return None
    here, there = work.documents.of(decision.id), work.documents.of(later)
    if there is None:
        return None
    return posixpath.relpath(there.path, posixpath.dirname(here.path if here is not None else there.path))


DECISION_KIND: Final = DocumentKind(
    kind=EntityKind.DECISION,
    schema=SCHEMA,
    read=_read,
    adopt=_adopt,
    without_fact=_without_fact,
    intents=_intents,
    stands=fact_values,
    render=_render,
    compose=_compose,
    substance=person_part,
)
